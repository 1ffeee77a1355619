package reports

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Bounds of one exchange on the page.
const (
	mostFields   = 40
	longestField = 300
	mostEvents   = 20
	longestEvent = 400
)

// htmlExchange is a request and its fate.
type htmlExchange struct {
	ID string
	// Line is the request in brief, Status what came of it.
	Line, Status string
	// At says when it was sent, from the start of its container.
	At      string
	Session string
	// Bad marks what was not answered, or with a status of 400 and above.
	Bad               bool
	Request, Response string
	Events            []htmlEvent
	MoreEvents        int
}

// htmlEvent is one event of a stream.
type htmlEvent struct{ After, Type, Data string }

func exchangeOf(x *record.Exchange, b bounds) htmlExchange {
	out := htmlExchange{
		ID: htmlLine(x.ID), Line: htmlLine(fmt.Sprintf("%s %s%s", x.Request.Method, x.Request.Path, sent(x))), Status: statusLine(x),
		At: millisText(float64(x.At)), Session: htmlLine(x.Session), Bad: x.Outcome != record.Answered || x.Status() >= 400,
		Request: requestText(&x.Request, b),
	}
	if x.Response != nil {
		out.Response = responseText(x.Response, b)
	}
	if s := x.Events; s != nil {
		for _, e := range s.Events[:min(len(s.Events), mostEvents)] {
			out.Events = append(out.Events, htmlEvent{millisText(float64(e.After)), htmlLine(e.Type), Clean(clip(e.Data, longestEvent))})
		}
		out.MoreEvents = max(s.Count, len(s.Events)) - len(out.Events)
	}
	return out
}

func (x *htmlExchange) size() int {
	n := len(x.ID) + len(x.Line) + len(x.Status) + len(x.Session) + len(x.Request) + len(x.Response)
	for _, e := range x.Events {
		n += len(e.Type) + len(e.Data)
	}
	return n
}

// requestText is the request as it went over the wire, as far as it is kept.
func requestText(r *record.Request, b bounds) string {
	if len(r.Raw) > 0 {
		return strings.Join(head(string(r.Raw), b), "\n")
	}
	lines := []string{htmlLine(fmt.Sprintf("%s %s HTTP/1.1", r.Method, r.Path))}
	if r.Host != "" {
		lines = append(lines, fieldLine(record.Field{Name: "host", Value: r.Host}))
	}
	return wireText(append(lines, fieldLines(r.Header)...), r.Body, b)
}

func responseText(r *record.Response, b bounds) string {
	lines := []string{htmlLine(strings.TrimSpace(fmt.Sprintf("%s %d", r.Proto, r.Status)))}
	return wireText(append(lines, fieldLines(r.Header)...), r.Body, b)
}

// wireText puts a body below its head.
func wireText(lines []string, body string, b bounds) string {
	if shown := head(body, b); len(shown) > 0 {
		lines = append(append(lines, ""), shown...)
	}
	return strings.Join(lines, "\n")
}

func fieldLines(fields []record.Field) []string {
	var out []string
	for i, f := range fields {
		if i == mostFields {
			return append(out, fmt.Sprintf("… (%d more fields)", len(fields)-i))
		}
		out = append(out, fieldLine(f))
	}
	return out
}

func fieldLine(f record.Field) string {
	return CleanLine(clip(f.Name, longestField) + ": " + clip(f.Value, longestField))
}
