package reading

import (
	"slices"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// TimeLine is a series as the idle reaper would have seen it; its polls have the places of the series' health checks.
func TimeLine(s Series) *reaper.TimeLine {
	out := &reaper.TimeLine{Name: s.Name, Calls: s.calls()}
	for _, p := range s.Pings {
		out.Polls = append(out.Polls, Poll(p))
	}
	for _, p := range s.Glances {
		out.Glances = append(out.Glances, Poll(p))
	}
	return out
}

// Poll is a health check as the idle reaper would have seen it.
func Poll(p record.Ping) reaper.Poll {
	out := reaper.Poll{
		Sent: Sent(p).Seconds(), At: End(p).Seconds(), Outcome: p.Outcome, Status: p.Status, Word: StatusWord(p),
	}
	switch s := Stamp(p); {
	case !s.Exists() || s.Type == gjson.Null:
	case s.Type == gjson.Number:
		seconds, ok := StampSeconds(p)
		out.Stamp = reaper.Stamp{Kind: reaper.Other}
		if ok {
			out.Stamp = reaper.Stamped(seconds)
		}
	default:
		out.Stamp.Kind = reaper.Other
	}
	return out
}

// calls are the invocations beside a series: those that are known one by one, or else what its health checks counted.
func (s Series) calls() []reaper.Call {
	var out []reaper.Call
	for _, x := range s.Calls {
		out = append(out, reaper.Call{Start: x.At.Seconds(), End: (x.At + x.Took).Seconds()})
	}
	if s.Calls != nil {
		return out
	}
	for i, p := range s.Pings {
		if i > 0 {
			out = append(out, between(s.Pings[i-1], p)...)
		}
		if p.InFlight > 0 {
			out = append(out, reaper.Call{Start: Sent(p).Seconds(), End: End(p).Seconds()})
		}
	}
	return out
}

// between is the call that two health checks tell of that follow each other, if any. One that the first did not see began
// after it, and ended before the second where that does not see it.
func between(a, b record.Ping) []reaper.Call {
	start, end := min(End(a), Sent(b)), Sent(b)
	switch {
	case a.InFlight > 0:
		start = Sent(a)
	case a.Activity == b.Activity:
		return nil
	}
	return []reaper.Call{{Start: start.Seconds(), End: end.Seconds()}}
}

// ReaperSettings are the lifecycle settings of a run; records of older ones have the platform's defaults.
func ReaperSettings(t record.Terms) reaper.Settings {
	return reaper.Settings{
		Idle: setting(t.IdleTimeout, reaper.DefaultIdle), Lifetime: setting(t.MaxLifetime, reaper.DefaultLifetime),
	}
}

// longestSetting is the longest lifetime that the platform's API takes, in seconds: 14 days.
const longestSetting = 1_209_600

func setting(said record.Millis, otherwise float64) float64 {
	if s := said.Seconds(); s > 0 && s <= longestSetting {
		return s
	}
	return otherwise
}

// Reaped is what the idle reaper would have made of a run's processes; nil where nothing was polled. The long session comes
// first, for it is spoken to as a session of the platform is, then the background job, whose calls are known.
func Reaped(set *record.Set) *reaper.Session {
	first := func(s Series) int {
		return slices.Index([]string{backgroundJob, longSession}, s.Name)
	}
	series := Polls(set)
	slices.SortStableFunc(series, func(a, b Series) int { return first(b) - first(a) })
	lines := make([]reaper.TimeLine, 0, len(series))
	for _, s := range series {
		lines = append(lines, *TimeLine(s))
	}
	return reaper.Play(lines, ReaperSettings(set.Terms))
}

// ReapedJob is what it would have made of the process beside the declared background job; nil where none was polled.
func ReapedJob(set *record.Set) *reaper.Session {
	for _, s := range Polls(set) {
		if s.Name == backgroundJob {
			return reaper.Play([]reaper.TimeLine{*TimeLine(s)}, ReaperSettings(set.Terms))
		}
	}
	return nil
}

// ReaperLines is evidence of what the idle reaper would have done.
func ReaperLines(s *reaper.Session) checks.Evidence {
	const title = "what the idle reaper would have done"
	if s == nil {
		return checks.Text(title, "(no health check was recorded)")
	}
	return checks.Text(title, s.Text()...)
}
