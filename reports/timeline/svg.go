package timeline

import (
	"fmt"
	"hash/fnv"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The picture's measures, in pixels of its own. It scales to any width.
const (
	width     = 960.0
	plotLeft  = 72.0
	plotRight = width - 48
	// columns is how finely the time is drawn: every second pixel.
	columns     = 420
	columnWidth = (plotRight - plotLeft) / columns
	margin      = 24.0
	emptied     = 132.0
)

// picture is the drawing of one line. What has been drawn ends above y.
type picture struct {
	canvas
	*Line
	y float64
}

// SVG writes the picture as a document of its own.
func (l *Line) SVG() []byte {
	return append([]byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), l.svg("")...)
}

// svg writes the element, with more rules in its style sheet.
func (l *Line) svg(rules string) []byte {
	body := &picture{canvas: canvas{ids: l.prefix()}, Line: l}
	body.draw()
	c := canvas{ids: body.ids}
	c.printf(`<svg xmlns="http://www.w3.org/2000/svg" class="%s" viewBox="0 0 %s %s" width="%[2]s" height="%[3]s" role="img" `+
		`aria-labelledby="%[4]stitle %[4]sdesc" color="%s" fill="currentColor" `+
		`font-family="system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif" font-size="12">`+"\n",
		class, pixels(width), pixels(body.y), c.ids, inkLight)
	c.printf("<title id=\"%stitle\">%s</title>\n<desc id=\"%[1]sdesc\">%[3]s</desc>\n", c.ids, escape(l.heading()), escape(l.description()))
	c.printf("<style>%s</style>\n", styleSheet(rules))
	c.printf("<defs>\n")
	c.patterns()
	c.printf("</defs>\n<rect width=\"%s\" height=\"%s\" rx=\"6\" %s/>\n", pixels(width), pixels(body.y), paper.fill())
	c.out.Write(body.out.Bytes())
	c.printf("</svg>\n")
	return c.out.Bytes()
}

// prefix is begun by a letter and differs from picture to picture.
func (l *Line) prefix() string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %v %v %v %d %d", l.Image, l.Session, l.From, l.To, len(l.Turns), len(l.Checks))
	return fmt.Sprintf("t%08x-", h.Sum32())
}

func (p *picture) draw() {
	p.head()
	if p.empty() {
		p.y = max(p.y+margin, emptied)
		return
	}
	p.flags()
	p.statusLane()
	p.turnLane()
	for _, one := range p.panels() {
		p.panel(one)
	}
	p.axis()
	p.legend()
	p.y += margin / 2
}

// head writes what is shown, in one sentence, and what to know about it.
func (p *picture) head() {
	p.y = margin + 10
	heading := p.heading()
	p.text(margin, p.y, style{size: min(17, 17*(width-2*margin)/advance(heading, 17)), strong: true}, heading)
	for _, l := range lines(p.gist(), 132) {
		p.y += 19
		p.text(margin, p.y, style{size: 13}, l)
	}
	for _, n := range p.Notes {
		p.y += 18
		p.text(margin, p.y, style{size: 12, faint: true}, n)
	}
	p.y += 12
}

// x is where a moment lies.
func (p *picture) x(at record.Millis) float64 {
	share := float64((at - p.From) / p.span())
	return plotLeft + min(max(share, 0), 1)*(plotRight-plotLeft)
}

// mostTicks is how many pieces the axis of time is cut into at most.
const mostTicks = 10

// axis draws the time under everything.
func (p *picture) axis() {
	at, step := p.moments(mostTicks)
	p.y += 8
	d := fmt.Sprintf("M%s %sH%s", pixels(plotLeft), pixels(p.y), pixels(plotRight))
	for _, t := range at {
		d += fmt.Sprintf("M%s %sv5", pixels(p.x(t)), pixels(p.y))
	}
	p.path(`fill="none" stroke="currentColor" opacity=".5"`, d)
	for _, t := range at {
		p.text(p.x(t), p.y+18, style{anchor: "middle", size: 11.5}, p.moment(t, step))
	}
	p.y += 36
	p.text((plotLeft+plotRight)/2, p.y, style{anchor: "middle", size: 11.5, faint: true}, "time since the container's start")
}

// faintLine is how the lines look that only guide the eye.
const faintLine = `fill="none" stroke="currentColor" opacity=".13"`

// grid draws the round moments behind a lane or a panel.
func (p *picture) grid(top, bottom float64) {
	at, _ := p.moments(mostTicks)
	d := ""
	for _, t := range at {
		d += fmt.Sprintf("M%s %sV%s", pixels(p.x(t)), pixels(top), pixels(bottom))
	}
	p.path(faintLine, d)
}

// ends draws the marks in front of it.
func (p *picture) ends(top, bottom float64) {
	d := ""
	for _, m := range p.Marks[:min(len(p.Marks), mostMarks)] {
		d += fmt.Sprintf("M%s %sV%s", pixels(p.x(m.At)), pixels(top), pixels(bottom))
	}
	if d != "" {
		p.path(red.stroke()+` stroke-width="1.5" stroke-dasharray="5 3"`, d)
	}
}

// shownMarks is how many ends of processes get a number and a line of text, and mostMarks how many a line of their own.
const (
	shownMarks = 8
	mostMarks  = 64
)

// flags number the marks above the picture. Close ones stand in two rows.
func (p *picture) flags() {
	if len(p.Marks) == 0 {
		return
	}
	p.y += 26
	last, row := -100.0, 0.0
	for i, m := range p.Marks[:min(len(p.Marks), shownMarks)] {
		x := p.x(m.At)
		if row = 15 - row; x-last > 18 {
			row = 0
		}
		last = x
		y := p.y - row
		p.path(red.fill(), fmt.Sprintf("M%s %sl-5-8h10z", pixels(x), pixels(y)))
		p.text(x, y-10, style{anchor: "middle", size: 11, strong: true}, fmt.Sprint(i+1))
	}
	p.y += 4
}

// legend says what the numbers stand for.
func (p *picture) legend() {
	if len(p.Marks) > 0 {
		p.y += 8
	}
	for i, m := range p.Marks {
		p.y += 18
		if i == shownMarks {
			p.text(margin, p.y, style{faint: true}, fmt.Sprintf("and %d more ends", len(p.Marks)-shownMarks))
			return
		}
		p.text(margin, p.y, style{}, fmt.Sprintf("%d at %s: %s", i+1, amount(Duration, float64(m.At)), outside(m.Text)))
	}
}
