package scenario

import (
	"context"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// How long an odd request may stay unanswered before it counts as hung (INV-07): natively, and at most under emulation.
const (
	oddAnswerLimit = 15 * time.Second
	oddAnswerMost  = time.Minute
)

// oddPatience gives an agent that makes something of an odd body three times as long as the happy path took, and never
// longer than a call.
func (s *Stage) oddPatience() time.Duration {
	return min(s.patience(), max(min(s.scaled(oddAnswerLimit), oddAnswerMost), 3*s.Payload.CallTook))
}

// enoughHangs is how many odd requests are waited for in vain before the rest is not sent.
const enoughHangs = 3

// oddBodies are the bodies that no agent wants. Names are stable: checks and evidence use them.
func oddBodies() []struct{ name, body string } {
	deep := strings.Repeat(`[`, 200) + strings.Repeat(`]`, 200)
	return []struct{ name, body string }{
		{"truncated-json", `{"prompt":`},
		{"not-utf8", "\xff\xfe{"},
		{"empty-object", `{}`},
		{"prompt-blocks", `{"prompt":[{"toolUse":{"name":"x","input":{}}}]}`},
		{"empty-body", ``},
		{"null", `null`},
		{"array", `[1]`},
		{"number", `5`},
		{"string", `"x"`},
		{"huge-number", `{"prompt":1e999}`},
		{"lone-surrogate", `{"prompt":"\ud800"}`},
		{"nul-escape", `{"prompt":"a\u0000b"}`},
		{"duplicate-keys", `{"prompt":"a","prompt":"b"}`},
		{"deep-nesting", `{"prompt":` + deep + `}`},
	}
}

// Malformed sends odd bodies one by one and looks after each whether the agent is still itself (INV-07 to INV-11).
// Negative requests ask for JSON only: an SDK that already promised a stream cannot answer 400 (REAL-IMAGES).
func Malformed(ctx context.Context, s *Stage) (*record.Malformed, error) {
	before, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	out, hangs := &record.Malformed{Before: before}, 0
	bodies := oddBodies()
	for i, odd := range bodies {
		p := record.Probe{Name: odd.name}
		p.Call, _ = s.invoke(ctx, invocation{
			what: "malformed/" + odd.name, session: platform.NewSessionID(), body: []byte(odd.body),
			accept: "application/json", timeout: s.oddPatience(),
		})
		p.Ping = s.ping(ctx)
		if i == len(bodies)-1 || s.Payload.CallTook < slowFailure || !p.Call.Refusal() {
			p.Again = s.again(ctx, "malformed/after-"+odd.name) // a slow agent is not asked after each clean refusal
		}
		if p.State, err = s.stateAfter(ctx, lastOf(p)); err != nil {
			return nil, err
		}
		out.Probes = append(out.Probes, p)
		if p.Call.Outcome == record.TimedOut {
			hangs++
		}
		if !p.State.Running || hangs == enoughHangs {
			break
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return out, nil
}

// lastOf is the last call that a probe sent.
func lastOf(p record.Probe) record.Exchange {
	if p.Again != nil {
		return *p.Again
	}
	return p.Call
}
