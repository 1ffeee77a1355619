package sse

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// streaming is a working agent whose stream is given; it answers JSON as well.
func streaming(x *record.Exchange) *record.Set {
	return &record.Set{Calls: checktest.Calls(nil), Stream: &record.Stream{Call: x, Asked: "accept", JSONAnswers: true}}
}

// jsonOnly is a working agent that never streamed.
func jsonOnly() *record.Set {
	return &record.Set{Calls: checktest.Calls(nil), Stream: &record.Stream{Asked: "accept", JSONAnswers: true}}
}

// silent is an agent that answers nothing but errors for want of a model.
func silent() *record.Set {
	return &record.Set{Calls: checktest.NoModel(500), Stream: &record.Stream{Asked: "accept"}}
}

// failing is an agent without a model whose every stream holds an error, as Strands on the TypeScript SDK does.
func failing() *record.Set {
	x := errorStream()
	set := &record.Set{Calls: checktest.NoModel(500), Stream: &record.Stream{Call: x, Asked: "accept"}}
	set.Calls.Variants[record.Platform] = x
	return set
}

func errorStream() *record.Exchange {
	x := checktest.Stream(500, 0, `{"message":"Could not load credentials"}`)
	x.Events.Events[0].Type = "error"
	return x
}

// good is a stream of four events in a second.
func good() *record.Exchange {
	return body(checktest.Stream(250, 250, `"Hel"`, `"lo"`, `" the"`, `"re"`), "data: \"Hel\"\n\ndata: \"lo\"\n\ndata: \" the\"\n\ndata: \"re\"\n\n")
}

// body sets the bytes of a stream.
func body(x *record.Exchange, text string) *record.Exchange {
	x.Response.Body, x.Response.BodySize = text, int64(len(text))
	return x
}

// bytesOnly is a stream of those bytes in which nothing was dispatched.
func bytesOnly(text, undispatched string) *record.Exchange {
	x := body(checktest.Stream(10, 10), text)
	x.Events.Undispatched = undispatched
	return x
}

// change edits a value in place: tables stay one line a case.
func change[T any](v *T, f func(*T)) *T {
	f(v)
	return v
}
