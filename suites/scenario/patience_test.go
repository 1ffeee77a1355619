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
		return &Stage{CallTimeout: 2 * time.Minute, Terms: record.Terms{TimeScale: scale}, Payload: Payload{Worked: true, CallTook: took}}
	}
	for _, tt := range []struct {
		name          string
		stage         *Stage
		odd, recovery time.Duration
	}{
		{"quick", stage(time.Second, 1), oddAnswerLimit, recoverLimit},
		{"quick, emulated", stage(time.Second, 10), oddAnswerMost, recoverLimit},
		{"slow", stage(25*time.Second, 1), 75 * time.Second, 50 * time.Second},
		{"slower than three calls", stage(100*time.Second, 1), 2 * time.Minute, 200 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
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
		name string
		x    record.Exchange
		want bool
	}{
		{"a quick 500 may mean the body", call(record.Answered, 500, 200), false},
		{"a 422 means the body", call(record.Answered, 422, 9000), false},
		{"a 500 after a minute and a half", call(record.Answered, 500, 95_000), true},
		{"no answer at all", call(record.TimedOut, 0, 120_000), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := laboured(tt.x); got != tt.want {
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
