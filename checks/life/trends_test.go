package life

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

// talk is a session at the gate's pace: bursts of five turns, a pause of 5 s, a sample each second. What is used and what
// a turn takes, in milliseconds, follows from the turns that were completed.
func talk(seconds int, used func(turns int) record.Sample, takes func(turn int) record.Millis) *record.LongSession {
	l := &record.LongSession{}
	at := record.Millis(900)
	for at < record.Millis(seconds)*1000 {
		x := checktest.OK()
		x.At, x.Took = at, takes(len(l.Turns))
		l.Turns = append(l.Turns, *x)
		at += x.Took + 400
		if len(l.Turns)%5 == 0 {
			at += 4600
		}
	}
	for s := range seconds {
		sample := record.Sample{}
		done := 0
		for _, x := range l.Turns {
			if x.At+x.Took <= record.Millis(s)*1000 {
				done++
			}
		}
		if used != nil {
			sample = used(done)
		}
		// The least unevenness, as every process has it.
		sample.At, sample.Memory = record.Millis(s)*1000, sample.Memory+int64(50_000*math.Sin(float64(7*s)))
		l.Samples = append(l.Samples, sample)
	}
	return l
}

func steadily(int) record.Millis { return 60 }

func grown(from, perTurn float64) func(int) record.Sample {
	return func(turns int) record.Sample { return record.Sample{Memory: int64(from + perTurn*float64(turns))} }
}

func session(l *record.LongSession) *record.Set { return &record.Set{LongSession: l} }

func TestMemoryTrend(t *testing.T) {
	held := func(seconds int, perTurn float64) *record.Set {
		return session(talk(seconds, grown(200e6, perTurn), steadily))
	}
	filled := func(turns int) record.Sample {
		return record.Sample{Memory: int64(200e6 + 4e6*float64(min(turns, 15)))}
	}
	toothed := func(turns int) record.Sample { return record.Sample{Memory: int64(200e6 + 8e6*float64(turns%25))} }
	emulator := changed(held(60, 1.5e6), emulated(8))
	// The emulator translates so much at each turn, beside what the agent keeps.
	translating := func(perTurn, kept float64) *record.Set {
		return changed(session(talk(60, func(turns int) record.Sample {
			code := int64(30e6 + perTurn*float64(turns))
			return record.Sample{Memory: int64(200e6+kept*float64(turns)) + code, Translated: &code}
		}, steadily)), emulated(8))
	}
	halfKnown := changed(translating(1.5e6, 0), func(s *record.Set) {
		for i := range 30 {
			s.LongSession.Samples[2*i].Translated = nil
		}
	})
	short := changed(held(30, 0), func(s *record.Set) { s.LongSession.Samples = s.LongSession.Samples[:1] })
	back := changed(held(30, 0), func(s *record.Set) { s.LongSession.Samples[3].Memory = -4 })
	none := changed(held(30, 0), func(s *record.Set) { s.LongSession.Samples = nil })
	attached := changed(session(&record.LongSession{}), func(s *record.Set) { s.Terms.Attached = true })
	checktest.Judge(t, Checks, "LIFE-19", []checktest.Case{
		{Name: "level", Set: held(30, 0), Want: "pass", Says: "after 8 hours; from"},
		{Name: "a cache that filled long ago", Set: session(talk(120, filled, steadily)), Want: "pass", Says: "without the first"},
		{Name: "grows, and ends below 6 GB", Set: held(60, 100e3), Want: "pass", Says: "0.1 MB (0.0"},
		{Name: "50 MB a turn", Set: held(30, 50e6), Want: "runs-out", Says: "50 MB (49.9 MB to 50.1 MB) more a turn; 8 GB are met after 3.8"},
		{Name: "1 MB a turn, a while", Set: held(60, 1e6), Want: "grows", Says: "8 GB are met after 3.06 h (2.92 h to 3.21 h); likely, from 45 turns in 59 s: what fills and then stops looks the same until it does; --session-duration 7m would tell"},
		{Name: "0.4 MB a turn, a while", Set: held(90, 0.405e6), Want: "grows", Says: "perhaps not within 8 hours"},
		{Name: "1 MB a turn, for long", Set: held(900, 1e6), Want: "runs-out", Says: "more a turn; 8 GB are met after"},
		{Name: "a cache that has just filled", Set: session(talk(30, filled, steadily)), Want: "too-short", Says: "it has not settled; --session-duration"},
		{Name: "collected once", Set: session(talk(60, toothed, steadily)), Want: "too-short", Says: "fell back too seldom"},
		{Name: "in an emulator", Set: emulator, Want: "too-short", Says: "the emulator's own share is in it"},
		{Name: "in an emulator that grows as much itself", Set: translating(1.5e6, 0), Want: "pass", Says: "without the emulator's translated code, 97.5 MB at the end"},
		{Name: "in an emulator that grows, and so does the agent", Set: translating(1.5e6, 1e6), Want: "grows", Says: "more a turn; 8 GB are met after"},
		{Name: "natively, with memory that only looks like an emulator's", Set: changed(translating(1.5e6, 0), func(s *record.Set) { s.Terms.Emulated = false }), Want: "grows"},
		{Name: "in an emulator whose part was not always seen", Set: halfKnown, Want: "too-short", Says: "the emulator's own share is in it"},
		{Name: "ten seconds", Set: held(10, 0), Want: "too-short", Says: "too short to tell what 8 hours bring; --session-duration 30s would tell"},
		{Name: "one sample", Set: short, Want: "too-short"},
		{Name: "figures that cannot be", Set: back, Want: "untestable", Says: "sample 4 of 30 holds -4"},
		{Name: "no figures", Set: none, Want: "untestable", Says: "no figures of memory"},
		{Name: "attached", Set: attached, Want: "not-applicable"},
	})
}

