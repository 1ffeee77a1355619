package trend

import (
	"math"
	"strings"
	"testing"
)

func predict(t *testing.T, s Series, b Bounds) Forecast {
	t.Helper()
	f, err := Predict(s, b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPredict(t *testing.T) {
	fd := Descriptors(20)
	for _, c := range []struct {
		name    string
		series  Series
		bounds  Bounds
		outcome Outcome
		shape   Shape
		driver  Driver
	}{
		{"nothing changes", played(1, 60, level(), silent), Memory(), Level, Straight, ByTurns},
		{"noise", played(1, 60, level(), white(2*mib)), Memory(), Level, Straight, ByTurns},
		{"noise that remembers itself", played(1, 300, level(), wandering(0.8, 2*mib)), Memory(), Level, Straight, ByTurns},
		{"pages", played(1, 60, paged(level(), 4*mib), white(mib)), Memory(), Level, Straight, ByTurns},
		{"a small leak ends below 6 GB", played(1, 600, leaking(mib/5), white(2*mib)), Memory(), Level, Straight, ByTurns},
		{"a leak of 1 MB a turn", played(1, 60, leaking(mib), white(mib)), Memory(), Likely, Straight, ByTurns},
		{"the same, for longer than caches fill", played(1, 600, leaking(mib), white(mib)), Memory(), Certain, Straight, ByTurns},
		{"a large leak", played(1, 60, leaking(16*mib), white(mib)), Memory(), Certain, Straight, ByTurns},
		{"a leak in large pages", played(1, 60, paged(leaking(mib), 8*mib), silent), Memory(), Likely, Straight, ByTurns},
		{"a leak that begins late", played(1, 60, late(4*mib, 30), white(mib)), Memory(), Likely, Late, ByTurns},
		{"it began a moment ago", played(1, 60, late(4*mib, 45), white(mib)), Memory(), TooShort, Late, ByTurns},
		{"a large warm-up", played(1, 60, stepping(80*mib, 3), white(mib)), Memory(), Level, Straight, ByTurns},
		{"a step in the middle", played(1, 60, stepping(80*mib, 30), white(mib)), Memory(), TooShort, Unsettled, ByTurns},
		{"a cache that filled long ago", played(1, 180, fillingTo(60*mib, 20), white(mib)), Memory(), Level, Straight, ByTurns},
		{"a cache that has just filled", played(1, 60, fillingTo(60*mib, 45), white(mib)), Memory(), TooShort, Unsettled, ByTurns},
		{"a cache that nears its size", played(1, 60, filling(200*mib, 20), white(mib)), Memory(), TooShort, Unsettled, ByTurns},
		{"collected again and again", played(1, 600, sawtooth(100*mib, 20, 0), white(mib)), Memory(), Level, Straight, ByTurns},
		{"collected once", played(1, 60, sawtooth(100*mib, 45, 0), white(mib)), Memory(), TooShort, Collected, ByTime},
		{"collected, and the floor rises", played(1, 600, sawtooth(40*mib, 20, mib), white(mib)), Memory(), Certain, Straight, ByTurns},
		{"grows by the clock", played(1, 60, fixed(func(at, _ float64) float64 { return held + at/1000*8*mib }), white(mib)), Memory(), Likely, Straight, ByTime},
		{"grows by the clock for long", played(1, 600, fixed(func(at, _ float64) float64 { return held + at/1000*8*mib }), white(mib)), Memory(), Certain, Straight, ByTime},
		{"a descriptor a turn", played(1, 60, pool(20, 1, 1e6), counting), fd, Likely, Straight, ByTurns},
		{"five descriptors a turn", played(1, 60, pool(20, 5, 1e6), counting), fd, Certain, Straight, ByTurns},
		{"a pool that filled", played(1, 180, pool(20, 1, 20), counting), fd, Level, Straight, ByTurns},
		{"counts too short for a step", played(1, 30, pool(20, 0, 0), silent), fd, TooShort, Straight, ByTurns},
		{"nothing", nil, Memory(), TooShort, Straight, ByTime},
		{"one sample", played(1, 1, level(), silent), Memory(), TooShort, Straight, ByTime},
		{"five samples", played(1, 5, level(), silent), Memory(), TooShort, Straight, ByTurns},
		{"fifteen seconds", played(1, 15, level(), silent), Memory(), TooShort, Straight, ByTurns},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := predict(t, c.series, c.bounds)
			if f.Outcome != c.outcome || f.Shape != c.shape || f.Driver != c.driver {
				t.Errorf("%s, %s by %s; want %s, %s by %s\n%+v", f.Outcome, f.Shape, f.Driver, c.outcome, c.shape, c.driver, f)
			}
			open := f.Outcome == TooShort || f.Outcome == Likely && f.AtHorizon.Best >= c.bounds.Limit
			if open != (f.Needed > 0) {
				t.Errorf("%s needs %.0f s", f.Outcome, f.Needed/1000)
			}
		})
	}
}

