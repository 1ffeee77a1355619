package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
)

// modelFaults are the ways in which the model fails, from the commonest on. In the last the answer breaks off in the
// middle of a stream.
var modelFaults = []model.Fault{model.Throttled, model.Broken, model.TooLong, model.Cut}

// healAfter is how long a model is ill while one call waits for it: frameworks that retry for a minute and a half would
// show no more in that time, and cost it for each fault.
const healAfter = 12 * time.Second

// retriesSettle is how long requests are counted that come after the answer that they were for.
const retriesSettle = time.Second

// ModelFaultsWait is the planned time of the look at a failing model, without what the agent's own tries take.
func ModelFaultsWait() time.Duration { return time.Duration(len(modelFaults)) * retriesSettle }

// ModelFaults plays a model that fails, and looks at the agent when it is well again.
func ModelFaults(ctx context.Context, s *Stage) (*record.ModelFaults, error) {
	before, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	out := &record.ModelFaults{Before: before, After: before, First: s.again(ctx, "modelfaults/first")}
	if s.Payload.Worked && failed(*out.First) {
		return out, ctx.Err() // what is lost already says nothing of the model
	}
	for _, f := range modelFaults {
		round, err := s.modelFault(ctx, f)
		if err != nil {
			return nil, err
		}
		out.Rounds = append(out.Rounds, round)
		if out.After = round.State; !round.State.Running || s.lost(round) || round.Forgotten() {
			break // further faults would only wait as long
		}
	}
	return out, ctx.Err()
}

// lost reports an agent that did not come back in its time to recover.
func (s *Stage) lost(r record.ModelFaultRound) bool {
	return s.Payload.Worked && r.Again != nil && failed(*r.Again)
}

func (s *Stage) modelFault(ctx context.Context, f model.Fault) (record.ModelFaultRound, error) {
	round := record.ModelFaultRound{Fault: string(f)}
	sid := platform.NewSessionID()
	in := invocation{what: "modelfaults/" + string(f), session: sid, accept: acceptStream, body: s.Payload.body(sid, platform.NewMarker())}
	heard, served := s.listen(), s.attend()
	heal := s.script(model.Script{Name: string(f), Fault: f, Tokens: 20, Pace: 20 * time.Millisecond})
	timer := time.AfterFunc(healAfter, heal)
	round.Call, _ = s.invoke(ctx, in)
	during := len(heard())
	round.Healed = !timer.Stop()
	if err := pause(ctx, retriesSettle); err != nil {
		return round, err
	}
	round.Model = heard()
	round.Later = len(round.Model) - during
	round.Silent = silence(&round.Call, round.Model, served())
	heal()
	round.Ping = s.ping(ctx)
	round.Again, round.Waited = s.recovered(ctx, "modelfaults/after-"+string(f), sid)
	var err error
	round.State, err = s.stateAfter(ctx, round.Call)
	return round, err
}

// silence is how long ago the container had asked the model or another service something when a call ran out of its time.
// It is 0 for a call that ended, and where an answer was still owed.
func silence(x *record.Exchange, model []record.ModelRequest, services []record.ServiceRequest) record.Millis {
	if x.Outcome != record.TimedOut {
		return 0
	}
	end := x.At + x.Took
	last := x.At
	for _, q := range model {
		if q.Outcome == record.ModelOpen {
			return 0
		}
		last = max(last, q.At+q.Took)
	}
	for _, q := range services {
		last = max(last, q.At+q.Took)
	}
	return max(0, end-last)
}