func TestMemoryTrendMeasures(t *testing.T) {
	f := judgeMemoryTrend(session(talk(120, grown(200e6, 2e6), steadily)))[0]
	for name, want := range map[string]float64{
		"session.memoryFirstBytes": 200e6, "session.memoryLastBytes": 200e6 + 85*2e6, "session.memoryPerTurnBytes": 2e6,
		"session.memoryAt8hBytes": 42.3e9,
	} {
		if got := f.Measurements[name]; math.Abs(got-want) > want/50 {
			t.Errorf("%s is %.0f, want %.0f", name, got, want)
		}
	}
}

func TestCountsAndTurnsMeasure(t *testing.T) {
	five := func(turns int) record.Sample {
		n, threads := 20+5*turns, 4
		return record.Sample{Descriptors: &n, Threads: &threads}
	}
	l := talk(120, five, func(turn int) record.Millis { return record.Millis(100 + 30*turn) })
	counts, turns := judgeCountTrend(session(l))[0].Measurements, judgeSlowdown(session(l))[0].Measurements
	for _, c := range []struct{ got, want float64 }{
		{counts["session.descriptorsPerTurn"], 5}, {counts["session.threadsPerTurn"], 0}, {turns["session.turnSlowerMs"], 30},
	} {
		if math.Abs(c.got-c.want) > c.want/50 {
			t.Errorf("%v is measured, want %v", c.got, c.want)
		}
	}
}

