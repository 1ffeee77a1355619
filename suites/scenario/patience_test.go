package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// TestPatienceFollowsTheAgent: what takes an agent long when all is well may take it long when something is odd.
func TestPatienceFollowsTheAgent(t *testing.T) {
	stage := func(took time.Duration, scale float64) *Stage {
		return &Stage{Terms: record.Terms{TimeScale: scale}, Payload: Payload{Worked: true, CallTook: took}}
	}
	declared := stage(100*time.Second, 1)
	declared.CallTimeout = 2 * time.Minute
	for _, tt := range []struct {
		name                       string
		stage                      *Stage
		odd, recovery, call, first time.Duration
	}{
		{"quick", stage(time.Second, 1), oddAnswerLimit, recoverLimit, callPatience, callPatience},
		{"quick, emulated", stage(time.Second, 10), oddAnswerMost, recoverLimit, callPatience, firstCallPatience},
		{"quick, on half a CPU", stage(time.Second, 2), 30 * time.Second, recoverLimit, callPatience, 4 * time.Minute},
		{"slow", stage(25*time.Second, 1), 75 * time.Second, 50 * time.Second, callPatience, callPatience},
		{"slower", stage(100*time.Second, 1), 5 * time.Minute, 200 * time.Second, 5 * time.Minute, callPatience},
		{"not known yet", &Stage{Terms: record.Terms{TimeScale: 1}, Payload: Payload{CallTook: 100 * time.Second}}, 2 * time.Minute, 200 * time.Second, callPatience, callPatience},
		{"slower than three calls, and bounded by the user", declared, 2 * time.Minute, 200 * time.Second, 2 * time.Minute, 2 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if call, first := tt.stage.patience(), tt.stage.firstPatience(); call != tt.call || first != tt.first {
				t.Errorf("calls: %s and %s, want %s and %s", call, first, tt.call, tt.first)
			}
			if got := tt.stage.oddPatience(); got != tt.odd {
				t.Errorf("odd bodies: %s, want %s", got, tt.odd)
			}
			if got := tt.stage.recovery(); got != tt.recovery {
				t.Errorf("recovery: %s, want %s", got, tt.recovery)
			}
		})
	}
}

func TestLaboured(t *testing.T) {
	call := func(o record.Outcome, status int, took record.Millis) record.Exchange {
		x := record.Exchange{Outcome: o, Took: took}
		if status > 0 {
			x.Response = &record.Response{Status: status}
		}
		return x
	}
	for _, tt := range []struct {
		name  string
		x     record.Exchange
		scale float64
		want  bool
	}{
		{"a quick 500 may mean the body", call(record.Answered, 500, 200), 1, false},
		{"a 422 means the body", call(record.Answered, 422, 9000), 1, false},
		{"a 500 after 9 s", call(record.Answered, 500, 9000), 1, true},
		{"a 500 after 9 s, emulated", call(record.Answered, 500, 9000), 2, false},
		{"a 500 after a minute and a half", call(record.Answered, 500, 95_000), 1, true},
		{"a 500 after a minute and a half, emulated", call(record.Answered, 500, 95_000), 40, true},
		{"no answer at all", call(record.TimedOut, 0, 120_000), 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &Stage{Terms: record.Terms{TimeScale: tt.scale}}
			if got := s.laboured(tt.x); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestMarkersAreFoundWhateverTheirCase(t *testing.T) {
	m := newMarkers()
	own, foreign := m.issue("a"), m.issue("b")
	found, quote := m.search("a", "ÄÖÜ İ SAID: "+strings.ToUpper(own)+" and "+foreign)
	if len(found) != 2 || quote == "" {
		t.Errorf("found %v, quote %q", found, quote)
	}
	if found, _ := m.search("a", "nothing of the kind"); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}
