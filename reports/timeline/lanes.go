package timeline

import (
	"fmt"
)

// laneHeight is that of a coloured lane.
const laneHeight = 16.0

// title writes the line above a lane or a panel: what it is, what exactly is meant, and how it went.
func (p *picture) title(name, hint, went string) {
	p.y += 24
	p.printf(`<text x="%s" y="%s"><tspan%s>%s</tspan><tspan dx="10"%s>%s</tspan></text>`+"\n", pixels(plotLeft), pixels(p.y),
		style{size: 13, strong: true}.attributes(), escape(name), style{faint: true}.attributes(), escape(hint))
	p.text(plotRight, p.y, style{anchor: "end"}, went)
	p.y += 7
}

// advance is about how wide a text is. Fonts differ, so it is a generous guess.
func advance(s string, size float64) float64 { return float64(len([]rune(s))) * size * 0.64 }

// statusLane draws the health status over time. The worse it is, the taller: colour is not all that tells.
func (p *picture) statusLane() {
	if len(p.Checks) == 0 {
		return
	}
	p.title("Health status", "", "")
	p.statusKey(p.y - 7)
	p.grid(p.y, p.y+laneHeight)
	all := p.stretches()
	for s := range statuses {
		for _, one := range all {
			if one.status == s {
				p.statusColumns(one)
			}
		}
	}
	p.ends(p.y, p.y+laneHeight)
	p.y += laneHeight
}

// stretches are the columns that follow one another with one status.
func (p *picture) stretches() []columnRun {
	status, known := p.worst(columns)
	var out []columnRun
	for from, to := 0, 0; from < columns; from = to {
		for to = from + 1; to < columns && known[to] == known[from] && status[to] == status[from]; to++ {
		}
		if known[from] {
			out = append(out, columnRun{from, to, status[from]})
		}
	}
	return out
}

type columnRun struct {
	from, to int
	status   Status
}

// statusColumns paints one, no narrower than can be seen.
func (p *picture) statusColumns(r columnRun) {
	const narrowest = 5
	left, right := p.columnX(r.from)-columnWidth/2, p.columnX(r.to)-columnWidth/2
	if lack := narrowest - (right - left); r.status != Healthy && lack > 0 {
		left, right = left-lack/2, right+lack/2
	}
	h := heights[r.status]
	p.printf("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" %s/>\n", pixels(left), pixels(p.y+(laneHeight-h)/2),
		pixels(right-left), pixels(h), p.filling(r.status))
}

var heights = [statuses]float64{6, 10, 13, laneHeight}

// longestKey bounds what the key says of other answers, in characters; the sentence above the picture says more.
const longestKey = 30

// statusKey explains the lane beside its title, with how often each status was seen.
func (p *picture) statusKey(y float64) {
	x := plotLeft + advance("Health status", 13) + 24
	for s, n := range p.tally() {
		if n == 0 {
			continue
		}
		h := heights[s]
		p.printf("<rect x=\"%s\" y=\"%s\" width=\"22\" height=\"%s\" %s/>\n", pixels(x), pixels(y-4-h/2), pixels(h), p.filling(Status(s)))
		text := p.often(Status(s), n)
		if Status(s) == Other {
			text = brief(text, longestKey)
		}
		p.text(x+28, y, style{}, text)
		x += 28 + advance(text, 12) + 16
	}
}

// longestSum bounds what the title of the turns says of them, in characters.
const longestSum = 72

// turnLane draws a tick for each turn, and a cross for one that failed. Where many fall into one column, their number is
// the height of the tick.
func (p *picture) turnLane() {
	if len(p.Turns) == 0 {
		return
	}
	var all [columns]int
	most, failed := 1, ""
	for _, t := range p.Turns {
		c := p.column(t.At, columns)
		all[c]++
		most = max(most, all[c])
	}
	hint := "one line each"
	if most > 1 {
		hint = fmt.Sprintf("the higher, the more: up to %d in %s", most, amount(Duration, float64(p.span())/columns))
	}
	p.title("Turns", hint, brief(p.turnsSay(), longestSum))
	p.grid(p.y, p.y+laneHeight)
	ticks := ""
	for c, n := range all {
		if n > 0 {
			h := 5 + (laneHeight-5)*float64(n)/float64(most)
			ticks += fmt.Sprintf("M%s %sv-%s", pixels(p.columnX(c)), pixels(p.y+laneHeight), pixels(h))
		}
	}
	p.path(violet.stroke()+` stroke-width="1.6"`, ticks)
	seen := -1
	for _, t := range p.Turns {
		if c := p.column(t.At, columns); t.Failed != "" && c != seen {
			failed += cross(p.columnX(c), p.y+laneHeight/2, 5)
			seen = c
		}
	}
	if failed != "" {
		p.path(red.stroke()+` stroke-width="2.2"`, failed)
	}
	p.ends(p.y, p.y+laneHeight)
	p.y += laneHeight
}

// columnX is the middle of a column.
func (p *picture) columnX(c int) float64 {
	return plotLeft + columnWidth*(float64(c)+0.5)
}
