package reaper

import (
	"fmt"
	"math"
	"strconv"
)

// Span writes a number of seconds for people: 12.3 s, 15 min 12 s, 8 h 2 min.
func Span(seconds float64) string {
	if math.Abs(seconds) < 100 {
		return trimmed(seconds) + " s"
	}
	whole := int64(math.Round(seconds))
	if whole < 7200 {
		return pair(whole, 60, "min", "s", 1)
	}
	return pair(whole, 3600, "h", "min", 60)
}

// pair writes a number of seconds in a large unit, and what is left of it in a small one.
func pair(seconds, large int64, big, small string, part int64) string {
	text := fmt.Sprintf("%d %s", seconds/large, big)
	if left := seconds % large / part; left > 0 {
		text += fmt.Sprintf(" %d %s", left, small)
	}
	return text
}

// trimmed is with one digit after the point, unless that is 0.
func trimmed(seconds float64) string {
	return strconv.FormatFloat(math.Round(seconds*10)/10, 'f', -1, 64)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// rounded is to the millisecond, which is finer than anything here is known.
func rounded(seconds float64) float64 { return math.Round(seconds*1000) / 1000 }
