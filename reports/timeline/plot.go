package timeline

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports/legible"
)

// PlotOptions say how the console's plot looks.
type PlotOptions struct {
	// Width is the number of columns that no line exceeds; less than 40 counts as 40.
	Width int
	// ASCII keeps to characters that every terminal shows.
	ASCII bool
	// Paint puts a piece of a lane into the colour of a status; nil leaves it as it is.
	Paint func(Status, string) string
}

// LabelWidth is how many columns of each line of a plot its label takes.
const LabelWidth = 14

// The columns of the plot: what stands behind a lane at most, the narrowest window, the shortest lane; and how many values a
// percentile is told from.
const (
	behindMost  = 34
	narrowest   = 40
	leastLane   = 10
	valuesInBar = 5
)

// glyphs are the characters that a plot is made of.
type glyphs struct {
	levels []rune
	status [statuses]rune
	turn   rune
	failed rune
	time   rune
	end    rune
	more   rune
}

var (
	blocks = glyphs{[]rune("▁▂▃▄▅▆▇█"), [statuses]rune{'━', '▒', '?', '×'}, '│', '×', '─', '▲', '…'}
	ascii  = glyphs{[]rune(".:-=+*#@"), [statuses]rune{'-', '=', '?', 'x'}, '|', 'x', '-', '^', '~'}
)

// row is one line of the plot: what it shows, the lane, and the figures behind it.
type row struct {
	label, behind string
	lane          func(n int) []rune
	// status is that of a column of the lane, where colour tells it.
	status func(n int) []Status
}

// Plot draws the line in at most eleven lines of text: the time, the health status, the turns, memory, open descriptors,
// sockets and threads, and the median and the 95th percentile of both latencies. There are none when there is nothing to
// show.
func (l *Line) Plot(o PlotOptions) []string {
	if l.empty() {
		return nil
	}
	g := blocks
	if o.ASCII {
		g = ascii
	}
	rows := l.rows(g)
	behind := 0
	for _, r := range rows {
		behind = max(behind, min(len([]rune(r.behind)), behindMost))
	}
	n := max(max(o.Width, narrowest)-LabelWidth-2-behind, leastLane)
	var out []string
	for _, r := range rows {
		lane := r.lane(n)
		text := string(lane)
		if r.status != nil && o.Paint != nil {
			text = painted(lane, r.status(n), o.Paint)
		}
		room := max(o.Width, narrowest) - LabelWidth - 2 - n
		out = append(out, strings.TrimRight(fmt.Sprintf("%-*s%s  %s", LabelWidth, r.label, text, g.shorten(r.behind, room)), " "))
	}
	return out
}

// shorten cuts text to n characters, and shows that it did.
func (g glyphs) shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:max(n-1, 0)]) + string(g.more)
	}
	return s
}

func (l *Line) rows(g glyphs) []row {
	out := []row{{label: "time line", behind: l.when(g), lane: func(n int) []rune { return l.timeLane(g, n) }}}
	if len(l.Checks) > 0 {
		out = append(out, row{label: "health", behind: l.healthKey(g), lane: func(n int) []rune { return l.healthLane(g, n) },
			status: func(n int) []Status { status, _ := l.worst(n); return status }})
	}
	if len(l.Turns) > 0 {
		out = append(out, row{label: "turns", behind: l.turnCount(), lane: func(n int) []rune { return l.turnMarks(g, n) },
			status: func(n int) []Status { return l.turnStatus(n) }})
	}
	for _, one := range plotted {
		for _, s := range l.Series {
			if s.Key == one.key && out[len(out)-1].label != one.label {
				out = append(out, row{label: one.label, behind: s.extent() + l.pace(s), lane: func(n int) []rune { return l.seriesLane(g, s, n) }})
			}
		}
	}
	out = append(out, l.latencyRows(g, "turn", l.turnTimes())...)
	return append(out, l.latencyRows(g, "ping", l.checkTimes())...)
}

// plotted are the series that the plot has a line for. The control group's count stands for the threads where those were not
// read.
var plotted = []struct{ key, label string }{
	{Memory, "memory"}, {Descriptors, "descriptors"}, {Sockets, "sockets"}, {Threads, "threads"}, {Processes, "threads"},
}

// pace is what the forecast of a series says that it changes by in an hour; empty where there is none, and where it says level.
func (l *Line) pace(s Series) string {
	f, fitted := l.Fits[s.Key]
	if !fitted || !f.drawn(l) {
		return ""
	}
	change := (f.ValueAtTo - f.ValueAtFrom) / float64(f.To-f.From)
	if seen := math.Abs(change) * float64(l.span()); seen < tellable*max(f.value(l.To), 1) {
		return ""
	}
	sign := "+"
	if change < 0 {
		sign = "-"
	}
	const anHour = 3_600_000
	return fmt.Sprintf(", %s%s/h", sign, amount(s.Unit, math.Abs(change)*anHour))
}

// tellable is the share of its value by which a forecast must move in the time that is shown to be told as a pace.
const tellable = 0.02

