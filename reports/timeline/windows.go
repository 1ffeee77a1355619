package timeline

import (
	"math"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// column is the one of n columns of the picture that a moment lies in.
func (l *Line) column(at record.Millis, n int) int {
	return min(max(int(float64(n)*float64(at-l.From)/float64(l.span())), 0), n-1)
}

// columnBefore is the one that ends at a moment or holds it.
func (l *Line) columnBefore(at record.Millis, n int) int {
	return min(max(int(math.Ceil(float64(n)*float64(at-l.From)/float64(l.span())))-1, 0), n-1)
}

// edge is the moment at which a column begins.
func (l *Line) edge(column, n int) record.Millis {
	return l.From + l.span()*record.Millis(column)/record.Millis(n)
}

// window is what happened in a stretch of time.
type window struct {
	from, to record.Millis
	// values are sorted.
	values []float64
}

// windows cuts points, sorted by time, into n stretches of equal length. Some may be empty.
func (l *Line) windows(points []Point, n int) []window {
	out := make([]window, n)
	for i := range out {
		out[i].from, out[i].to = l.edge(i, n), l.edge(i+1, n)
	}
	for _, p := range points {
		w := &out[l.column(p.At, n)]
		w.values = append(w.values, p.Value)
	}
	for i := range out {
		slices.Sort(out[i].values)
	}
	return out
}

// quantile is the value that the share q of the sorted values does not exceed, by nearest rank; 0 of none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[min(max(rank, 0), len(sorted)-1)]
}

func sorted(values []float64) []float64 {
	out := slices.Clone(values)
	slices.Sort(out)
	return out
}

// flat are the points of all parts.
func flat(parts [][]Point) []Point { return slices.Concat(parts...) }

func values(points []Point) []float64 {
	out := make([]float64, len(points))
	for i, p := range points {
		out[i] = p.Value
	}
	return out
}

// turnTimes and checkTimes are the latencies, of what was answered.
func (l *Line) turnTimes() []Point {
	var out []Point
	for _, t := range l.Turns {
		if t.Failed == "" {
			out = append(out, Point{t.At, float64(t.Took)})
		}
	}
	return out
}

func (l *Line) checkTimes() []Point {
	var out []Point
	for _, c := range l.Checks {
		if c.timed() {
			out = append(out, Point{c.At, float64(c.Took)})
		}
	}
	return out
}

// failures counts the turns that were not answered.
func (l *Line) failures() int {
	n := 0
	for _, t := range l.Turns {
		if t.Failed != "" {
			n++
		}
	}
	return n
}
