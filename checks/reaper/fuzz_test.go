package reaper

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// FuzzPlay: whatever stands in a time line, the course ends, its events are ordered and few, and its times are finite and
// lie within the session's life.
func FuzzPlay(f *testing.F) {
	f.Add([]byte("a session of nothing in particular, polled and called now and then"), 900.0, 28_800.0)
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, 60.0, 60.0)
	f.Add(binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.NaN())), 0.0, -1.0)
	f.Add(binary.LittleEndian.AppendUint64([]byte{7}, math.Float64bits(math.MaxFloat64)), 1.0, 1e9)
	f.Fuzz(func(t *testing.T, data []byte, idle, lifetime float64) {
		if !usable(idle, lifetime) || idle <= 0 || lifetime <= 0 {
			return // no settings
		}
		l := fuzzed(data)
		s := Play([]TimeLine{*l}, Settings{Idle: idle, Lifetime: lifetime})
		BusynessOf(l)
		Transitions(l)
		EndlessBy(l, Settings{Idle: idle, Lifetime: lifetime})
		if s == nil {
			return
		}
		if _, err := json.Marshal(s); err != nil {
			t.Fatal(err) // a time that is not finite
		}
		for _, c := range s.Lines[0].Courses {
			orderly(t, &c)
		}
		if len(s.Text()) != len(s.Lines[0].Courses) {
			t.Errorf("%q", s.Text())
		}
	})
}

func orderly(t *testing.T, c *Course) {
	t.Helper()
	before := math.Inf(-1)
	for _, e := range c.Events {
		if e.From < before || e.To < e.From || e.Text == "" {
			t.Errorf("%+v comes after %v", e, before)
		}
		before = e.From
	}
	if len(c.Events) > maxEvents || len(c.Events) == 0 || grave[c.Class] == 0 || c.Because == "" {
		t.Errorf("%+v", c)
	}
}

// fuzzed makes a time line of bytes: of each few, a poll or a call.
func fuzzed(data []byte) *TimeLine {
	l := &TimeLine{}
	number := func() float64 {
		var b [8]byte
		n := copy(b[:], data)
		data = data[n:]
		if b[7] < 0xf0 { // most are times of a run
			return float64(binary.LittleEndian.Uint16(b[:])) / 8
		}
		return math.Float64frombits(binary.LittleEndian.Uint64(b[:]))
	}
	outcomes := []record.Outcome{record.Answered, record.Answered, record.Refused, record.TimedOut, record.Unsent, ""}
	words := []string{"Healthy", HealthyBusy, "", "down", "healthybusy"}
	for len(data) > 0 {
		kind := int(data[0])
		data = data[1:]
		if kind%4 == 0 {
			l.Calls = append(l.Calls, Call{number(), number()})
			continue
		}
		at := number()
		p := Poll{Sent: at - float64(kind%3), At: at, Outcome: outcomes[kind%len(outcomes)], Status: 200 + kind%2*303, Word: words[kind%len(words)]}
		switch kind % 3 {
		case 1:
			p.Stamp = Stamped(number())
		case 2:
			p.Stamp.Kind = Other
		}
		l.Polls = append(l.Polls, p)
	}
	return l
}
