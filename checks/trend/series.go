package trend

import (
	"fmt"
	"math"
	"slices"
)

// check refuses what no clock and no counter shows.
func (s Series) check() error {
	last := Point{}
	for i, p := range s {
		if p.Turns != math.Trunc(p.Turns) {
			return fmt.Errorf("sample %d of %d holds %g turns, which is no count", i+1, len(s), p.Turns)
		}
		for _, x := range []float64{p.At, p.Turns, p.Value} {
			if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 || x > math.MaxInt64 {
				return fmt.Errorf("sample %d of %d holds %g, which is no measurement", i+1, len(s), x)
			}
		}
		if p.At < last.At || p.Turns < last.Turns {
			return fmt.Errorf("sample %d of %d is before the one ahead of it: %g ms and %g turns after %g ms and %g turns",
				i+1, len(s), p.At, p.Turns, last.At, last.Turns)
		}
		last = p
	}
	return nil
}

// Usual is the median of the values, 0 of none.
func (s Series) Usual() float64 { return median(s.values()) }

func (s Series) values() []float64 {
	out := make([]float64, len(s))
	for i, p := range s {
		out[i] = p.Value
	}
	return out
}

// along is the series' place on the axis of a driver.
func (s Series) along(d Driver) []float64 {
	out := make([]float64, len(s))
	for i, p := range s {
		out[i] = p.At
		if d == ByTurns {
			out[i] = p.Turns
		}
	}
	return out
}

// span is the time in milliseconds from the first point to the last, turns the turns between them.
func (s Series) span() float64 {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)-1].At - s[0].At
}

func (s Series) turns() float64 {
	if len(s) == 0 {
		return 0
	}
	return s[len(s)-1].Turns - s[0].Turns
}

// mostPoints bounds what the slope is computed from: its pairs grow with the square.
const mostPoints = 128

// thin joins neighbours until at most mostPoints are left: the medians of their values and places. It
// makes hours as cheap as minutes, and neighbours that remember each other into fewer that do not.
func (s Series) thin() Series {
	if len(s) <= mostPoints {
		return s
	}
	size := (len(s) + mostPoints - 1) / mostPoints
	out := make(Series, 0, mostPoints)
	for block := range slices.Chunk(s, size) {
		out = append(out, Point{At: median(block.along(ByTime)), Turns: median(block.along(ByTurns)), Value: median(block.values())})
	}
	return out
}

// median of values in any order, which it changes.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	return (ranked(v, (len(v)-1)/2) + ranked(v, len(v)/2)) / 2
}

// deviation is the standard deviation of normal values, from the median of their distances to their median: the tails
// do not count.
func deviation(v []float64) float64 {
	sorted := slices.Clone(v)
	middle := median(sorted)
	for i, x := range sorted {
		sorted[i] = math.Abs(x - middle)
	}
	return 1.4826 * median(sorted)
}

// spread is the standard deviation of normal values whose mean is zero. What is rare counts for something, which it does
// not in deviation: small counts are mostly the same.
func spread(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += math.Abs(x)
	}
	return max(deviation(v), math.Sqrt(math.Pi/2)*sum/float64(len(v)))
}

// despiked is the running median of three: what stands alone for one sample is no state of the process. The ends stay.
func despiked(v []float64) []float64 {
	out := slices.Clone(v)
	for i := 1; i+1 < len(v); i++ {
		out[i] = max(min(v[i-1], v[i]), min(max(v[i-1], v[i]), v[i+1]))
	}
	return out
}
