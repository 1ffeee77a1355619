package checktest

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Alive is the state of a running process; Dead the same process after it exited with that code.
func Alive() record.State {
	return record.State{Running: true, StartedAt: "2026-11-20T10:00:00Z", PID: 7}
}

// Dead is the state of the same process after it exited with that code.
func Dead(code int) record.State {
	s := Alive()
	s.Running, s.ExitCode, s.PID = false, code, 0
	return s
}

// Other is another process in the same container.
func Other() record.State {
	s := Alive()
	s.StartedAt, s.RestartCount, s.PID = "2026-11-20T10:01:00Z", 1, 9
	return s
}

// Answer is a complete answer with that status and body; the type follows from the body.
func Answer(status int, body string) *record.Exchange {
	kind := "application/json"
	if strings.HasPrefix(body, "data:") {
		kind = "text/event-stream"
	}
	return Typed(status, kind, body)
}

// Typed is a complete answer with that status, content type and body.
func Typed(status int, kind, body string) *record.Exchange {
	x := &record.Exchange{
		ID: "test", Outcome: record.Answered, Took: 12,
		Request: record.Request{Method: "POST", Path: "/invocations", Host: "cell.example", Body: `{"prompt":"x"}`, BodySize: 14},
		Response: &record.Response{
			Status: status, Proto: "HTTP/1.1", Body: body, BodySize: int64(len(body)), ContentLength: int64(len(body)),
			Framing: "length", ValidUTF8: true, ValidJSON: strings.HasPrefix(body, "{") || strings.HasPrefix(body, `"`) || body == "null",
		},
	}
	if kind != "" {
		x.Response.Header = []record.Field{{Name: "Content-Type", Value: kind}}
	}
	return x
}

// OK is the happy answer.
func OK() *record.Exchange { return Answer(200, `{"result":"hello"}`) }

// Ended is an exchange that ended without a complete answer.
func Ended(o record.Outcome) *record.Exchange {
	return &record.Exchange{ID: "test", Outcome: o, Took: 30_000, Timeout: 30_000,
		Request: record.Request{Method: "POST", Path: "/invocations", Host: "cell.example"}}
}

// Get makes a health check's exchange of any other.
func Get(x *record.Exchange, path string) *record.Exchange {
	x.Request = record.Request{Method: "GET", Path: path, Host: "cell.example"}
	return x
}

// Calls is a working happy path, with the given variants beside it.
func Calls(variants map[record.Variant]*record.Exchange) *record.Calls {
	c := &record.Calls{
		Ladder: []record.Exchange{*OK()}, Worked: true, Prompt: true, Before: Alive(), After: Alive(), LogLines: 3,
		Variants: map[record.Variant]*record.Exchange{record.Platform: OK(), record.PlatformAgain: OK()},
	}
	for v, x := range variants {
		c.Variants[v] = x
	}
	return c
}

// NoModel is a happy path that reached the application and failed there, as agents without a model do.
func NoModel(status int) *record.Calls {
	x := Answer(status, `{"error":"no credentials"}`)
	return &record.Calls{
		Ladder: []record.Exchange{*x}, Prompt: true, Before: Alive(), After: Alive(),
		Variants: map[record.Variant]*record.Exchange{record.Platform: x, record.PlatformAgain: x, record.Localhost: x},
	}
}

// Ready is a boot that became ready after that many milliseconds.
func Ready(after record.Millis) *record.Boot {
	return &record.Boot{
		Epoch: 1_790_000_000, Ready: true, FirstListen: after / 2, ReadyAfter: after, Limit: 120_000, NativeLimit: 120_000,
		Last: Get(Answer(200, `{"status":"Healthy"}`), "/ping"), State: Alive(), Logs: record.Logs{Lines: []string{"up"}, TotalLines: 1},
		Listeners: []record.Listener{{Address: "0.0.0.0", Port: 8080}}, ListenersKnown: true,
	}
}

// Never is a boot that did not become ready for that cause.
func Never(cause record.NeverReady) *record.Boot {
	return &record.Boot{Epoch: 1_790_000_000, Limit: 120_000, NativeLimit: 120_000, Cause: cause, Detail: string(cause), State: Alive()}
}

// BadAnswer is a boot whose readiness probe was answered with that status.
func BadAnswer(status int) *record.Boot {
	b := Never(record.AnswersBadly)
	b.Last = Get(Answer(status, `{}`), "/ping")
	return b
}

// Ping is a good health check sent at that second, with that body.
func Ping(second float64, body string) record.Ping {
	return record.Ping{
		At: record.Millis(second * 1000), Took: 3, Outcome: record.Answered, Status: 200, Type: "application/json", Body: body,
		Unix: 1_790_000_000 + second,
	}
}

// Pings are good health checks every two seconds from the given one, all with the same body.
func Pings(from float64, n int, body string) []record.Ping {
	var out []record.Ping
	for i := range n {
		out = append(out, Ping(from+2*float64(i), body))
	}
	return out
}

// Body writes a health check's body.
func Body(status string, stamp any) string {
	if stamp == nil {
		return fmt.Sprintf(`{"status":%q}`, status)
	}
	return fmt.Sprintf(`{"status":%q,"time_of_last_update":%v}`, status, stamp)
}

// Stream is a streamed answer of those event data, one every gap milliseconds after the first.
func Stream(first, gap record.Millis, data ...string) *record.Exchange {
	x := Typed(200, "text/event-stream", "data: …\n\n")
	x.Response.ContentLength, x.Response.Framing, x.Response.ValidJSON = -1, "chunked", false
	x.Events = &record.EventStream{Count: len(data)}
	at := first
	for _, d := range data {
		x.Events.Events = append(x.Events.Events, record.Event{Data: d, After: at, Lines: 1, Size: int64(len(d))})
		x.Events.LargestEvent = max(x.Events.LargestEvent, int64(len(d)))
		at += gap
	}
	x.Took = at
	return x
}