// within fails unless the estimate holds the truth, is ordered, and is right by that part.
func within(t *testing.T, what string, e Estimate, truth, part float64) {
	t.Helper()
	if e.Low > truth || truth > e.High || e.Low > e.Best || e.Best > e.High || math.Abs(e.Best-truth) > part*truth {
		t.Errorf("%s is %.4g (%.4g to %.4g), want %.4g", what, e.Best, e.Low, e.High, truth)
	}
}

func TestNumbersOfALeak(t *testing.T) {
	s := played(3, 120, both(leaking(4*mib), stepping(250*mib, 3)), white(mib))
	f := predict(t, s, Memory())
	perHour := s.turns() / s.span() * hour
	last := s[len(s)-1].At
	within(t, "growth per turn", f.PerTurn, 4*mib, 0.02)
	within(t, "growth per hour", f.PerHour, 4*mib*perHour, 0.02)
	now := held + 250*mib + 4*mib*s[len(s)-1].Turns
	within(t, "the value at the EightHours", f.AtHorizon, now+4*mib*perHour*(EightHours-last)/hour, 0.02)
	within(t, "death", f.Death, last+(8*gib-now)/(4*mib*perHour)*hour, 0.02)
	if math.Abs(f.WarmUp-3000) > 1100 || math.Abs(f.Span+f.WarmUp-s.span()) > 1 || f.Turns != s.turns()-turnsBy(f.WarmUp) {
		t.Errorf("warm-up of %.0f ms, then %.0f ms and %.0f turns of %.0f ms and %.0f turns", f.WarmUp, f.Span, f.Turns, s.span(), s.turns())
	}
	if f.Growth < 0.95*4*mib*f.Turns || f.Growth > 4*mib*f.Turns {
		t.Errorf("%.0f MB were surely seen of %.0f", f.Growth/mib, 4*f.Turns)
	}
}

