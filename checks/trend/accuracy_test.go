package trend

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"
)

// class is what a kind of series is, and so what may be said of it.
type class string

const (
	// sound must be called certain or likely in less than one of a hundred.
	sound class = "sound"
	// unended looks like a leak for as long as it is watched, and ends later: it must not be called certain.
	unended class = "not ended"
	// slow leaks end below 6 GB: they must not be called more, and their rate is told.
	slow class = "slow leak"
	// leaks must be found, at the right rate, and never be called level.
	leaks class = "leak"
	// hard leaks must not be called level; how many are found is told.
	hard class = "hard leak"
)

// kind is one row of the table.
type kind struct {
	class   class
	name    string
	seconds float64
	shape   shape
	noise   noise
	// bounds are those of memory where there are none.
	bounds *Bounds
	// perTurn is the true growth of a leak.
	perTurn float64
	latency bool
}

// The quantities besides memory, of what the kinds begin with.
var (
	descriptors = Descriptors(20)
	threads     = Threads(12)
	latency     = Latency(100, 1)
)

var kinds = []kind{
	{class: sound, name: "level, white noise of 2 MB", seconds: 60, shape: level(), noise: white(2 * mib)},
	{class: sound, name: "level, white noise of 20 MB", seconds: 60, shape: level(), noise: white(20 * mib)},
	{class: sound, name: "level, AR(0.5) of 4 MB", seconds: 60, shape: level(), noise: wandering(0.5, 4*mib)},
	{class: sound, name: "level, AR(0.9) of 4 MB", seconds: 60, shape: level(), noise: wandering(0.9, 4*mib)},
	{class: sound, name: "level, AR(0.9) of 20 MB", seconds: 60, shape: level(), noise: wandering(0.9, 20*mib)},
	{class: sound, name: "level, AR(0.98) of 20 MB", seconds: 60, shape: level(), noise: wandering(0.98, 20*mib)},
	{class: sound, name: "level, AR(0.99) of 50 MB", seconds: 600, shape: level(), noise: wandering(0.99, 50*mib)},
	{class: sound, name: "level, spikes of 80 MB", seconds: 60, shape: level(), noise: spiky(mib, 80*mib)},
	{class: sound, name: "level, pages of 4 MB", seconds: 60, shape: paged(level(), 4*mib), noise: white(2 * mib)},
	{class: sound, name: "level, gate of 30 s", seconds: 30, shape: level(), noise: white(2 * mib)},
	{class: sound, name: "warm-up: 80 MB at 2 s", seconds: 60, shape: stepping(80*mib, 2), noise: white(2 * mib)},
	{class: sound, name: "step of 80 MB at 30 s", seconds: 60, shape: stepping(80*mib, 30), noise: white(2 * mib)},
	{class: sound, name: "fall of 80 MB at 30 s", seconds: 60, shape: stepping(-80*mib, 30), noise: white(2 * mib)},
	{class: sound, name: "cache of 60 MB, tau 3 s", seconds: 60, shape: filling(60*mib, 3), noise: white(2 * mib)},
	{class: sound, name: "cache of 60 MB, tau 12 s", seconds: 60, shape: filling(60*mib, 12), noise: white(2 * mib)},
	{class: sound, name: "cache of 200 MB, tau 6 s", seconds: 60, shape: filling(200*mib, 6), noise: white(2 * mib)},
	{class: sound, name: "cache of 200 MB, tau 20 s", seconds: 60, shape: filling(200*mib, 20), noise: white(2 * mib)},
	{class: sound, name: "cache of 60 MB, full at 20 s", seconds: 60, shape: fillingTo(60*mib, 20), noise: white(2 * mib)},
	{class: sound, name: "cache of 60 MB, full at 45 s", seconds: 60, shape: fillingTo(60*mib, 45), noise: white(2 * mib)},
	{class: sound, name: "cache of 200 MB, full at 45 s", seconds: 60, shape: fillingTo(200*mib, 45), noise: white(2 * mib)},
	{class: sound, name: "sawtooth of 40 MB, 3 s", seconds: 60, shape: sawtooth(40*mib, 3, 0), noise: white(mib)},
	{class: sound, name: "sawtooth of 40 MB, 8 s", seconds: 60, shape: sawtooth(40*mib, 8, 0), noise: white(mib)},
	{class: sound, name: "sawtooth of 40 MB, 25 s", seconds: 60, shape: sawtooth(40*mib, 25, 0), noise: white(mib)},
	{class: sound, name: "sawtooth of 40 MB, 40 s", seconds: 60, shape: sawtooth(40*mib, 40, 0), noise: white(2 * mib)},
	{class: sound, name: "sawtooth of 200 MB, 57 s", seconds: 60, shape: sawtooth(200*mib, 57, 0), noise: white(2 * mib)},
	{class: sound, name: "sawtooth of 60 MB, 12 turns", seconds: 60, shape: turnSawtooth(60*mib, 12), noise: white(mib)},
	{class: sound, name: "sawtooth of 60 MB, 30 turns", seconds: 60, shape: turnSawtooth(60*mib, 30), noise: white(mib)},
	{class: sound, name: "sawtooth of 400 MB, 100 s", seconds: 600, shape: sawtooth(400*mib, 100, 0), noise: white(2 * mib)},
	{class: sound, name: "descriptors, 30 ± 3", seconds: 60, shape: pool(20, 0, 0), noise: counting, bounds: &descriptors},
	{class: sound, name: "descriptors, pool of 20", seconds: 60, shape: pool(20, 1, 20), noise: counting, bounds: &descriptors},
	{class: sound, name: "threads, pool of 40", seconds: 180, shape: pool(12, 1, 40), noise: counting, bounds: &threads},
	{class: sound, name: "latency, 100 ± 30 ms", seconds: 60, shape: slowing(100, 0), noise: white(30), bounds: &latency, latency: true},
	{class: sound, name: "latency, a stall of 3 turns", seconds: 60, shape: stalling(100), noise: white(5), bounds: &latency, latency: true},
	{class: sound, name: "latency, spikes of 2 s", seconds: 60, shape: slowing(100, 0), noise: spiky(30, 2000), bounds: &latency, latency: true},

	{class: unended, name: "cache of 60 MB, tau 80 s", seconds: 60, shape: filling(60*mib, 80), noise: white(2 * mib)},
	{class: unended, name: "cache of 200 MB, tau 80 s", seconds: 60, shape: filling(200*mib, 80), noise: white(2 * mib)},
	{class: unended, name: "cache of 60 MB, full at 57 s", seconds: 60, shape: fillingTo(60*mib, 57), noise: white(2 * mib)},
	{class: unended, name: "cache of 60 MB, full at 66 s", seconds: 60, shape: fillingTo(60*mib, 66), noise: white(2 * mib)},
	{class: unended, name: "cache of 250 MB, full at 66 s", seconds: 60, shape: fillingTo(250*mib, 66), noise: white(2 * mib)},
	{class: unended, name: "sawtooth of 200 MB, 90 s", seconds: 60, shape: sawtooth(200*mib, 90, 0), noise: white(2 * mib)},
	{class: unended, name: "index of 600 MB, full at 66 s", seconds: 60, shape: fillingTo(600*mib, 66), noise: white(2 * mib)},
	{class: unended, name: "descriptors, pool of 100", seconds: 60, shape: pool(20, 1, 100), noise: counting, bounds: &descriptors},

	{class: slow, name: "leak of 0.2 MB a turn", seconds: 60, shape: leaking(0.2 * mib), noise: white(2 * mib), perTurn: 0.2 * mib},
	{class: slow, name: "leak of 0.2 MB a turn", seconds: 600, shape: leaking(0.2 * mib), noise: white(2 * mib), perTurn: 0.2 * mib},

	{class: leaks, name: "leak of 1 MB a turn", seconds: 60, shape: leaking(mib), noise: white(2 * mib), perTurn: mib},
	{class: leaks, name: "leak of 1 MB, AR(0.6) of 1 MB", seconds: 60, shape: leaking(mib), noise: wandering(0.6, mib), perTurn: mib},
	{class: leaks, name: "leak of 1 MB, spikes of 80 MB", seconds: 60, shape: leaking(mib), noise: spiky(mib, 80*mib), perTurn: mib},
	{class: leaks, name: "leak of 1 MB in pages of 4 MB", seconds: 60, shape: paged(leaking(mib), 4*mib), noise: white(mib / 2), perTurn: mib},
	{class: leaks, name: "leak of 1 MB, warm-up of 80 MB", seconds: 60, shape: both(leaking(mib), stepping(80*mib, 3)), noise: white(2 * mib), perTurn: mib},
	{class: leaks, name: "leak of 4 MB a turn", seconds: 60, shape: leaking(4 * mib), noise: white(2 * mib), perTurn: 4 * mib},
	{class: leaks, name: "leak of 16 MB a turn", seconds: 60, shape: leaking(16 * mib), noise: white(2 * mib), perTurn: 16 * mib},
	{class: leaks, name: "leak of 4 MB from 30 s on", seconds: 60, shape: late(4*mib, 30), noise: white(2 * mib), perTurn: 4 * mib},
	{class: leaks, name: "leak of 1 MB from 300 s on", seconds: 600, shape: late(mib, 300), noise: white(2 * mib), perTurn: mib},
	{class: leaks, name: "leak of 1 MB for ten minutes", seconds: 600, shape: leaking(mib), noise: white(2 * mib), perTurn: mib},
	{class: leaks, name: "the same, and a sawtooth of 40 MB", seconds: 600, shape: sawtooth(40*mib, 14, mib), noise: white(mib), perTurn: mib},
	{class: leaks, name: "descriptors, 5 a turn", seconds: 60, shape: pool(20, 5, 1e9), noise: counting, bounds: &descriptors, perTurn: 5},
	{class: leaks, name: "descriptors, 1 a turn", seconds: 180, shape: pool(20, 1, 1e9), noise: counting, bounds: &descriptors, perTurn: 1},
	{class: leaks, name: "threads, 2 a turn", seconds: 180, shape: pool(12, 2, 1e9), noise: counting, bounds: &threads, perTurn: 2},
	{class: leaks, name: "latency, 30 ms more a turn", seconds: 60, shape: slowing(100, 30), noise: white(30), bounds: &latency, perTurn: 30, latency: true},

	{class: hard, name: "leak of 1 MB, AR(0.9) of 4 MB", seconds: 600, shape: leaking(mib), noise: wandering(0.9, 4*mib), perTurn: mib},
	{class: hard, name: "leak of 1 MB, AR(0.6) of 2 MB", seconds: 60, shape: leaking(mib), noise: wandering(0.6, 2*mib), perTurn: mib},
	{class: hard, name: "leak of 1 MB, AR(0.9) of 3 MB", seconds: 60, shape: leaking(mib), noise: wandering(0.9, 3*mib), perTurn: mib},
	{class: hard, name: "leak of 1 MB, gate of 30 s", seconds: 30, shape: leaking(mib), noise: white(2 * mib), perTurn: mib},
	{class: hard, name: "leak of 1 MB from 20 s on", seconds: 60, shape: late(mib, 20), noise: white(2 * mib), perTurn: mib},
	{class: hard, name: "leak of 4 MB from 45 s on", seconds: 60, shape: late(4*mib, 45), noise: white(2 * mib), perTurn: 4 * mib},
	{class: hard, name: "leak of 1 MB, sawtooth of 40 MB, 6 s", seconds: 60, shape: sawtooth(40*mib, 6, mib), noise: white(mib), perTurn: mib},
	{class: hard, name: "leak of 4 MB, sawtooth of 40 MB, 14 s", seconds: 60, shape: sawtooth(40*mib, 14, 4*mib), noise: white(mib), perTurn: 4 * mib},
}