func TestCountTrend(t *testing.T) {
	counts := func(seconds int, files, threads func(turns int) int) *record.Set {
		return session(talk(seconds, func(turns int) record.Sample {
			s := record.Sample{Memory: 50e6, PIDs: 12}
			if files != nil {
				n := files(turns)
				s.Descriptors = &n
			}
			if threads != nil {
				n, one := threads(turns), 1
				s.Threads, s.Processes = &n, &one
			}
			return s
		}, steadily))
	}
	const always = 12
	same := func(int) int { return always }
	each := func(n int) func(int) int { return func(turns int) int { return always + n*turns } }
	pooled := func(turns int) int { return always + min(turns, 10) }
	attached := changed(session(&record.LongSession{}), func(s *record.Set) { s.Terms.Attached = true })
	none := changed(counts(60, nil, nil), func(s *record.Set) {
		for i := range s.LongSession.Samples {
			s.LongSession.Samples[i].PIDs = 0
		}
	})
	back := changed(counts(60, same, same), func(s *record.Set) {
		s.LongSession.Samples[5].Descriptors = new(int)
		*s.LongSession.Samples[5].Descriptors = -1
	})
	checktest.Judge(t, Checks, "LIFE-20", []checktest.Case{
		{Name: "level", Set: counts(60, same, same), Want: "pass", Says: "open descriptors: at most"},
		{Name: "a pool that filled", Set: counts(180, pooled, same), Want: "pass"},
		{Name: "nobody counted descriptors", Set: counts(60, nil, nil), Want: "note", Says: "open descriptors were not seen"},
		{Name: "nor do threads alone make a pass", Set: counts(60, nil, same), Want: "note", Says: "threads: at most"},
		{Name: "five descriptors a turn", Set: counts(60, each(5), same), Want: "runs-out", Says: "5 (4.98 to 5.02) more a turn; 1024 more than at the start"},
		{Name: "one descriptor a turn", Set: counts(60, each(1), same), Want: "grows", Says: "open descriptors: 1 ("},
		{Name: "ten threads a turn", Set: counts(60, same, each(10)), Want: "runs-out", Says: "threads: 10 (9.98 to 10) more a turn"},
		{Name: "the worst is told", Set: counts(60, each(1), each(10)), Want: "runs-out", Says: "threads: 10"},
		{Name: "processes by the control group's count", Want: "grows", Says: "threads and processes: 1", Set: session(talk(60, func(turns int) record.Sample {
			return record.Sample{PIDs: 9 + turns}
		}, steadily))},
		{Name: "half a minute is too short for a step", Set: counts(30, same, same), Want: "too-short", Says: "open descriptors went from 12 to 12"},
		{Name: "counts that cannot be", Set: back, Want: "untestable", Says: "open descriptors are not in order"},
		{Name: "no counts", Set: none, Want: "untestable", Says: "no figures of processes"},
		{Name: "attached", Set: attached, Want: "not-applicable"},
	})
}

func TestSlowdown(t *testing.T) {
	slower := func(seconds int, by record.Millis) *record.Set {
		return session(talk(seconds, nil, func(turn int) record.Millis {
			return 100 + by*record.Millis(turn) + record.Millis(5*math.Sin(float64(3*turn)))
		}))
	}
	// Every second turn is streamed, which takes longer: that is no noise.
	mixed := func(l *record.LongSession) *record.LongSession {
		for i := range l.Turns {
			if i%2 == 1 {
				l.Turns[i] = *changed(checktest.Stream(100, 300, "{}", "{}", "{}"), func(x *record.Exchange) { x.At, x.Took = l.Turns[i].At, l.Turns[i].Took })
			}
		}
		return l
	}
	streamed := session(mixed(talk(60, nil, func(turn int) record.Millis { return 50 + 900*record.Millis(turn%2) })))
	slowed := session(mixed(talk(60, nil, func(turn int) record.Millis { return 50 + 900*record.Millis(turn%2) + 40*record.Millis(turn) })))
	first := session(talk(60, nil, func(turn int) record.Millis {
		if turn == 0 {
			return 2000
		}
		return 40
	}))
	real := changed(slower(60, 40), func(s *record.Set) { s.Terms.Model = "real" })
	failing := slower(60, 0)
	for i := range failing.LongSession.Turns {
		failing.LongSession.Turns[i] = *checktest.Answer(500, "{}")
	}
	back := changed(slower(60, 0), func(s *record.Set) { s.LongSession.Turns[4].At = 0 })
	checktest.Judge(t, Checks, "LIFE-21", []checktest.Case{
		{Name: "as quick as ever", Set: slower(60, 0), Want: "pass", Says: "the time of a turn: at most"},
		{Name: "streams take longer than whole answers", Set: streamed, Want: "pass"},
		{Name: "a slow first call", Set: first, Want: "pass"},
		{Name: "gets faster", Set: slower(60, -1), Want: "pass", Says: "the time of a turn: does not grow, "},
		{Name: "40 ms more each turn", Set: slower(60, 40), Want: "slows-down", Says: "40 ms (39.7 ms to 40.3 ms) more a turn; 47.4 s (47.2 s to 47.5 s) after 8 hours; likely, from 29 turns in 54.9 s"},
		{Name: "40 ms more each turn, every second one streamed", Set: slowed, Want: "slows-down"},
		{Name: "the same, eight times slower by emulation", Set: changed(slower(60, 40), emulated(8)), Want: "too-short"},
		{Name: "half a minute more each turn", Set: slower(3600, 30_000), Want: "times-out", Says: "15 minutes are met after"},
		{Name: "a real model", Set: real, Want: "note", Says: "a real model's own time is in it"},
		{Name: "a few turns", Set: slower(8, 0), Want: "too-short", Says: "--session-duration 30s"},
		{Name: "three turns, of which the middle one is in both halves", Set: session(talk(3, nil, func(turn int) record.Millis { return 200 * record.Millis(turn+1) })), Want: "too-short",
			Measures: map[string]float64{"session.turnEarlyMs": 300, "session.turnLateMs": 500}},
		{Name: "no turn was served", Set: failing, Want: "untestable", Says: "no turn was served"},
		{Name: "turns that cannot be", Set: back, Want: "untestable", Says: "not in order"},
	})
	f := judgeSlowdown(slower(60, 40))[0]
	if early, late := f.Measurements["session.turnEarlyMs"], f.Measurements["session.turnLateMs"]; math.Abs(early-384) > 10 || math.Abs(late-980) > 10 {
		t.Errorf("a turn took %.0f ms early and %.0f ms late", early, late)
	}
}

