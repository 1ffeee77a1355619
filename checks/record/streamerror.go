package record

import (
	"strings"

	"github.com/tidwall/gjson"
)

// ErrorInStream reports a failure that travels inside a stream, as the SDKs send it (SSE-07): an object with error and
// error_type, an event of type error, or AG-UI's RUN_ERROR. The text is one line for people.
func ErrorInStream(s *EventStream) (string, bool) {
	if s == nil {
		return "", false
	}
	for _, events := range [][]Event{s.Events, s.Tail} {
		for _, e := range events {
			if text, ok := e.failure(); ok {
				return text, true
			}
		}
	}
	return "", false
}

func (e Event) failure() (string, bool) {
	data := gjson.Parse(e.Data)
	if data.IsObject() {
		failure := data.Get("error")
		if failure.Type != gjson.Null && data.Get("error_type").Exists() {
			return line(data.Get("error_type").String() + ": " + failure.String()), true
		}
		if e.cut() && strings.HasPrefix(strings.ReplaceAll(e.Data[:min(len(e.Data), 16)], " ", ""), `{"error":"`) {
			return line(e.Data), true
		}
		if data.Get("type").String() == "RUN_ERROR" {
			return line("RUN_ERROR: " + data.Get("message").String()), true
		}
	}
	if e.Type == "error" {
		return line("event: error: " + e.Data), true
	}
	return "", false
}

// cut reports that the record holds only the beginning of the data: error_type may lie beyond.
func (e Event) cut() bool { return e.Size > int64(len(e.Data)) }

// maxLine bounds a text that is shown on one line, in bytes.
const maxLine = 300

func line(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxLine {
		s = strings.ToValidUTF8(s[:maxLine], "") + "…"
	}
	return s
}