const each = 1000

// result is what became of one kind's series.
type result struct {
	outcomes map[Outcome]int
	// right counts the rates within a quarter of the truth, covered those whose interval holds it.
	right, covered int
	// off is the median error of the rate, as a part of it.
	off float64
}

func (k kind) predict(t *testing.T, seed uint64) Forecast {
	t.Helper()
	b, sample := Memory(), played
	if k.bounds != nil {
		b = *k.bounds
	}
	if k.latency {
		sample = turnByTurn
	}
	f, err := Predict(sample(seed, k.seconds, k.shape, k.noise), b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (k kind) run(t *testing.T) result {
	t.Helper()
	out := result{outcomes: map[Outcome]int{}}
	var errors []float64
	for seed := range uint64(each) {
		f := k.predict(t, seed)
		out.outcomes[f.Outcome]++
		if k.perTurn == 0 || !f.Measured {
			continue
		}
		off := max(f.PerTurn.Best/k.perTurn-1, 1-f.PerTurn.Best/k.perTurn)
		errors = append(errors, off)
		if off <= 0.25 {
			out.right++
		}
		if f.PerTurn.Low <= k.perTurn && k.perTurn <= f.PerTurn.High {
			out.covered++
		}
	}
	out.off = median(errors)
	return out
}

// hold fails the test where the kind is not told as its class must be.
func (k kind) hold(t *testing.T, r result) {
	t.Helper()
	certain, likely, flat := r.outcomes[Certain], r.outcomes[Likely], r.outcomes[Level]
	switch k.class {
	case sound, slow:
		if certain+likely >= each/100 {
			t.Errorf("%d of %d are false alarms", certain+likely, each)
		}
	case unended:
		if certain >= each/100 {
			t.Errorf("%d of %d are called certain", certain, each)
		}
	case leaks:
		if certain+likely < each*95/100 || r.right < each*95/100 {
			t.Errorf("%d of %d are found, %d at the right rate", certain+likely, each, r.right)
		}
	}
	if (k.class == leaks || k.class == hard) && flat > 0 {
		t.Errorf("%d of %d are called level", flat, each)
	}
}

// TestAccuracy plays each kind a thousand times, prints how often it is called what, and holds it to its class.
func TestAccuracy(t *testing.T) {
	results := make([]result, len(kinds))
	t.Run("kinds", func(t *testing.T) {
		for i, k := range kinds {
			t.Run(k.name, func(t *testing.T) {
				t.Parallel()
				results[i] = k.run(t)
				k.hold(t, results[i])
			})
		}
	})
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "class\tkind\tseconds\tcertain\tlikely\tlevel\ttoo short\twithin 25 %%\tin interval\tmedian error\t\n")
	percent := func(n int) string { return fmt.Sprintf("%.1f %%", float64(n)*100/each) }
	for i, k := range kinds {
		r := results[i]
		rate := "\t\t\t"
		if k.perTurn > 0 {
			rate = fmt.Sprintf("%s\t%s\t%.1f %%\t", percent(r.right), percent(r.covered), r.off*100)
		}
		fmt.Fprintf(w, "%s\t%s\t%.0f\t%s\t%s\t%s\t%s\t%s\n", k.class, k.name, k.seconds, percent(r.outcomes[Certain]),
			percent(r.outcomes[Likely]), percent(r.outcomes[Level]), percent(r.outcomes[TooShort]), rate)
	}
	_ = w.Flush()
	t.Logf("%d series of each kind:\n%s", each, text.String())
}
