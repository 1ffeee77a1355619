package life

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/trend"
)

// quantity is what words and numbers of a forecast are about.
type quantity struct {
	// name is what grows, holds what is expected of it, limit what it meets in the end.
	name, holds, limit string
	// unit writes an amount.
	unit func(float64) string
}

func megabytes(v float64) string {
	if math.Abs(v) >= 1e9 {
		return digits(v/1e9) + " GB"
	}
	return digits(v/1e6) + " MB"
}

func milliseconds(v float64) string {
	switch a := math.Abs(v); {
	case a >= 120_000:
		return digits(v/60_000) + " min"
	case a >= 1000:
		return digits(v/1000) + " s"
	}
	return digits(v) + " ms"
}

// digits writes a number with three digits, of which those behind the point are no finer than hundredths.
func digits(v float64) string {
	if math.Abs(v) < 100 {
		return strconv.FormatFloat(math.Round(v*100)/100, 'g', 3, 64)
	}
	return fmt.Sprintf("%.0f", v)
}

// interval writes an estimate with its bounds.
func (q quantity) interval(e trend.Estimate) string {
	return fmt.Sprintf("%s (%s to %s)", q.unit(e.Best), q.unit(e.Low), q.unit(e.High))
}

func (f forecast) saysGrowth() string {
	if f.Driver == trend.ByTurns {
		return fmt.Sprintf("%s: %s more a turn", f.name, f.interval(f.PerTurn))
	}
	return fmt.Sprintf("%s: %s more an hour, whether there are turns or not", f.name, f.interval(f.PerHour))
}

// saysDeath tells when the limit is met, or where the growth ends.
func (f forecast) saysDeath() string {
	d := f.Death
	switch {
	case d == trend.Estimate{} || d.Best >= trend.EightHours:
		return fmt.Sprintf("%s after 8 hours", f.interval(f.AtHorizon))
	case d.High >= trend.EightHours:
		return fmt.Sprintf("%s are met after %s (from %s on, perhaps not within 8 hours)", f.limit, span(d.Best), span(d.Low))
	}
	return fmt.Sprintf("%s are met after %s (%s to %s)", f.limit, span(d.Best), span(d.Low), span(d.High))
}

func (f forecast) saysLevel() string {
	if f.PerHour.Low > 0 {
		return fmt.Sprintf("%s; %s after 8 hours", f.saysGrowth(), f.interval(f.AtHorizon))
	}
	if f.PerHour.High <= 0 {
		return fmt.Sprintf("%s: does not grow, %s at the end", f.name, f.unit(f.Ends.Best))
	}
	return fmt.Sprintf("%s: at most %s more an hour, at most %s after 8 hours", f.name, f.unit(f.PerHour.High), f.unit(f.AtHorizon.High))
}

// saysSeen tells what the forecast rests on.
func (f forecast) saysSeen() string {
	text := fmt.Sprintf("%.0f turns in %s", f.Turns, span(f.Span))
	if f.Floored {
		text += fmt.Sprintf(", the floors after %d collections", f.Points)
	}
	if f.WarmUp > 0 {
		text += ", without the first " + span(f.WarmUp)
	}
	return text
}

func (f forecast) saysFigures() string {
	s := f.Series
	first, last := s[0], s[len(s)-1]
	return fmt.Sprintf("%s went from %s to %s over %s and %.0f turns", f.name, f.unit(first.Value), f.unit(last.Value), span(last.At-first.At), last.Turns-first.Turns)
}

func (f forecast) saysWhy() string {
	switch f.Shape {
	case trend.Unsettled:
		return ", for it has not settled"
	case trend.Filling:
		return ", for it rises ever more slowly"
	case trend.Collected:
		return ", for it fell back too seldom"
	case trend.Late:
		return ", for it has only begun to grow"
	}
	return ""
}

// saysDoubt tells why it is not certain that the limit is met.
func (f forecast) saysDoubt() string {
	if f.Needed == 0 {
		return ""
	}
	return ": what fills and then stops looks the same until it does" + f.saysNeeded()
}

// saysNeeded names the session that would tell.
func (f forecast) saysNeeded() string {
	return "; --session-duration " + flagged(f.Needed) + " would tell"
}

// flagged writes a session's length as its flag takes it, rounded up.
func flagged(ms float64) string {
	step := 30 * time.Second
	d := time.Duration(min(ms, trend.EightHours)) * time.Millisecond
	switch {
	case d > time.Hour:
		step = 30 * time.Minute
	case d > 10*time.Minute:
		step = 5 * time.Minute
	case d > 2*time.Minute:
		step = time.Minute
	}
	d = (d + step - 1) / step * step
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// span writes a time from seconds to hours.
func span(ms float64) string {
	switch {
	case ms >= 2*3600e3:
		return digits(ms/3600e3) + " h"
	case ms >= 120e3:
		return digits(ms/60e3) + " min"
	}
	return digits(ms/1e3) + " s"
}

// lines are the numbers of a forecast, one thing a line.
func (f forecast) lines() []string {
	if !f.Measured {
		return []string{fmt.Sprintf("%d samples that count: too few for a slope", f.Points)}
	}
	return []string{
		fmt.Sprintf("growth per turn  %s, an interval of 99 %%", f.interval(f.PerTurn)),
		"growth per hour  " + f.interval(f.PerHour),
		"after 8 hours    " + f.interval(f.AtHorizon),
		fmt.Sprintf("rests on         %s: %d samples, %s, by %s", f.saysSeen(), f.Points, f.Shape, f.Driver),
	}
}
