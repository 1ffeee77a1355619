package reading

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

// Forecast is what a long session says of one quantity in eight hours (LIFE-19 to LIFE-21).
type Forecast struct {
	trend.Forecast
	// Key names the quantity: a field of record.Sample, or TurnKey.
	Key string
	// Series is what it rests on; there is none without.
	Series trend.Series
	// Err says which sample cannot be; nothing is forecast then.
	Err error
}

// TurnKey is the key of the time that a turn takes.
const TurnKey = "Turns"

// Forecasts are those of all quantities that the session shows.
func Forecasts(set *record.Set) []Forecast {
	if set == nil || set.LongSession == nil {
		return nil
	}
	return append([]Forecast{ForecastMemory(set), ForecastTurns(set)}, ForecastCounts(set)...)
}

func foresee(key string, s trend.Series, b trend.Bounds) Forecast {
	f, err := trend.Predict(s, b)
	return Forecast{f, key, s, err}
}

// ForecastMemory forecasts the working set. What an emulator holds for itself is taken off where each sample tells it;
// elsewhere the bounds are wider.
func ForecastMemory(set *record.Set) Forecast {
	_, known := Translated(set)
	bounds := trend.Memory()
	if set.Terms.Emulated && !known {
		bounds = bounds.Emulated()
	}
	return foresee("Memory", sampled(set.LongSession, func(s record.Sample) (float64, bool) {
		if known {
			return max(float64(s.Memory-*s.Translated), 0), true
		}
		return float64(s.Memory), true
	}), bounds)
}

// Translated is what an emulator held at last, in bytes. It is known only where each sample tells, for a part that comes and
// goes would look like growth; and never natively, where a program of an emulator's name would hide its own.
func Translated(set *record.Set) (last float64, known bool) {
	for _, s := range set.LongSession.Samples {
		if s.Translated == nil || !set.Terms.Emulated {
			return 0, false
		}
		last, known = float64(*s.Translated), true
	}
	return last, known
}

// counts are what a process must not have ever more of. The control group's own count stands for threads and processes
// where those were not read.
var counts = []struct {
	key    string
	of     func(record.Sample) *int
	bounds func(now float64) trend.Bounds
}{
	{"Descriptors", func(s record.Sample) *int { return s.Descriptors }, trend.Descriptors},
	{"Sockets", func(s record.Sample) *int { return s.Sockets }, trend.Descriptors},
	{"Threads", func(s record.Sample) *int { return s.Threads }, trend.Threads},
	{"Processes", func(s record.Sample) *int { return s.Processes }, trend.Threads},
	{"PIDs", func(s record.Sample) *int {
		if s.PIDs == 0 || s.Threads != nil && s.Processes != nil {
			return nil
		}
		return &s.PIDs
	}, trend.Threads},
}

// ForecastCounts forecasts descriptors, sockets, threads and processes, as far as they were seen.
func ForecastCounts(set *record.Set) []Forecast {
	var out []Forecast
	for _, c := range counts {
		series := sampled(set.LongSession, func(s record.Sample) (float64, bool) {
			n := c.of(s)
			if n == nil {
				return 0, false
			}
			return float64(*n), true
		})
		if len(series) > 0 {
			out = append(out, foresee(c.key, series, c.bounds(series[0].Value)))
		}
	}
	return out
}

// ForecastTurns forecasts what a turn takes, against the median of the session's first half.
func ForecastTurns(set *record.Set) Forecast {
	s := turnTimes(set.LongSession)
	return foresee(TurnKey, s, trend.Latency(s[:(len(s)+1)/2].Usual(), float64(Scale(set))))
}

// sampled puts a quantity beside the turns that had ended when it was sampled. Samples that do not have it are left out.
func sampled(l *record.LongSession, quantity func(record.Sample) (float64, bool)) trend.Series {
	var out trend.Series
	ended, done := turnEnds(l), 0
	for _, s := range l.Samples {
		for done < len(ended) && ended[done] <= s.At {
			done++
		}
		if v, ok := quantity(s); ok {
			out = append(out, trend.Point{At: float64(s.At), Turns: float64(done), Value: v})
		}
	}
	return out
}

// turnEnds are when the turns of a session ended, from the container's start.
func turnEnds(l *record.LongSession) []record.Millis {
	var out []record.Millis
	for _, t := range SessionTurns(l) {
		if FateOf(t.Call) != NotSent {
			out = append(out, t.Call.At+t.Call.Took)
		}
	}
	return out
}

// turnTimes are how long the turns took that were served. Streams and whole answers take turns in a session and differ in
// what they take: each is moved to the median of all.
func turnTimes(l *record.LongSession) trend.Series {
	var out trend.Series
	var streamed []bool
	for _, t := range SessionTurns(l) {
		if x := t.Call; t.Success {
			out = append(out, trend.Point{At: float64(x.At + x.Took), Turns: float64(t.Number), Value: float64(x.Took)})
			streamed = append(streamed, t.Streamed)
		}
	}
	usual, of := out.Usual(), map[bool]trend.Series{}
	for i, p := range out {
		of[streamed[i]] = append(of[streamed[i]], p)
	}
	moved := slices.Clone(out)
	for i, p := range out {
		moved[i].Value = max(p.Value-of[streamed[i]].Usual()+usual, 0)
	}
	return moved
}
