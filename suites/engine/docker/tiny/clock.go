package tiny

import (
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

const (
	clockRounds = 8
	clockBytes  = clockRounds * 3 * 16
)

// ReadClock reads the output of the clock program.
func ReadClock(output []byte) (Timing, error) {
	raw, err := letters(output)
	if err != nil {
		return Timing{}, err
	}
	best := Timing{Compute: 1 << 62, Syscalls: 1 << 62}
	for round := range clockRounds {
		at := func(i int) time.Duration { return timespec(raw[(round*3+i)*16:]) }
		best.Compute = min(best.Compute, at(1)-at(0))
		best.Syscalls = min(best.Syscalls, at(2)-at(1))
	}
	if best.Compute <= 0 || best.Syscalls <= 0 {
		return Timing{}, errors.New("the clock program measured no time")
	}
	return best, nil
}

func letters(output []byte) ([]byte, error) {
	if len(output) != 2*clockBytes {
		return nil, fmt.Errorf("the clock program printed %d bytes instead of %d", len(output), 2*clockBytes)
	}
	raw := make([]byte, clockBytes)
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
