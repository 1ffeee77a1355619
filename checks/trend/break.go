package trend

import (
	"math"
	"slices"
)

// brk is the place where two lines, one before it and one from it on, explain most of a series: with what they leave over
// and what a single line does, squared.
type brk struct {
	at            int
	before, after line
	over, single  float64
}

// line is a line through points by least squares; over is what it leaves over, squared.
type line struct{ slope, x, v, over float64 }

func (l line) at(x float64) float64 { return l.v + l.slope*(x-l.x) }

// moments sum up points, so that the line through any neighbours among them costs nothing.
type moments struct{ n, x, v, xx, xv, vv float64 }

func (m moments) with(x, v float64) moments {
	return moments{m.n + 1, m.x + x, m.v + v, m.xx + x*x, m.xv + x*v, m.vv + v*v}
}

func (m moments) minus(o moments) moments {
	return moments{m.n - o.n, m.x - o.x, m.v - o.v, m.xx - o.xx, m.xv - o.xv, m.vv - o.vv}
}

func (m moments) line() line {
	xx, xv, vv := m.xx-m.x*m.x/m.n, m.xv-m.x*m.v/m.n, m.vv-m.v*m.v/m.n
	l := line{x: m.x / m.n, v: m.v / m.n, over: max(vv, 0)}
	if xx > 0 {
		l.slope, l.over = xv/xx, max(vv-xv*xv/xx, 0)
	}
	return l
}

// findBreak looks at all places; at is 0 when there are too few points for any.
func findBreak(x, v []float64) brk {
	n := len(x)
	ox, ov := mean(x), mean(v)
	sums := make([]moments, n+1)
	for i := range x {
		sums[i+1] = sums[i].with(x[i]-ox, v[i]-ov)
	}
	out := brk{over: math.Inf(1)}
	for k := leastBefore; k <= n-leastAfter; k++ {
		before, after := sums[k].line(), sums[n].minus(sums[k]).line()
		if over := before.over + after.over; over < out.over {
			out = brk{k, before, after, over, sums[n].line().over}
		}
	}
	for _, l := range []*line{&out.before, &out.after} {
		l.x, l.v = l.x+ox, l.v+ov
	}
	return out
}

// leastBend is how far, as a part of the whole range, two lines must lie off a single one on average: where noise is so
// much less than growth that the least unevenness shows, it is no break yet.
const leastBend = 0.04

// real reports that the break explains more than noise, its memory, and the step in which the quantity is taken do.
func (b brk) real(x, v []float64, step float64) bool {
	calm := despiked(v)
	if b.at == 0 || math.Sqrt((b.single-b.over)/float64(len(v))) < leastBend*(slices.Max(calm)-slices.Min(calm)) {
		return false
	}
	rest := make([]float64, len(x))
	for i := range x {
		l := b.after
		if i < b.at {
			l = b.before
		}
		rest[i] = v[i] - l.at(x[i])
	}
	noise := max(math.Pow(spread(rest), 2), b.over/float64(len(x)-leastAfter+1)) + step*step/12
	return b.single-b.over > 3*leastRatio*noise*redundancy(rest) && b.lasts(x, v)
}

// lasts reports that most of the shorter side lies off the line through the longer one, by more than its median is unsure. A
// few points that do are soon over: a stall of the machine.
func (b brk) lasts(x, v []float64) bool {
	long, short := [2][]float64{x[:b.at], v[:b.at]}, [2][]float64{x[b.at:], v[b.at:]}
	if len(short[0]) > len(long[0]) {
		long, short = short, long
	}
	best, ok := middleSlope(long[0], long[1])
	if !ok {
		return true
	}
	on, off := leftover(long[0], long[1], best), leftover(short[0], short[1], best)
	unsure := 3 * deviation(on) / math.Sqrt(float64(len(off)))
	return math.Abs(median(off)-median(on)) > unsure
}
