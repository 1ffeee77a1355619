package tiny

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Timing is the CPU time that one round of each of the clock's loops took, the best of all rounds.
type Timing struct {
	Compute, Syscalls time.Duration
}

// Best is the shorter of two measurements, loop by loop; the zero value is no measurement.
func (t Timing) Best(o Timing) Timing {
	if t == (Timing{}) {
		return o
	}
	return Timing{Compute: min(t.Compute, o.Compute), Syscalls: min(t.Syscalls, o.Syscalls)}
}

// Span is a stretch of a clock.
type Span struct{ From, To time.Duration }

// Length is never negative in a reading.
func (s Span) Length() time.Duration { return s.To - s.From }

// Reading is what one clock program measured.
type Reading struct {
	Timing
	// Wall and CPU are what passed and what the process used from the first round to the last. Both clocks go on when the
	// process becomes another clock.
	Wall, CPU Span
}

// Chain is what clocks that became each other printed, and what other programs printed before and after them.
type Chain struct {
	Before, After []byte
	Clocks        []Reading
}

const (
	clockRounds = 24
	// A wall time, three CPU times in each round, a wall time.
	clockStamps = 1 + clockRounds*3 + 1
	clockBytes  = clockStamps * 16
)

// ReadChain reads the output of a chain of so many clocks. What others print is whole lines before, and anything after.
func ReadChain(output []byte, clocks int) (Chain, error) {
	length := clocks * 2 * clockBytes
	for start := 0; start <= len(output); {
		line, _, _ := bytes.Cut(output[start:], []byte{'\n'})
		if len(line) >= length {
			c := Chain{Before: output[:start], After: output[start+length:]}
			err := c.read(line[:length])
			return c, err
		}
		start += len(line) + 1
	}
	return Chain{}, fmt.Errorf("%d clock programs printed %d bytes, without a line of %d", clocks, len(output), length)
}

func (c *Chain) read(line []byte) error {
	var last Reading
	for len(line) > 0 {
		r, err := readClock(line[:2*clockBytes])
		if err == nil && (r.Wall.From < last.Wall.To || r.CPU.From < last.CPU.To) {
			err = errors.New("a clock program measured a time before that of the last")
		}
		if err != nil {
			return err
		}
		last = r
		c.Clocks = append(c.Clocks, r)
		line = line[2*clockBytes:]
	}
	return nil
}

func readClock(text []byte) (Reading, error) {
	raw, err := letters(text)
	if err != nil {
		return Reading{}, err
	}
	at := func(i int) time.Duration { return timespec(raw[i*16:]) }
	r := Reading{
		Timing: Timing{Compute: 1 << 62, Syscalls: 1 << 62},
		Wall:   Span{at(0), at(clockStamps - 1)}, CPU: Span{at(1), at(clockStamps - 2)},
	}
	for i := 1; i < clockStamps-1; i += 3 {
		r.Compute = min(r.Compute, at(i+1)-at(i))
		r.Syscalls = min(r.Syscalls, at(i+2)-at(i+1))
	}
	if r.Compute <= 0 || r.Syscalls <= 0 || r.Wall.Length() <= 0 || r.CPU.Length() <= 0 {
		return Reading{}, errors.New("the clock program measured no time")
	}
	return r, nil
}

func letters(output []byte) ([]byte, error) {
	raw := make([]byte, len(output)/2)
	for i := range raw {
		high, low := output[2*i]-'a', output[2*i+1]-'a'
		if high > 15 || low > 15 {
			return nil, fmt.Errorf("the clock program printed %q", output[2*i:2*i+2])
		}
		raw[i] = high<<4 | low
	}
	return raw, nil
}

func timespec(b []byte) time.Duration {
	return time.Duration(binary.LittleEndian.Uint64(b))*time.Second + time.Duration(binary.LittleEndian.Uint64(b[8:]))
}
