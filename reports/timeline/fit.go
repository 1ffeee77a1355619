package timeline

import (
	"math"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Fit is a line that was fitted to a series, with the band in which it may lie as well. Values are in the unit of the
// records: bytes, milliseconds, numbers; percent of a core for CPU.
type Fit struct {
	// Label says what was fitted in a few words, such as "+1.2 MiB/h".
	Label string
	// From and To count from the container's start.
	From, To               record.Millis
	ValueAtFrom, ValueAtTo float64
	LowAtFrom, LowAtTo     float64
	HighAtFrom, HighAtTo   float64
}

// fineness is how many straight pieces a fitted line and its band are drawn by.
const fineness = 32

// drawn reports that a piece of the fit lies in the picture, and that all of it is a number.
func (f Fit) drawn(l *Line) bool {
	for _, v := range []float64{f.ValueAtFrom, f.ValueAtTo, f.LowAtFrom, f.LowAtTo, f.HighAtFrom, f.HighAtTo} {
		if math.IsNaN(v) || math.Abs(v) > largest {
			return false
		}
	}
	return f.From >= -longest && f.To <= 2*longest && f.From < min(f.To, l.To) && f.To > l.From
}

// reach are the values that the scale should show of a fit: never so much that the measured ones are squeezed.
func (f Fit) reach(l *Line, measured []float64) []float64 {
	v := sorted(measured)
	most := 1.5 * v[len(v)-1]
	var out []float64
	for _, at := range []record.Millis{max(f.From, l.From), min(f.To, l.To)} {
		for _, value := range []float64{f.value(at), f.along(at, f.HighAtFrom, f.HighAtTo)} {
			if value > 0 && value <= most {
				out = append(out, value)
			}
		}
	}
	return out
}

func (f Fit) value(at record.Millis) float64 { return f.along(at, f.ValueAtFrom, f.ValueAtTo) }

// along is the value at a moment on the straight line between two values.
func (f Fit) along(at record.Millis, from, to float64) float64 {
	return from + (to-from)*float64((at-f.From)/(f.To-f.From))
}

// stretch are the moments at which the shown part of a fit is drawn.
func (d diagram) stretch(f Fit) []record.Millis {
	from, to := max(f.From, d.From), min(f.To, d.To)
	out := make([]record.Millis, fineness+1)
	for i := range out {
		out[i] = from + (to-from)*record.Millis(i)/fineness
	}
	return out
}

// band shades where the fitted line may lie as well.
func (d diagram) band(t tone, f Fit) {
	var upper, lower []spot
	for _, at := range d.stretch(f) {
		x := d.x(at)
		upper = append(upper, spot{x, d.level(f.along(at, f.HighAtFrom, f.HighAtTo))})
		lower = append([]spot{{x, d.level(f.along(at, f.LowAtFrom, f.LowAtTo))}}, lower...)
	}
	d.path(t.fill()+` opacity=".22"`, line(append(upper, lower...))+"z")
}

// fit draws the fitted line.
func (d diagram) fit(f Fit) {
	var spots []spot
	for _, at := range d.stretch(f) {
		spots = append(spots, spot{d.x(at), d.level(f.value(at))})
	}
	d.path(paper.stroke()+` stroke-width="4" stroke-dasharray="8 5" opacity=".8"`, line(spots))
	d.path(`fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="8 5"`, line(spots))
}
