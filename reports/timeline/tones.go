package timeline

import (
	"fmt"
	"strings"
)

// tone is a colour of the picture, in light and in dark surroundings. The light one is an attribute of what it paints, so
// that a reader that takes no style sheet shows the light picture; the style sheet changes it where dark is preferred.
type tone struct{ name, light, dark string }

var (
	paper  = tone{"paper", "#ffffff", "#0f141a"}
	blue   = tone{"blue", "#0b6bcb", "#58a6ff"}
	violet = tone{"violet", "#7a3fd1", "#b692f6"}
	teal   = tone{"teal", "#0f7b6c", "#3fc1ad"}
	brown  = tone{"brown", "#9a5b00", "#e3a855"}
	pink   = tone{"pink", "#b3266f", "#f07ab8"}
	green  = tone{"green", "#2f9e4f", "#46c06a"}
	amber  = tone{"amber", "#c98a00", "#e8b339"}
	red    = tone{"red", "#cf222e", "#ff6b66"}
)

var tones = []tone{paper, blue, violet, teal, brown, pink, green, amber, red}

// ink is the colour of text and axes, which is currentColor to all that is drawn.
const inkLight, inkDark = "#1f2328", "#e6edf3"

func (t tone) fill() string { return fmt.Sprintf(`class="%s-f" fill="%s"`, t.name, t.light) }
func (t tone) stroke() string {
	return fmt.Sprintf(`class="%s-s" fill="none" stroke="%s"`, t.name, t.light)
}

// class is the class of the picture; its style sheet touches nothing outside.
const class = "agentcore-timeline"

// FigureStyle is the style sheet in what HTML writes, for a page that names the hash of each style it allows.
func FigureStyle() string { return styleSheet(figureRules) }

// styleSheet darkens the picture where the reader prefers that.
func styleSheet(more string) string {
	var b strings.Builder
	b.WriteString(more + "@media (prefers-color-scheme:dark){")
	fmt.Fprintf(&b, ".%s{color:%s}", class, inkDark)
	for _, t := range tones {
		fmt.Fprintf(&b, ".%s .%s-f{fill:%s}.%[1]s .%[2]s-s{stroke:%[3]s}", class, t.name, t.dark)
	}
	b.WriteString("}")
	return b.String()
}

// patterns tell the statuses apart without colour: stripes, dots, crosses.
func (c *canvas) patterns() {
	for _, p := range []struct {
		status     Status
		tone       tone
		size       int
		attributes string
		path       string
	}{
		{HealthyBusy, blue, 6, `stroke-width="1.8"`, "M-1 7L7-1M-1 1L1-1M5 7L7 5"},
		{Other, amber, 6, `stroke-width="2.4" stroke-linecap="round"`, "M3 3h0"},
		{NoAnswer, red, 8, `stroke-width="1.6"`, "M1 1L7 7M7 1L1 7"},
	} {
		c.printf(`<pattern id="%s" width="%[2]d" height="%[2]d" patternUnits="userSpaceOnUse"><rect width="%[2]d" height="%[2]d" %s/>`,
			c.patternID(p.status), p.size, p.tone.fill())
		c.printf("<path %s %s d=\"%s\"/></pattern>\n", paper.stroke(), p.attributes, p.path)
	}
}

func (c *canvas) patternID(s Status) string { return fmt.Sprintf("%sstatus%d", c.ids, s) }

// filling paints a status.
func (c *canvas) filling(s Status) string {
	if s == Healthy {
		return green.fill()
	}
	return fmt.Sprintf(`fill="url(#%s)"`, c.patternID(s))
}
