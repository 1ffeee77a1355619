package trend

import (
	"cmp"
	"math"
	"slices"
)

// quantile is the normal quantile of a two-sided interval of 99 %.
const quantile = 2.576

// onePlace is what points of one place are not apart, in milliseconds or turns.
const onePlace = 1e-3

// mostMemory bounds the autocorrelation that is believed of a short series.
const mostMemory = 0.98

// slope is the median of the slopes of all pairs of points, which up to 29 % of bad points do not move (Theil 1950; Sen,
// J. Am. Stat. Assoc. 63, 1968). The interval is Sen's, from the rank of the slopes under the variance of Kendall's S, with
// two corrections for points that remember each other. As Hamed and Rao do (J. Hydrol. 204, 1998), that variance is
// multiplied by the ratio of the points to those that are worth as much without memory; and pairs that are closer than half
// that many points usually are make no part of the interval: they tell the noise from one to the next and nothing of a trend.
// Points in one place make no pair; where all are in one place, ok is false.
func slope(x, v []float64) (e Estimate, ok bool) {
	all := pairs(x, v, onePlace)
	if len(all) == 0 {
		return Estimate{}, false
	}
	best := median(all)
	n, worth := float64(len(x)), redundancy(leftover(x, v, best))
	spread := student(n/worth-2) * math.Sqrt(n*(n-1)*(2*n+5)/18*worth) / (n * (n - 1) / 2)
	if apart := min(worth/2, n/4); apart > 1 {
		all = pairs(x, v, max(apart/n*(x[len(x)-1]-x[0]), onePlace))
	}
	m := float64(len(all))
	low, high := int(m*(1-spread)/2), int(math.Ceil(m*(1+spread)/2))
	return Estimate{min(ranked(all, max(low, 0)), best), best, max(ranked(all, min(high, len(all)-1)), best)}, true
}

// middleSlope is the slope without its interval.
func middleSlope(x, v []float64) (best float64, ok bool) {
	all := pairs(x, v, onePlace)
	return median(all), len(all) > 0
}

// pairs are the slopes of all pairs of points that lie at least so far apart.
func pairs(x, v []float64, apart float64) []float64 {
	out := make([]float64, 0, len(x)*(len(x)-1)/2)
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			if x[j]-x[i] >= apart {
				out = append(out, (v[j]-v[i])/(x[j]-x[i]))
			}
		}
	}
	return out
}

// ranked is the value that would stand at place k if the values were sorted. It moves them about, no further than that
// takes (Hoare's selection): there are tens of thousands of pairs, and four ranks are wanted.
func ranked(v []float64, k int) float64 {
	for low, high := 0, len(v)-1; low < high; {
		pivot := v[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return v[k]
		}
	}
	return v[k]
}

// student is the quantile for so many degrees of freedom: few points that are worth something say little of their own
// noise (Abramowitz and Stegun 26.7.5, two terms).
func student(freedom float64) float64 {
	const z = quantile
	f := max(freedom, 1)
	return z + (z*z*z+z)/(4*f) + (5*z*z*z*z*z+16*z*z*z+3*z)/(96*f*f)
}

// leftover is what the line of that slope does not explain, up to a constant.
func leftover(x, v []float64, slope float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = v[i] - slope*x[i]
	}
	return out
}

// redundancy is how many points are worth one without memory: (1+r)/(1-r) by the autocorrelation r at lag one of their
// ranks, which is corrected for its bias in short series around a line (Marriott and Pope, Biometrika 41, 1954).
func redundancy(v []float64) float64 {
	v = ranks(v)
	middle, n := mean(v), float64(len(v))
	var own, shared float64
	for i, x := range v {
		own += (x - middle) * (x - middle)
		if i > 0 {
			shared += (x - middle) * (v[i-1] - middle)
		}
	}
	if own == 0 || n < 6 {
		return 1
	}
	r := min(max((n*shared/own+2)/(n-4), 0), mostMemory)
	return (1 + r) / (1 - r)
}

// ranks are the places of values in their order; equal ones share the middle of theirs.
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	out := make([]float64, len(v))
	for first := 0; first < len(order); {
		last := first
		for last+1 < len(order) && v[order[last+1]] == v[order[first]] {
			last++
		}
		for i := first; i <= last; i++ {
			out[order[i]] = float64(first+last) / 2
		}
		first = last + 1
	}
	return out
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
