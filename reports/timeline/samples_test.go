package timeline

import (
	"math"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const (
	mib  = float64(1 << 20)
	hour = 3_600_000.0
)

// hostileText holds what breaks XML, HTML, terminals and lazy escaping.
const hostileText = "a\x00b\x1b[2J\x1b]0;title\x07 ]]> --> </title></desc></style><script>alert(1)</script><b onload=\"1\" c='2'> & &amp; &#60; \xff\xfe \xed\xa0\x80 " +
	"\u202egnp.exe\u2066 \ufffe \u009b31m \u2028 \x7f\r\nline\rtwo \u00e9\u6f22\U0001f600 %s url(http://example.com/)"

var samples = []struct {
	name string
	line func() *Line
}{
	{"ordinary", func() *Line {
		return Read(busy(session(30_000, ordinary)), About{Image: "registry.example.com/team/agent:1.4"})
	}},
	{"counts", func() *Line {
		return Read(holdingMore(session(30_000, ordinary)), About{Fits: map[string]Fit{Descriptors: {Label: "forecast", From: 5000, To: 8 * hour,
			ValueAtFrom: 21, ValueAtTo: 11_500, LowAtFrom: 20, LowAtTo: 9500, HighAtFrom: 22, HighAtTo: 13_500}}})
	}},
	{"empty", func() *Line { return Read(&record.Set{}, About{Image: "registry.example.com/team/agent:1.4"}) }},
	{"one-sample", func() *Line { return Read(oneSample(), About{}) }},
	{"interrupted", func() *Line { return Read(interrupted(), About{Image: "agent", Interrupted: true}) }},
	{"hostile", func() *Line {
		return Read(hostile(hostileText), About{Image: hostileText, Fits: hostileFits(hostileText)})
	}},
}

// noise is a number from 0 to 1 that differs from one i to the next and is the same in every run.
func noise(i int) float64 {
	_, f := math.Modf(math.Abs(math.Sin(float64(i)*12.9898)) * 43758.5453)
	return f
}

// shape says how a session went: its memory in MiB, and how long turns and health checks took, all at an offset.
type shape struct {
	memory, turn, check func(at float64, i int) float64
}

var ordinary = shape{
	memory: func(at float64, i int) float64 { return 96 + at/4000 + noise(i) },
	turn:   func(_ float64, i int) float64 { return 180 + 120*noise(i) },
	check:  func(_ float64, i int) float64 { return 2 + 4*noise(i) },
}

var leak = shape{
	memory: func(at float64, i int) float64 { return 180 + 55*at/hour + 8*noise(i) },
	turn:   func(at float64, i int) float64 { return 240 + 200*noise(i) + 20*at/hour },
	check:  func(_ float64, i int) float64 { return 2 + 8*noise(i) },
}

// session is a long session as the harness records it: a health check each 2 s, a sample each 5 s, five turns in a burst.
func session(lasts float64, is shape) *record.Set {
	const ready = 800.0
	l := &record.LongSession{Before: record.State{Running: true, StartedAt: "a", PID: 7}}
	l.After = l.Before
	for i, at := 0, ready; at < ready+lasts; i, at = i+1, at+2000 {
		l.Polls = append(l.Polls, record.Ping{At: record.Millis(at), Took: record.Millis(is.check(at, i)), Outcome: record.Answered,
			Status: 200, Body: `{"status":"Healthy","time_of_last_update":1767268844}`})
	}
	for i, at := 0, ready+20; at < ready+lasts; i, at = i+1, at+5000 {
		l.Samples = append(l.Samples, record.Sample{At: record.Millis(at), Memory: int64(is.memory(at, i) * mib),
			CPU: record.Millis(500 + at*0.06 + 200*noise(i)), PIDs: 9 + i%2})
	}
	for i, at := 0, ready+5; at < ready+lasts; i, at = i+1, at+700+5000*float64(max(i%5-3, 0)) {
		l.Turns = append(l.Turns, record.Exchange{At: record.Millis(at), Took: record.Millis(is.turn(at, i)),
			Outcome: record.Answered, Response: &record.Response{Status: 200}})
	}
	return &record.Set{LongSession: l}
}

// holdingMore tells what its processes hold, but not at the first sample: descriptors grow, threads fall once, sockets stay.
func holdingMore(set *record.Set) *record.Set {
	for i := range set.LongSession.Samples[1:] {
		descriptors, threads, sockets, processes, lines := 20+2*i, 9-i/4, 3, 2, int64(40*i)
		s := &set.LongSession.Samples[1+i]
		s.Descriptors, s.Threads, s.Sockets, s.Processes, s.LogLines = &descriptors, &threads, &sockets, &processes, &lines
	}
	return set
}

// busy works in the background for a few health checks.
func busy(set *record.Set) *record.Set {
	for i := range set.LongSession.Polls[9:13] {
		set.LongSession.Polls[9+i].Body = `{"status":"HealthyBusy","time_of_last_update":1767268862}`
	}
	return set
}

// oneSample was watched by an engine, and by nobody else.
func oneSample() *record.Set {
	return &record.Set{LongSession: &record.LongSession{Samples: []record.Sample{{At: 120, Memory: int64(24 * mib), CPU: 50, PIDs: 1}}}}
}

// interrupted ended before its long session began. Two processes of the main container were watched: the first exited.
func interrupted() *record.Set {
	check := func(at float64, process int) record.Ping {
		return record.Ping{At: record.Millis(at), Took: 1, Outcome: record.Answered, Status: 200, Body: `{"status":"Healthy"}`,
			Unix: 1_700_000_000 + float64(process)*9 + (at+1)/1000}
	}
	gone := record.Ping{At: 4050, Took: 0.2, Outcome: record.Refused, Unix: 1_700_000_004.0502}
	busy := check(2050, 1)
	busy.Body = `{"status":"HealthyBusy"}`
	return &record.Set{
		End: &record.End{
			Lost: []record.Loss{{After: "malformed requests", State: record.State{ExitCode: 137, OOMKilled: true, At: 6000},
				Polls: []record.Ping{check(50, 0), check(2050, 0), gone}}},
			Start: record.State{Running: true, StartedAt: "b", PID: 9}, State: record.State{Running: true, StartedAt: "b", PID: 9, At: 5000},
			Polls: []record.Ping{check(50, 1), busy, check(4050, 1)},
			Samples: []record.Sample{{At: 60, Memory: int64(40 * mib), CPU: 50, PIDs: 1}, {At: 5060, Memory: int64(400 * mib), CPU: 4000, PIDs: 40},
				{At: 60, Memory: int64(40 * mib), CPU: 50, PIDs: 1}, {At: 4060, Memory: int64(41 * mib), CPU: 90, PIDs: 1}},
		},
		Gaps: []record.Gap{{Kind: record.KindLongSession, Why: record.GapInterrupted, Text: "the run was stopped"}},
	}
}

// hostile is a main container that puts text wherever it can.
func hostile(text string) *record.Set {
	set := interrupted()
	set.End.Lost[0].After, set.End.Lost[0].State.Error = text, text
	for i := range set.End.Polls {
		set.End.Polls[i].Body = `{"status":` + quoted(text) + `}`
	}
	set.End.Polls[0].Outcome, set.End.Polls[0].Error = record.Outcome(text), text
	return set
}

func hostileFits(text string) map[string]Fit {
	return map[string]Fit{
		Memory:    {Label: text, From: 0, To: 9000, ValueAtFrom: -largest, ValueAtTo: largest, LowAtFrom: -largest, HighAtTo: largest},
		Processes: {Label: text, From: 0, To: 9000, LowAtFrom: math.Inf(-1), LowAtTo: math.NaN(), HighAtTo: math.Inf(1)},
		text:      {Label: text, From: 0, To: 1},
	}
}
