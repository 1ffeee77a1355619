package scenario

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/all"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/process"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/fixtures/traps"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/fake"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// brisk is a session of an hour in little time.
var brisk = pace{turn: 5 * time.Millisecond, quiet: 30 * time.Millisecond, mixed: true}

func template(t *testing.T, text string) *platform.Template {
	t.Helper()
	if text == "" {
		return nil
	}
	out, err := platform.ParseTemplate(text)
	if err != nil {
		t.Fatal(err)
	}
	return &out
}

// booted is an agent that was found out how to speak to.
func booted(t *testing.T, agent process.Main, p fixtures.Payloads, opts ...fake.Option) (*Stage, record.Boot, *record.Calls) {
	t.Helper()
	eng := fake.New(agent, opts...)
	t.Cleanup(func() { _ = eng.Close(context.Background()) })
	target, err := eng.Start(t.Context(), engine.Spec{Name: "life", Port: 8080})
	if err != nil {
		t.Fatal(err)
	}
	s := NewStage("life", target, record.Terms{Protocol: "HTTP", Port: 8080, Path: "/invocations", TimeScale: 1}, 8*time.Second)
	s.Payload = Payload{Stream: template(t, p.Stream), Slow: template(t, p.Slow)}
	if p.Prompt != "" {
		s.Payload.Template, s.Payload.Declared = *template(t, p.Prompt), true
	}
	boot, err := Boot(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := Calls(t.Context(), s, false)
	if err != nil {
		t.Fatal(err)
	}
	return s, *boot, calls
}

// ruling is what LIFE-22 says of a session.
func ruling(boot record.Boot, calls *record.Calls, l *record.LongSession) checks.Finding {
	set := &record.Set{Schema: record.Schema, Boot: &boot, Calls: calls, LongSession: l}
	return all.All().Rule(checks.Contract(), "LIFE-22", set)[0]
}

func kinds(l *record.LongSession) map[record.AsideKind]int {
	out := map[record.AsideKind]int{}
	for _, a := range l.Beside {
		out[a.Kind]++
	}
	return out
}

// TestAMixedSessionLeavesNoGoodAgentBroken: every kind is played on agents that allow overlap and on those that do not, and
// no turn of the session is the worse for it.
func TestAMixedSessionLeavesNoGoodAgentBroken(t *testing.T) {
	t.Parallel()
	type subject struct {
		name     string
		agent    process.Main
		payloads fixtures.Payloads
		overlaps bool
		opts     []fake.Option
	}
	subjects := []subject{{"reference", reference.Main(reference.Config{}), fixtures.Reference, true, nil}}
	for _, name := range []string{"strands", "typescript-sdk", "python-sdk", "one-after-the-other", "stdlib"} {
		trap, err := traps.ByName(name)
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, subject{name, trap.Agent, trap.Payloads, name != "strands", trap.Engine})
	}
	for _, tt := range subjects {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, boot, calls := booted(t, tt.agent, tt.payloads, tt.opts...)
			l, err := longSession(t.Context(), s, boot, SessionPlan{ID: platform.NewSessionID(), Lasts: time.Minute, Turns: 60}, brisk)
			if err != nil {
				t.Fatal(err)
			}
			if f := ruling(boot, calls, l); f.Outcome != checks.Pass {
				t.Errorf("%s %s: %s", f.Outcome, f.Reason, f.Actual)
			}
			got := kinds(l)
			for _, kind := range []record.AsideKind{record.AsideTogether, record.AsideSession, record.AsideLeft, record.AsideMalformed} {
				if got[kind] == 0 {
					t.Errorf("%s was never played: %v", kind, got)
				}
			}
			beside := 0
			for _, a := range l.Beside {
				if a.Kind == record.AsideSession && overlapsOne(a.Call, l.Turns) {
					beside++
				}
				if a.Again != nil && failed(*a.Again) {
					t.Errorf("it did not come back after a caller left: %s", a.Again.ID)
				}
			}
			if (beside > 0) != tt.overlaps {
				t.Errorf("%d turns of other sessions ran beside the session's own", beside)
			}
		})
	}
}

func overlapsOne(x record.Exchange, turns []record.Exchange) bool {
	for _, t := range turns {
		if x.At < t.At+t.Took && t.At < x.At+x.Took {
			return true
		}
	}
	return false
}

// TestInterruptedSessionKeepsWhatItSaw: neither lost, nor taken for the whole.
func TestInterruptedSessionKeepsWhatItSaw(t *testing.T) {
	t.Parallel()
	s, boot, calls := booted(t, reference.Main(reference.Config{}), fixtures.Reference)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	l, err := longSession(ctx, s, boot, SessionPlan{ID: platform.NewSessionID(), Lasts: time.Hour}, pace{turn: 20 * time.Millisecond, quiet: 30 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if !l.Interrupted || len(l.Turns) < burstTurns || !l.After.Running || l.After.Unknown || l.Logs.TotalLines == 0 {
		t.Errorf("interrupted %v, %d turns, after it %+v", l.Interrupted, len(l.Turns), l.After)
	}
	if last := l.Polls[len(l.Polls)-1]; !last.OK() {
		t.Errorf("the last health check: %+v", last)
	}
	if f := ruling(boot, calls, l); f.Outcome != checks.Untestable {
		t.Errorf("two seconds of an hour are %s: %s", f.Outcome, f.Actual)
	}
}

// endsAt is the reference agent, whose process ends at the nth malformed body.
func endsAt(n int64) process.Main {
	return func(ctx context.Context, p process.Process) int {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var seen atomic.Int64
		return reference.Run(ctx, p, reference.Config{Wrap: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if string(body) == oddBodies()[0].body && seen.Add(1) == n {
					cancel()
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				next.ServeHTTP(w, r)
			})
		}})
	}
}

// TestWhatAMixedSessionBreaks: the first malformed body is no matter of a long session, the third is.
func TestWhatAMixedSessionBreaks(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]checks.Outcome{1: checks.Untestable, 3: checks.Fail} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s, boot, calls := booted(t, endsAt(n), fixtures.Reference)
			l, err := longSession(t.Context(), s, boot, SessionPlan{ID: platform.NewSessionID(), Lasts: time.Minute}, brisk)
			if err != nil {
				t.Fatal(err)
			}
			if f := ruling(boot, calls, l); f.Outcome != want || want == checks.Fail && f.Reason != "restarted" {
				t.Errorf("%s %s: %s", f.Outcome, f.Reason, f.Actual)
			}
			if got := kinds(l)[record.AsideMalformed]; got != int(n) || l.After.Running {
				t.Errorf("%d malformed bodies, running %v", got, l.After.Running)
			}
		})
	}
}