// Whatever is called too short names a session that is longer, and is never passed.
func TestTooShortIsNeverAPass(t *testing.T) {
	for seconds := 1; seconds < 20; seconds++ {
		set := session(talk(seconds, grown(200e6, 0), steadily))
		for _, judge := range []func(*record.Set) []checks.Verdict{judgeMemoryTrend, judgeSlowdown} {
			if v := judge(set)[0]; v.Reason != "too-short" {
				t.Errorf("%d s: %s %s: %s", seconds, v.Outcome, v.Reason, v.Actual)
			}
		}
	}
}

func TestSessionsAreWrittenAsTheirFlagTakesThem(t *testing.T) {
	for ms, want := range map[float64]string{
		20_000: "30s", 30_000: "30s", 31_000: "1m", 89_000: "90s", 130_000: "3m", 330_000: "6m", 600_000: "10m", 601_000: "15m", 3_600_000: "1h", 3_700_000: "90m", 28_800_000: "8h",
		5e12: "8h",
	} {
		if got := flagged(ms); got != want {
			t.Errorf("%.0f ms: %s, want %s", ms, got, want)
		}
	}
	got := fmt.Sprint(span(9_000), ", ", span(200_000), ", ", span(9_000_000), "; ", megabytes(2e9), ", ", megabytes(25e6), ", ", megabytes(-2e6), "; ",
		milliseconds(12), ", ", milliseconds(1234), ", ", milliseconds(150_000), "; ", digits(0.254), ", ", digits(12), ", ", digits(1024))
	if want := "9 s, 3.33 min, 2.5 h; 2 GB, 25 MB, -2 MB; 12 ms, 1.23 s, 2.5 min; 0.25, 12, 1024"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestQuantitiesAtTheirLimits(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{milliseconds(999), "999 ms"}, {milliseconds(1000), "1 s"}, {milliseconds(119_000), "119 s"}, {milliseconds(120_000), "2 min"},
		// A half goes to the even number, so a unit that is off by the least is seen.
		{milliseconds(6_030_000), "100 min"}, {span(6_090_000), "102 min"}, {megabytes(100.5e6), "100 MB"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestLevelsAreToldByTheirBounds(t *testing.T) {
	level := func(low, high float64) forecast {
		f := reading.Forecast{Forecast: trend.Forecast{Measured: true, Driver: trend.ByTime, PerHour: trend.Estimate{Low: low, High: high}, Floored: true, Points: 4}}
		return forecast{f, quantity{name: "threads", unit: digits}}
	}
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{-2, 0, "threads: does not grow"}, {-1, 1, "threads: at most 1 more an hour"}, {0, 5, "threads: at most 5 more an hour"}, {1, 5, "threads: 0 (1 to 5) more an hour"},
	} {
		if got := level(c.low, c.high).saysLevel(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v to %v: %q, want %q", c.low, c.high, got, c.want)
		}
	}
	if got := strings.Join(level(0, 5).lines(), "\n"); !strings.Contains(got, "0 turns in 0 s, the floors after 4 collections: 4 samples") {
		t.Errorf("what it rests on is not in\n%s", got)
	}
}
