package sse

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var (
	json       = checks.Check{Clause: "SSE-03", Needs: needs, Judge: judgeJSON}
	framedOnce = checks.Check{Clause: "SSE-04", Needs: needs, Judge: judgeFramedOnce}
)

func judgeJSON(set *record.Set) []checks.Verdict {
	return each(set, func(x *record.Exchange) (checks.Verdict, bool) {
		for _, e := range events(x.Events) {
			if whole(e) && !gjson.Valid(e.Data) && !sentinel.MatchString(e.Data) {
				return checks.Found("not-json", "JSON in each event, as the SDKs send it", "an event says "+reading.Quote(e.Data)), true
			}
		}
		return checks.Verdict{}, false
	}, counted("JSON in each of"))
}

func judgeFramedOnce(set *record.Set) []checks.Verdict {
	return each(set, func(x *record.Exchange) (checks.Verdict, bool) {
		for _, e := range events(x.Events) {
			if framedTwice(e) {
				return checks.Found("framed-twice", "the answer itself in each event",
					fmt.Sprintf("an event that holds an event: %s", reading.Quote(e.Data))), true
			}
		}
		return checks.Verdict{}, false
	}, counted("no event within one of"))
}

// framedTwice reports text that begins as an event does and ends as one does. An agent that talks about event streams
// may write "data:" too, but its sentence goes on.
func framedTwice(e record.Event) bool {
	text := e.Data
	if v := gjson.Parse(e.Data); v.Type == gjson.String {
		text = v.String()
	} else if rest, ok := strings.CutPrefix(text, "data:"); ok && gjson.Valid(strings.TrimSpace(rest)) {
		return true
	}
	begins := strings.HasPrefix(text, "data:") || strings.HasPrefix(text, "event:")
	return begins && whole(e) && strings.HasSuffix(text, "\n")
}

// counted is the pass that says over how many events a thing holds. Without events there is nothing to pass.
func counted(what string) func(*record.Exchange) checks.Verdict {
	return func(x *record.Exchange) checks.Verdict {
		if x.Events.Count == 0 {
			return checks.CannotTell("the stream had no events")
		}
		return checks.Passed("%s %d events", what, x.Events.Count)
	}
}