// when says which time the plot shows, of what, and what a mark on its axis means.
func (l *Line) when(g glyphs) string {
	text := "0 to " + legible.Millis(float64(l.To))
	if l.From > 0 {
		text = legible.Millis(float64(l.From)) + text[1:]
	}
	switch {
	case len(l.Marks) > 0:
		return fmt.Sprintf("%s, %c ended", text, g.end)
	case l.Session:
		return text + ", one session"
	}
	return text + ", main container"
}

// timeLane is the axis, with marks where the process had ended.
func (l *Line) timeLane(g glyphs, n int) []rune {
	lane := []rune(strings.Repeat(string(g.time), n))
	for _, m := range l.Marks {
		lane[l.column(m.At, n)] = g.end
	}
	return lane
}

// healthKey counts what is not healthy, with the characters that stand for it; or all, where all are one.
func (l *Line) healthKey(g glyphs) string {
	short := [statuses]string{"Healthy", "busy", "other", "lost"}
	tally := l.tally()
	var parts []string
	for s, n := range tally {
		if n == len(l.Checks) {
			return thousands(n) + " " + Status(s).String()
		}
		if n > 0 && Status(s) != Healthy {
			parts = append(parts, fmt.Sprintf("%c %s %s", g.status[s], thousands(n), short[s]))
		}
	}
	return strings.Join(parts, " ")
}

func (l *Line) healthLane(g glyphs, n int) []rune {
	lane := make([]rune, n)
	status, known := l.worst(n)
	for i := range lane {
		lane[i] = ' '
		if known[i] {
			lane[i] = g.status[status[i]]
		}
	}
	return lane
}

func (l *Line) turnMarks(g glyphs, n int) []rune {
	lane := []rune(strings.Repeat(" ", n))
	for _, t := range l.Turns {
		at := &lane[l.column(t.At, n)]
		switch {
		case t.Failed != "":
			*at = g.failed
		case *at != g.failed:
			*at = g.turn
		}
	}
	return lane
}

// turnStatus colours failed turns as what gave no answer.
func (l *Line) turnStatus(n int) []Status {
	out := make([]Status, n)
	for _, t := range l.Turns {
		if t.Failed != "" {
			out[l.column(t.At, n)] = NoAnswer
		}
	}
	return out
}

// flattest is how much of the highest value a lane of bars spans at least: what hardly moves looks flat.
const flattest = 0.1

// seriesLane draws the highest value of each column; one without a sample goes on as the one before, as long as the
// process is the same.
func (l *Line) seriesLane(g glyphs, s Series, n int) []rune {
	v := sorted(values(flat(s.Parts)))
	high := v[len(v)-1]
	low := min(v[0], (1-flattest)*high)
	lane := []rune(strings.Repeat(" ", n))
	for _, part := range s.Parts {
		for i, p := range part {
			from, to := l.column(p.At, n), l.column(p.At, n)
			if i+1 < len(part) {
				to = max(l.column(part[i+1].At, n)-1, from)
			}
			level := g.level((p.Value - low) / (high - low))
			for c := from; c <= to; c++ {
				if c > from || lane[c] == ' ' || slices.Index(g.levels, lane[c]) < slices.Index(g.levels, level) {
					lane[c] = level
				}
			}
		}
	}
	return lane
}

func (g glyphs) level(share float64) rune {
	n := len(g.levels)
	return g.levels[min(max(int(share*float64(n)), 0), n-1)]
}

// latencyRows are the median and the 95th percentile of one kind of latency, in one scale that begins at 0.
func (l *Line) latencyRows(g glyphs, what string, points []Point) []row {
	if len(points) == 0 {
		return nil
	}
	all := sorted(values(points))
	var out []row
	for _, q := range []float64{0.5, 0.95} {
		label := fmt.Sprintf("%s p%.0f", what, 100*q)
		out = append(out, row{label: label, behind: amount(Duration, quantile(all, q)), lane: func(n int) []rune {
			return l.latencyLane(g, points, q, n)
		}})
	}
	return out
}

func (l *Line) latencyLane(g glyphs, points []Point, q float64, n int) []rune {
	windows := l.windows(points, min(max(len(points)/valuesInBar, 1), n))
	high := 0.0
	for _, w := range windows {
		high = max(high, quantile(w.values, 0.95))
	}
	lane := []rune(strings.Repeat(" ", n))
	for c := range lane {
		middle := l.From + l.span()*(record.Millis(c)+0.5)/record.Millis(n)
		if w := windows[l.column(middle, len(windows))]; len(w.values) > 0 && high > 0 {
			lane[c] = g.level(quantile(w.values, q) / high)
		}
	}
	return lane
}

// painted puts each stretch of a lane into the colour of its status; gaps stay as they are.
func painted(lane []rune, status []Status, paint func(Status, string) string) string {
	var b strings.Builder
	for from, to := 0, 0; from < len(lane); from = to {
		for to = from + 1; to < len(lane) && status[to] == status[from]; to++ {
		}
		b.WriteString(paint(status[from], string(lane[from:to])))
	}
	return b.String()
}
