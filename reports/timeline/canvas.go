package timeline

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/reports/legible"
)

// canvas collects the elements of an SVG, all of it ASCII: no reader can take it for another encoding.
type canvas struct {
	out bytes.Buffer
	// ids begins every id, so that two pictures can stand in one page.
	ids string
}

func (c *canvas) printf(format string, args ...any) { fmt.Fprintf(&c.out, format, args...) }

// escape makes text safe inside elements and attributes of HTML and XML.
func escape(s string) string {
	var b strings.Builder
	for _, r := range legible.Line(s) {
		switch {
		case strings.ContainsRune(`&<>"'`, r) || r > 0x7e:
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// pixels writes a coordinate, to a tenth of a pixel.
func pixels(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// style is how a text looks.
type style struct {
	anchor string
	size   float64
	strong bool
	faint  bool
}

// text writes one line of text.
func (c *canvas) text(x, y float64, s style, text string) {
	c.printf(`<text x="%s" y="%s"%s>%s</text>`+"\n", pixels(x), pixels(y), s.attributes(), escape(text))
}

func (s style) attributes() string {
	var b strings.Builder
	if s.anchor != "" {
		b.WriteString(` text-anchor="` + s.anchor + `"`)
	}
	if s.size != 0 {
		b.WriteString(` font-size="` + pixels(s.size) + `"`)
	}
	if s.strong {
		b.WriteString(` font-weight="600"`)
	}
	if s.faint {
		b.WriteString(` fill-opacity=".7"`)
	}
	return b.String()
}

// path writes a path with the given attributes.
func (c *canvas) path(attributes, d string) { c.printf("<path %s d=\"%s\"/>\n", attributes, d) }

// dot and cross are pieces of a path: a point, drawn by the round end of a line, and a saltire.
func dot(x, y float64) string { return "M" + pixels(x) + " " + pixels(y) + "h0" }

func cross(x, y, r float64) string {
	return fmt.Sprintf("M%s %sl%s %sm0-%[4]sl-%[3]s %[4]s", pixels(x-r), pixels(y-r), pixels(2*r), pixels(2*r))
}

// spot is where something is drawn.
type spot struct{ x, y float64 }

// line is the piece of a path through the spots.
func line(spots []spot) string {
	var b strings.Builder
	for i, s := range spots {
		switch i {
		case 0:
			b.WriteByte('M')
		case 1:
			b.WriteByte('L')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(pixels(s.x) + " " + pixels(s.y))
	}
	return b.String()
}
