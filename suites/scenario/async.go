package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// asyncPatience is how long a declared background job is followed before the harness stops watching.
const asyncPatience = 2 * time.Minute

// asyncPoll is how often /ping is asked meanwhile: LIFE-08 wants HealthyBusy within 5 s.
const asyncPoll = 500 * time.Millisecond

// jobLength is how long a job is asked to take whose body has a place for that: as long again as it has to begin.
const jobLength = 10 * time.Second

// The ends of a watch over a job: one that was never reported is given up after a while, at least a little longer than
// LIFE-08 allows on this engine, and one of unknown length is watched for a little longer once it seems over, for it may
// only come and go.
const (
	neverBusy  = 10 * time.Second
	busyWithin = 5 * time.Second
	afterBusy  = 3 * time.Second
)

// Async follows a declared background job from its trigger until /ping says no longer HealthyBusy (PING-05, PING-07, LIFE-08).
func Async(ctx context.Context, s *Stage) (*record.Async, error) {
	out := &record.Async{Before: s.Pinger().Series(ctx, 2, asyncPoll)}
	if s.Payload.Async.HasDuration() {
		out.Asked = millis(jobLength)
	}
	sid := platform.NewSessionID()
	body := s.Payload.Async.Render(platform.Values{
		Prompt: prompt(platform.NewMarker()), Session: sid, Milliseconds: int(jobLength.Milliseconds()),
	})
	out.Trigger, _ = s.invoke(ctx, invocation{what: "async/trigger", session: sid, body: body, accept: acceptStream})
	if err := s.followJob(ctx, out); err != nil {
		return nil, err
	}
	if err := s.otherEnds(ctx, out); err != nil {
		return nil, err
	}
	return out, nil
}

// followJob polls until the job is over or patience is.
func (s *Stage) followJob(ctx context.Context, out *record.Async) error {
	began, lastBusy := time.Now(), time.Time{}
	for time.Since(began) < asyncPatience {
		p := s.Pinger().Once(ctx)
		out.Pings = append(out.Pings, p)
		switch {
		case !p.OK(): // says nothing of the job
		case busyBody(p.Body):
			lastBusy = time.Now()
			if out.During == nil {
				x := s.happy(ctx, "async/during")
				out.During = &x
			}
		case s.jobOver(out, began, lastBusy):
			return ctx.Err()
		}
		if err := pause(ctx, asyncPoll); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// jobOver reports, of an agent that is not busy now, that its job is done or was never reported.
func (s *Stage) jobOver(job *record.Async, began, lastBusy time.Time) bool {
	switch {
	case lastBusy.IsZero():
		return time.Since(began) > max(neverBusy, s.scaled(busyWithin)+2*asyncPoll)
	case job.Asked > 0:
		return s.At() >= job.Trigger.At+job.Asked
	}
	return time.Since(lastBusy) > afterBusy
}
