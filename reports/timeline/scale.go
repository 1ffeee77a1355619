package timeline

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports/legible"
)

// scale maps values to the height of a panel. A linear one begins at 0, so that a small change looks small.
type scale struct {
	unit        Unit
	low, high   float64
	logarithmic bool
	// divisor and name are the unit in which a linear scale's ticks are written.
	divisor float64
	name    string
	ticks   []float64
}

// wide is how many times the median the highest latency must be before a linear scale would hide the rest.
const wide = 20

// scaleFor fits a scale with at most so many ticks above its bottom to the values, of which there is at least one. Times that differ by orders of magnitude get a
// logarithmic one.
func scaleFor(unit Unit, values []float64, ticks int) scale {
	v := sorted(values)
	high := v[len(v)-1]
	if least := quantile(v, 0.01); unit == Duration && least > 0 && high > wide*quantile(v, 0.5) {
		return logScale(v[0], high)
	}
	return linearScale(unit, high, ticks)
}

// leastMillis is the shortest time that a logarithmic scale begins at.
const leastMillis = 0.01

func logScale(low, high float64) scale {
	from := math.Floor(math.Log10(max(low, leastMillis)))
	to := max(math.Ceil(math.Log10(max(high, leastMillis))), from+1)
	s := scale{unit: Duration, logarithmic: true, low: math.Pow(10, from), high: math.Pow(10, to)}
	for e := from; e <= to; e += math.Ceil((to - from) / 5) {
		s.ticks = append(s.ticks, math.Pow(10, e))
	}
	return s
}

// linearScale has at most so many ticks above 0.
func linearScale(unit Unit, high float64, ticks int) scale {
	s := scale{unit: unit}
	s.divisor, s.name = unitFor(unit, high)
	step := nice(high / s.divisor / float64(max(ticks, 1)))
	if unit == Count {
		step = max(step, 1)
	}
	n := max(math.Ceil(high/s.divisor/step), 1)
	for i := 0.0; i <= n; i++ {
		s.ticks = append(s.ticks, i*step*s.divisor)
	}
	s.high = n * step * s.divisor
	return s
}

// nice is the smallest of 1, 2, 5 and their tenfolds that is no less than v.
func nice(v float64) float64 {
	if v <= 0 || math.IsInf(v, 0) {
		return 1
	}
	base := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*base*(1+1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// share is where a value lies between the bottom, 0, and the top, 1. What lies outside is put on the edge.
func (s scale) share(v float64) float64 {
	if s.logarithmic {
		v = math.Log10(max(v, s.low) / s.low)
		return min(v/math.Log10(s.high/s.low), 1)
	}
	return min(max(v/s.high, 0), 1)
}

// label writes a tick. Only the highest of a linear scale names the unit.
func (s scale) label(i int) string {
	v := s.ticks[i]
	if s.logarithmic {
		return amount(s.unit, v)
	}
	text := short(v / s.divisor)
	if i == len(s.ticks)-1 {
		text = strings.TrimSpace(text + " " + s.name)
	}
	return text
}

var byteUnits = []struct {
	size float64
	name string
}{{1 << 40, "TiB"}, {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "bytes"}}

// unitFor is the unit that suits values up to high: its size in the records' unit, and its name.
func unitFor(unit Unit, high float64) (float64, string) {
	switch unit {
	case Bytes:
		for _, u := range byteUnits {
			// Megabytes have up to four figures: that is how people speak of an agent's memory.
			if high >= u.size && !(u.name == "GiB" && high < 10*u.size) {
				return u.size, u.name
			}
		}
		return 1, "bytes"
	case Duration:
		switch {
		case high >= 120_000:
			return 60_000, "min"
		case high >= 2000:
			return 1000, "s"
		}
		return 1, "ms"
	case Percent:
		return 1, "%"
	}
	return 1, ""
}

// short writes a number with at most three figures that mean something.
func short(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e8:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case a >= 100 || v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'g', 2, 64), ".0")
}

// amount writes one value with its unit.
func amount(unit Unit, v float64) string {
	if unit == Duration && v >= 0.1 {
		return strings.Replace(legible.Millis(v), ".0 ", " ", 1)
	}
	divisor, name := unitFor(unit, v)
	return strings.TrimSpace(short(v/divisor) + " " + name)
}

// between writes two values of one unit as a range: "202 to 238 MiB". Equal ones are written once.
func between(unit Unit, low, high float64) string {
	divisor, name := unitFor(unit, max(low, high))
	from, to := short(low/divisor), short(high/divisor)
	if from == to {
		return strings.TrimSpace(to + " " + name)
	}
	return strings.TrimSpace(from + " to " + to + " " + name)
}

// timeSteps are the distances between ticks of the time axis, in milliseconds.
var timeSteps = []record.Millis{
	100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_200_000, 1_800_000,
	3_600_000, 7_200_000, 14_400_000, 28_800_000,
}

// stepFor is the shortest step that divides a span into at most n pieces.
func stepFor(span record.Millis, n int) record.Millis {
	for _, s := range timeSteps {
		if span <= s*record.Millis(n) {
			return s
		}
	}
	return timeSteps[len(timeSteps)-1]
}

// moments are the round moments of the line, at most n+1.
func (l *Line) moments(n int) (at []record.Millis, step record.Millis) {
	step = stepFor(l.span(), n)
	for t := record.Millis(math.Ceil(float64(l.From/step))) * step; t <= l.To; t += step {
		at = append(at, t)
	}
	return at, step
}

// moment writes an offset as exactly as ticks at that step need it, in the unit that suits the whole line.
func (l *Line) moment(at, step record.Millis) string {
	switch s := int64(at / 1000); {
	case step < 1000:
		return strconv.FormatFloat(at.Seconds(), 'f', 1, 64) + " s"
	case l.To < 120_000:
		return fmt.Sprintf("%d s", s)
	case step < 60_000:
		return fmt.Sprintf("%d:%02d min", s/60, s%60)
	case l.To < 7_200_000:
		return fmt.Sprintf("%d min", s/60)
	case step < 3_600_000:
		return fmt.Sprintf("%d:%02d h", s/3600, s/60%60)
	default:
		return fmt.Sprintf("%d h", s/3600)
	}
}
