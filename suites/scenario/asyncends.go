package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// shortJob is how long a further job is asked to take whose body has a place for that: a few polls long.
const shortJob = 3 * time.Second

// How long after twice the time of the first job another one may still be reported: PING-14's 30 s, which are computed, and
// more for one whose model fails, for clients try again with growing pauses.
const (
	jobGrace      = 30 * time.Second
	jobGraceMost  = 2 * time.Minute
	jobGraceModel = time.Minute
)

// longestMeasure is the longest first job, of a body without a place for a time, that further ones are played after: they would
// take as long, and hold up all that is played next.
const longestMeasure = record.Millis(30_000)

// leavesMost is the longest that a caller of a job stays before the answer.
const leavesMost = time.Second

// refusing is a model that refuses whatever it is asked: few clients try that again.
var refusing = model.Script{Name: "refusing", Fault: model.TooLong}

// otherEnds plays a job whose caller leaves, then one that fails. The first job is the measure of both: where it was not seen
// to begin and to end, they would tell nothing. Neither can be told where the agent is busy before.
func (s *Stage) otherEnds(ctx context.Context, a *record.Async) error {
	lasted, ended := lastedFor(a)
	if !ended || s.bornBusy || a.Asked == 0 && lasted > longestMeasure {
		return nil
	}
	a.Left = s.leaveJob(ctx, a, lasted)
	if err := s.watchJob(ctx, a.Left); err != nil || saysBusy(&a.Left.Pings[len(a.Left.Pings)-1]) {
		return err
	}
	var err error
	a.Failing, err = s.failJob(ctx, lasted)
	return err
}

// lastedFor is the time from the trigger of the first job to the last poll that reported it; it has ended when it was
// reported, and the last poll says otherwise.
func lastedFor(a *record.Async) (lasted record.Millis, ended bool) {
	for i := range a.Pings {
		p := &a.Pings[i]
		switch {
		case saysBusy(p):
			lasted, ended = p.At-a.Trigger.At, false
		case p.OK():
			ended = lasted > 0
		}
	}
	return lasted, ended
}

// quickTrigger is an answer that is there before a caller could leave halfway to it.
const quickTrigger = 50 * time.Millisecond

// leaveJob begins a job and leaves halfway to the answer, as the request has been read then, or else as soon as it is sent.
func (s *Stage) leaveJob(ctx context.Context, a *record.Async, lasted record.Millis) *record.Job {
	took := time.Duration(float64(a.Trigger.Took) * float64(time.Millisecond))
	after := min(took/2, leavesMost)
	if took < quickTrigger {
		after = 0
	}
	return s.beginJob(ctx, "async/left", s.Payload.Async, lasted, func(q *wire.Request) {
		q.Leave, q.LeaveAfter = wire.LeaveBeforeAnswer, after
	})
}

// failJob plays a job that fails: by the body that was declared for it, or by a model that refuses what it asks. It returns nil
// where there is neither.
func (s *Stage) failJob(ctx context.Context, lasted record.Millis) (*record.Job, error) {
	body, by := s.Payload.AsyncFailing, record.FailedByBody
	if body == nil {
		if !s.Modelled() {
			return nil, nil //nolint:nilnil // no record of what cannot be played
		}
		body, by = s.Payload.Async, record.FailedByModel
		heal := s.script(refusing)
		defer heal()
		defer time.AfterFunc(healAfter, heal).Stop()
	}
	heard := s.listen()
	j := s.beginJob(ctx, "async/failing", body, lasted, nil)
	if j.By = by; by == record.FailedByModel {
		j.Due += millis(jobGraceModel)
	}
	err := s.watchJob(ctx, j)
	j.Model = heard()
	return j, err
}

func (s *Stage) beginJob(ctx context.Context, what string, body *platform.Template, lasted record.Millis, change func(*wire.Request)) *record.Job {
	j := &record.Job{}
	if body.HasDuration() {
		j.Asked = millis(shortJob)
	}
	sid := platform.NewSessionID()
	in := invocation{what: what, session: sid, accept: acceptStream, change: change}
	in.body = body.Render(platform.Values{
		Prompt: prompt(platform.NewMarker()), Session: sid, Milliseconds: int(shortJob.Milliseconds()),
	})
	j.Trigger, _ = s.invoke(ctx, in)
	j.Due = j.Trigger.At + j.Trigger.Took + 2*lasted + millis(min(s.scaled(jobGrace), jobGraceMost))
	return j
}

// watchJob polls until the job is over, or must have been.
func (s *Stage) watchJob(ctx context.Context, j *record.Job) error {
	began, reported := time.Now(), false
	for {
		p := s.Pinger().Once(ctx)
		j.Pings = append(j.Pings, p)
		busy := saysBusy(&p)
		reported = reported || busy
		if p.At+p.Lag >= j.Due || p.OK() && !busy && s.shortOver(j, began, reported) {
			return ctx.Err()
		}
		if err := pause(ctx, asyncPoll); err != nil {
			return err
		}
	}
}

// shortOver reports, of an agent that is not busy now, that the job is over or will not be reported.
func (s *Stage) shortOver(j *record.Job, began time.Time, reported bool) bool {
	if !reported {
		return time.Since(began) > min(s.scaled(busyWithin), neverBusy)+2*asyncPoll
	}
	return s.At() >= j.Trigger.At+j.Asked
}
