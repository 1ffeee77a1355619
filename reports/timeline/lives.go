package timeline

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// life is what was seen of one process. Its own offsets count from its start.
type life struct {
	// start is where on the line the process was started.
	start   record.Millis
	turns   []record.Exchange
	polls   []record.Ping
	samples []record.Sample
	// end says how the process ended, "" when it was still running; endAt is when that was noticed.
	end   string
	endAt record.Millis
}

// sessionLives is the one process of the long session.
func sessionLives(s *record.LongSession) []life {
	if s == nil {
		return nil
	}
	one := life{polls: reading.Whole(s.Polls), samples: s.Samples, endAt: s.After.At}
	for _, t := range reading.SessionTurns(s) {
		one.turns = append(one.turns, *t.Call)
	}
	one.end, _ = reading.Ended(s.Before, s.After)
	return []life{one}
}

// mainLives are the processes of the main container, one after the other. It is not whole when its samples cannot be told
// apart by process.
func mainLives(e *record.End) (lives []life, whole bool) {
	if e == nil {
		return nil, true
	}
	var out []life
	for _, l := range e.Lost {
		end := reading.Exit(l.State)
		if l.After != "" {
			end += " (seen after: " + l.After + ")"
		}
		out = append(out, life{polls: reading.Whole(l.Polls), end: end, endAt: l.State.At})
	}
	if len(e.Polls) > 0 || len(out) == 0 {
		last := life{polls: reading.Whole(e.Polls), endAt: e.State.At}
		last.end, _ = reading.Ended(e.Start, e.State)
		out = append(out, last)
	}
	place(out)
	return out, share(out, e.Samples)
}

// place sets when each process was started, as the wall clock of its health checks tells it. One without any follows
// the end of the one before.
func place(lives []life) {
	zero, known := 0.0, false
	for i := range lives {
		if i > 0 {
			lives[i].start = lives[i-1].start + lives[i-1].endAt
		}
		if len(lives[i].polls) == 0 {
			continue
		}
		p := lives[i].polls[0]
		began := p.Unix*1000 - float64(reading.End(p))
		if !known {
			zero, known = began-float64(lives[i].start), true
		}
		if at := record.Millis(began - zero); believed(at) {
			lives[i].start = at
		}
	}
}

// share gives each process its samples, and reports whether it could. They stand in one list, and their offsets begin anew
// with each process; one whose health was never checked was not sampled either.
func share(lives []life, samples []record.Sample) bool {
	var watched []*life
	for i := range lives {
		if len(lives[i].polls) > 0 || len(lives) == 1 {
			watched = append(watched, &lives[i])
		}
	}
	runs := ascending(samples)
	if len(runs) != len(watched) {
		return len(runs) == 0
	}
	for i, run := range runs {
		watched[i].samples = run
	}
	return true
}

// ascending cuts samples where their offsets fall back.
func ascending(samples []record.Sample) [][]record.Sample {
	var out [][]record.Sample
	for from, i := 0, 1; i <= len(samples); i++ {
		if i == len(samples) || samples[i].At < samples[i-1].At {
			out = append(out, samples[from:i])
			from = i
		}
	}
	return out
}

// turnsOf are the calls of one process's session.
func turnsOf(l life) []Turn {
	var out []Turn
	for i := range l.turns {
		x := &l.turns[i]
		at := l.start + x.At
		if !believed(at) || !believed(x.Took) || x.Outcome == record.Unsent {
			continue
		}
		t := Turn{At: at, Took: x.Took}
		if !reading.Success(x) {
			t.Failed = failure(x)
		}
		out = append(out, t)
	}
	return out
}

// failure says in a few words why a turn does not count as answered.
func failure(x *record.Exchange) string {
	switch {
	case x.OK():
		return "an error inside the stream"
	case x.Outcome == record.Answered:
		return fmt.Sprintf("answered with %d", x.Status())
	case x.Outcome == record.TimedOut:
		return "no answer in time"
	}
	return brief(string(x.Outcome), longestWord)
}