func TestDeathIsAtMostTheHorizon(t *testing.T) {
	for name, c := range map[string]struct {
		perTurn, limit float64
		none           bool
	}{
		"never":            {0, 8 * gib, true},
		"after the end":    {mib / 8, 8 * gib, true},
		"perhaps in time":  {0.32 * mib, 6.6 * gib, false},
		"dead already":     {mib, held / 2, false},
		"long before":      {4 * mib, 8 * gib, false},
		"a limit of a day": {mib, 50 * gib, true},
	} {
		b := Memory()
		b.Limit = c.limit
		d := predict(t, played(3, 300, leaking(c.perTurn), white(8*mib)), b).Death
		if c.none != (d == Estimate{}) || d.Low > d.Best || d.Best > d.High || d.High > EightHours {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// What an emulator may take for itself is no growth of the agent's.
func TestEmulatedBounds(t *testing.T) {
	s := played(9, 60, leaking(2*mib), white(mib))
	if f := predict(t, s, Memory()); f.Outcome != Likely {
		t.Errorf("84 MB natively are %s", f.Outcome)
	}
	if f := predict(t, s, Memory().Emulated()); f.Outcome != TooShort {
		t.Errorf("84 MB in an emulator are %s", f.Outcome)
	}
}

// Turns that get slower get fewer: the forecast is what a session that is played turn by turn comes to.
func TestSlowerTurnsAreFewer(t *testing.T) {
	for _, perTurn := range []float64{3, 30, 300} {
		s := turnByTurn(5, 60, slowing(100, perTurn), white(5))
		f := predict(t, s, Latency(s[:5].Usual(), 1))
		between := s.span()/s.turns() - f.lastOf(s)
		at, took := s[len(s)-1].At, f.lastOf(s)
		for at < EightHours {
			at += took + between
			took += perTurn
		}
		if math.Abs(f.AtHorizon.Best-took) > 0.1*took {
			t.Errorf("%.0f ms a turn: %.1f s at the end, want %.1f s", perTurn, f.AtHorizon.Best/1000, took/1000)
		}
		if want := Likely; f.Outcome != want && perTurn > 3 {
			t.Errorf("%.0f ms a turn is %s", perTurn, f.Outcome)
		}
	}
	c := course{now: 1000, pace: 2000, bounds: Bounds{Horizon: EightHours, Limit: longestTurn}}
	if got := c.death(20_000); math.Abs(got-(44.95*2000+20_000*44.95*44.95/2)) > 1 {
		t.Errorf("15 minutes are reached after %.0f s", got/1000)
	}
}

// lastOf is what the last turn takes, without its noise.
func (f Forecast) lastOf(s Series) float64 { return s[len(s)-3:].Usual() + f.PerTurn.Best }

// What is said to be long enough is, as a rule.
func TestNeededIsEnough(t *testing.T) {
	fd := Descriptors(20)
	for _, c := range []struct {
		name    string
		seconds float64
		shape   shape
		noise   noise
		bounds  Bounds
		want    Outcome
	}{
		{"noise of 20 MB", 60, level(), white(20 * mib), Memory(), Level},
		{"noise that remembers itself", 60, level(), wandering(0.8, 4*mib), Memory(), Level},
		{"a cache that has just filled", 60, fillingTo(60*mib, 40), white(mib), Memory(), Level},
		{"a step in the middle", 60, stepping(80*mib, 30), white(mib), Memory(), Level},
		{"collected twice", 60, sawtooth(60*mib, 24, 0), white(mib), Memory(), Level},
		{"a short gate", 12, level(), white(mib), Memory(), Level},
		{"likely a leak", 60, leaking(mib), white(mib), Memory(), Certain},
		{"counts", 30, pool(20, 0, 0), silent, fd, Level},
	} {
		told, long := 0, 0.0
		for seed := range uint64(20) {
			f := predict(t, played(seed, c.seconds, c.shape, c.noise), c.bounds)
			if f.Outcome == c.want {
				told++
				continue
			}
			if f.Needed <= c.seconds*1000 || f.Needed > EightHours/4 {
				t.Errorf("%s: %.0f s are said to be needed", c.name, f.Needed/1000)
			}
			long = max(long, f.Needed/1000)
			if again := predict(t, played(seed, f.Needed/1000+c.seconds/4, c.shape, c.noise), c.bounds); again.Outcome == c.want {
				told++
			}
		}
		if told < 15 || long == 0 {
			t.Errorf("%s: %d of 20 are %s after at most %.0f s", c.name, told, c.want, long)
		}
	}
}

func TestWhatIsNoMeasurementIsRefused(t *testing.T) {
	good := played(1, 20, level(), silent)
	for name, c := range map[string]struct {
		change func(Series)
		want   string
	}{
		"a value that is no number": {func(s Series) { s[3].Value = math.NaN() }, "sample 4 of 20 holds NaN"},
		"an endless value":          {func(s Series) { s[3].Value = math.Inf(1) }, "holds +Inf"},
		"a negative value":          {func(s Series) { s[3].Value = -1 }, "holds -1"},
		"a time that is no number":  {func(s Series) { s[3].At = math.NaN() }, "sample 4 of 20"},
		"a time before the start":   {func(s Series) { s[0].At = -5 }, "sample 1 of 20"},
		"time goes back":            {func(s Series) { s[3], s[9] = s[9], s[3] }, "before the one ahead of it"},
		"turns are undone":          {func(s Series) { s[19].Turns = 0 }, "before the one ahead of it"},
		"half a turn":               {func(s Series) { s[19].Turns += 0.5 }, "no count"},
	} {
		s := append(Series(nil), good...)
		c.change(s)
		if _, err := Predict(s, Memory()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A session of eight hours is thinned, and a leak in it is not.
func TestEightHours(t *testing.T) {
	for _, c := range []struct {
		name  string
		shape shape
		want  Outcome
	}{
		{"level", level(), Level}, {"collected", sawtooth(300*mib, 40, 0), Level}, {"leak", leaking(mib / 4), Likely},
		{"leak that is collected", sawtooth(300*mib, 40, mib/4), Likely},
	} {
		b := Memory()
		b.Limit, b.Horizon = 16*gib, 2*EightHours // half of it is still to come
		s := played(4, EightHours/1000, c.shape, white(mib))
		if len(s) != 28_800 || len(s.thin()) > mostPoints {
			t.Fatalf("%d samples, %d when thinned", len(s), len(s.thin()))
		}
		f := predict(t, s, b)
		if f.Outcome != c.want || f.Points > mostPoints {
			t.Errorf("%s is %s of %d points: %+v", c.name, f.Outcome, f.Points, f)
		}
	}
}

func TestRanked(t *testing.T) {
	for n := 1; n < 40; n++ {
		for k := range n {
			v := make([]float64, n)
			for i := range v {
				v[i] = float64((i * 7919) % n / 2)
			}
			sum := 0
			got := ranked(v, k)
			for _, x := range v {
				if x < got {
					sum++
				}
			}
			if sum > k || v[k] != got {
				t.Fatalf("place %d of %d is %v of %v", k, n, got, v)
			}
		}
	}
}

func BenchmarkMinute(b *testing.B) { benchmark(b, 60) }

func BenchmarkEightHours(b *testing.B) { benchmark(b, EightHours/1000) }

func benchmark(b *testing.B, seconds float64) {
	s := played(1, seconds, sawtooth(40*mib, 9, mib/4), white(mib))
	for b.Loop() {
		if _, err := Predict(s, Memory()); err != nil {
			b.Fatal(err)
		}
	}
}
