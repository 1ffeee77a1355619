package timeline

import (
	"fmt"
	"slices"
	"strings"
)

// panel is one diagram over the axis of time.
type panel struct {
	key, title, hint, went string
	tone                   tone
	unit                   Unit
	height                 float64
	parts                  [][]Point
	// single says that each point stands for itself, and percentiles are drawn through them; otherwise a line is.
	single bool
}

// longestLabel bounds what a fit may say of itself, in characters.
const longestLabel = 32

// perTick is the least distance between two levels.
const perTick = 26

// The heights of what matters most and of the rest.
const (
	tall    = 104.0
	flatter = 56.0
)

// panels are the diagrams in the order in which they are read: memory, latencies, then the rest.
func (p *picture) panels() []panel {
	var first, rest []panel
	spare := []tone{brown, pink, teal, blue}
	for _, s := range p.Series {
		one := panel{key: s.Key, title: s.Title, hint: s.Hint, went: s.course(), unit: s.Unit, parts: s.Parts}
		if s.Key == Memory {
			one.tone, one.height = blue, tall
			first = append(first, one)
			continue
		}
		one.tone, one.height = spare[len(rest)%len(spare)], flatter
		rest = append(rest, one)
	}
	if turns := p.turnTimes(); len(turns) > 0 {
		first = append(first, panel{key: Turns, title: "Turn latency", hint: "half are faster than p50, 19 of 20 than p95",
			went: percentiles(turns), tone: violet, unit: Duration, height: tall, parts: [][]Point{turns}, single: true})
	}
	if checks := p.checkTimes(); len(checks) > 0 {
		first = append(first, panel{key: Health, title: "Health check latency", hint: "GET /ping",
			went: percentiles(checks), tone: teal, unit: Duration, height: tall * 0.8, parts: [][]Point{checks}, single: true})
	}
	return append(first, rest...)
}

// panel draws one diagram.
func (p *picture) panel(one panel) {
	points := flat(one.parts)
	fit, fitted := p.Fits[one.key]
	fitted = fitted && fit.drawn(p.Line)
	reach := values(points)
	if fitted {
		reach = append(reach, fit.reach(p.Line, reach)...)
	}
	d := diagram{picture: p, scale: scaleFor(one.unit, reach, int(one.height/perTick)), height: one.height}
	if fitted {
		one.hint = "dashed: " + brief(fit.Label, longestLabel)
	}
	if d.logarithmic {
		one.hint += fmt.Sprintf("; each line %.0f times the one below", d.ticks[1]/d.ticks[0])
	}
	p.title(one.title, strings.TrimPrefix(one.hint, "; "), one.went)
	d.top = p.y
	d.rules()
	if fitted {
		d.band(one.tone, fit)
	}
	if one.single {
		d.cloud(one.tone, points)
		d.percentiles(one.tone, points)
	} else {
		d.curves(one.tone, one.parts)
	}
	if fitted {
		d.fit(fit)
	}
	p.ends(d.top, d.top+d.height)
	p.y += one.height
}

// diagram is a panel's drawing area.
type diagram struct {
	*picture
	scale
	top, height float64
}

func (d diagram) at(p Point) spot { return spot{d.x(p.At), d.level(p.Value)} }

func (d diagram) level(v float64) float64 { return d.top + d.height*(1-d.share(v)) }

// rules draws the levels and their values.
func (d diagram) rules() {
	d.grid(d.top, d.top+d.height)
	grid := ""
	for i, v := range d.ticks {
		grid += fmt.Sprintf("M%s %sH%s", pixels(plotLeft), pixels(d.level(v)), pixels(plotRight))
		d.text(plotLeft-8, d.level(v)+4, style{anchor: "end", size: 11, faint: true}, d.label(i))
	}
	d.path(faintLine, grid)
}

// curves draws a line through the points of each part, over a shaded area.
func (d diagram) curves(t tone, parts [][]Point) {
	lines, areas, dots, ranges := "", "", "", ""
	for _, part := range parts {
		middle, lowest, highest := d.spots(part)
		if len(middle) <= columns/8 {
			dots += each(middle)
		}
		if len(middle) > 1 {
			lines += line(middle)
			areas += line(middle) + fmt.Sprintf("V%sH%sz", pixels(d.top+d.height), pixels(middle[0].x))
		}
		if lowest != nil {
			slices.Reverse(lowest)
			ranges += line(append(highest, lowest...)) + "z"
		}
	}
	d.some(t.fill()+` opacity=".14"`, areas)
	d.some(t.fill()+` opacity=".45"`, ranges)
	d.some(t.stroke()+` stroke-width="1.8" stroke-linejoin="round"`, lines)
	d.some(t.stroke()+` stroke-width="5" stroke-linecap="round"`, dots)
}

// spots are where the points of one part lie: all of them or, where they are many, the median of each column with the
// lowest and the highest.
func (d diagram) spots(part []Point) (middle, lowest, highest []spot) {
	if len(part) <= columns {
		for _, p := range part {
			middle = append(middle, d.at(p))
		}
		return middle, nil, nil
	}
	for _, w := range d.windows(part, columns) {
		if len(w.values) == 0 {
			continue
		}
		x := d.x((w.from + w.to) / 2)
		middle = append(middle, spot{x, d.level(quantile(w.values, 0.5))})
		lowest = append(lowest, spot{x, d.level(w.values[0])})
		highest = append(highest, spot{x, d.level(w.values[len(w.values)-1])})
	}
	return middle, lowest, highest
}

// some draws a path if there is one.
func (d diagram) some(attributes, path string) {
	if path != "" {
		d.path(attributes, path)
	}
}

func each(spots []spot) string {
	all := ""
	for _, s := range spots {
		all += dot(s.x, s.y)
	}
	return all
}

// cloud draws each point for itself or, where they are many, a bar in each column from the lowest to the highest.
func (d diagram) cloud(t tone, points []Point) {
	middle, lowest, highest := d.spots(points)
	if lowest == nil {
		d.path(t.stroke()+` stroke-width="5" stroke-linecap="round" opacity=".5"`, each(middle))
		return
	}
	bars := ""
	for i := range lowest {
		bars += fmt.Sprintf("M%s %sV%s", pixels(lowest[i].x), pixels(lowest[i].y), pixels(highest[i].y-0.5))
	}
	d.path(t.stroke()+` stroke-width="1.6" opacity=".38"`, bars)
}

// perWindow is how many values a percentile is told from, and mostWindows how many are drawn at most.
const (
	perWindow   = 20
	mostWindows = 60
)

// percentiles draws the median of each stretch of time as a line and its 95th percentile as a broken one.
func (d diagram) percentiles(t tone, points []Point) {
	if len(points) < 2 {
		return
	}
	windows := d.windows(points, min(max(len(points)/perWindow, 1), mostWindows))
	end := map[float64]float64{}
	for _, q := range []float64{0.5, 0.95} {
		steps := ""
		for _, w := range windows {
			if len(w.values) == 0 {
				continue
			}
			end[q] = d.level(quantile(w.values, q))
			steps += fmt.Sprintf("M%s %sH%s", pixels(d.x(w.from)), pixels(end[q]), pixels(d.x(w.to)))
		}
		dashes := ""
		if q > 0.5 {
			dashes = ` stroke-dasharray="2 3"`
		}
		d.path(t.stroke()+` stroke-width="2.2"`+dashes, steps)
	}
	d.text(plotRight+6, max(end[0.5], end[0.95]+12)+4, style{size: 11}, "p50")
	d.text(plotRight+6, end[0.95]+4, style{size: 11}, "p95")
}
