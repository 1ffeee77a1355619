// Package reading answers the questions that several checks ask of the records: how an exchange ended, whether the
// process is still the same one, which health checks count. It decides nothing.
package reading

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Says describes the fate of an exchange in a few words.
func Says(x *record.Exchange) string {
	if x == nil {
		return "not sent"
	}
	switch x.Outcome {
	case record.Answered, record.Abandoned:
		return answered(x)
	case record.TimedOut:
		if x.Reached() {
			return fmt.Sprintf("%d, then no end within %s", x.Status(), Seconds(x.Took))
		}
		return "no answer within " + Seconds(x.Took)
	case record.Refused:
		return "connection refused"
	case record.Reset:
		return "connection broken without an answer after " + Seconds(x.Took)
	case record.Truncated:
		return fmt.Sprintf("%d with a body that breaks off", x.Status())
	case record.Garbled:
		return "bytes that are not HTTP"
	}
	return strings.TrimSpace("not sent by the harness " + x.Error)
}

func answered(x *record.Exchange) string {
	if x.Response == nil {
		return "left by the harness before an answer"
	}
	text := fmt.Sprint(x.Status())
	if t := x.HeaderValue("content-type"); t != "" {
		text += " " + short(t, 60)
	}
	return text + " in " + Seconds(x.Took)
}

// SaysPing describes one health check in a few words.
func SaysPing(p record.Ping) string {
	switch {
	case p.Outcome == record.Answered:
		return fmt.Sprintf("%d in %s", p.Status, Seconds(p.Took))
	case p.Outcome == record.TimedOut:
		return "no answer within " + Seconds(p.Took)
	case p.Status != 0:
		return fmt.Sprintf("%d, %s", p.Status, p.Outcome)
	}
	return string(p.Outcome)
}

// Seconds writes a duration for people: milliseconds below a second, seconds above.
func Seconds(m record.Millis) string {
	if m < 1000 {
		return fmt.Sprintf("%.0f ms", float64(m))
	}
	return fmt.Sprintf("%.1f s", m.Seconds())
}

// Span writes a length of time for people that may be hours: as Seconds does below two minutes, in minutes above.
func Span(m record.Millis) string {
	if m < 120_000 {
		return Seconds(m)
	}
	minutes := int(m.Seconds() / 60)
	if minutes < 60 {
		return fmt.Sprintf("%d min", minutes)
	}
	return strings.TrimSuffix(fmt.Sprintf("%d h %d min", minutes/60, minutes%60), " 0 min")
}

// Short bounds a text from a container for use inside a sentence.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// Quote is a bounded, quoted piece of a container's text.
func Quote(s string) string { return fmt.Sprintf("%q", short(s, 120)) }
