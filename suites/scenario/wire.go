package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// Wire plays what a proxy before the agent may do and no ordinary call does: connections that are used again, chunks, large
// and odd header fields, text of every width, callers who read slowly. It ends early when the process does. The connection
// at rest is looked at first; nil, or one of another process, says nothing.
func Wire(ctx context.Context, s *Stage, resting *Resting) (*record.Wire, error) {
	before, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	out := &record.Wire{Before: before}
	for _, part := range []struct {
		name string
		play func() record.Exchange
	}{
		{"an idle connection", func() record.Exchange { return s.wake(ctx, resting, out) }},
		{"a connection used again", func() record.Exchange { return s.oneLine(ctx, out) }},
		{"a chunked request", func() record.Exchange { return s.chunked(ctx, out) }},
		{"large header fields", func() record.Exchange { return s.largeFields(ctx, out) }},
		{"odd header fields", func() record.Exchange { return s.oddFields(ctx, out) }},
		{"text beyond ASCII", func() record.Exchange { return s.texts(ctx, out) }},
		{"a caller who reads slowly", func() record.Exchange { return s.slowReaders(ctx, out) }},
	} {
		out.Last = part.name
		if last := part.play(); !last.Reached() && gone(ctx, s, last) {
			out.After, err = s.stateAfter(ctx, last)
			return out, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	out.After, err = s.State(ctx)
	return out, err
}

// chunked sends the happy path in the smallest chunks, with a rest in the middle, and once more in a single one where that
// is not served.
func (s *Stage) chunked(ctx context.Context, out *record.Wire) (x record.Exchange) {
	for _, c := range []struct {
		size int
		rest time.Duration
	}{{1, 50 * time.Millisecond}, {0, 0}} {
		marker := platform.NewMarker()
		var a wire.Answer
		x, a = s.happyWith(ctx, "wire/chunked", marker, func(q *wire.Request) { q.Chunked, q.ChunkSize, q.Pause = true, c.size, c.rest })
		own := strings.Contains(lower(a.Text), marker)
		out.Chunked = append(out.Chunked, record.ChunkedCall{Size: c.size, Call: x, Own: own})
		if x.OK() || ctx.Err() != nil || !x.Reached() && gone(ctx, s, x) {
			break
		}
	}
	return x
}

// happyWith sends the happy path on a session of its own with a change that some servers may not take.
func (s *Stage) happyWith(ctx context.Context, what, marker string, change func(*wire.Request)) (record.Exchange, wire.Answer) {
	sid := platform.NewSessionID()
	return s.invoke(ctx, invocation{
		what: what, session: sid, accept: acceptStream, body: s.Payload.body(sid, marker), timeout: s.oddPatience(), change: change,
	})
}

// withFields sends the happy path with further header fields.
func (s *Stage) withFields(ctx context.Context, what string, fields []record.Field) record.Exchange {
	x, _ := s.happyWith(ctx, what, platform.NewMarker(), func(q *wire.Request) { q.Header = append(q.Header, fields...) })
	return x
}

// customField names a custom field; its value has at most customSize characters, and a call at most mostCustom of them
// (LIM-11).
const (
	customField = "x-amzn-bedrock-agentcore-runtime-custom-"
	customSize  = 4096
	mostCustom  = 20
)

// largeSteps are how many custom fields of full size are sent: all that the platform lets through, what most servers take
// by default, and one.
var largeSteps = []int{mostCustom, 3, 1}

// largeFields sends header blocks from the largest down, until one is served.
func (s *Stage) largeFields(ctx context.Context, out *record.Wire) (x record.Exchange) {
	for _, n := range largeSteps {
		var fields []record.Field
		for i := range n {
			fields = append(fields, record.Field{Name: fmt.Sprintf("%slarge-%02d", customField, i+1), Value: strings.Repeat("a1B2", customSize/4)})
		}
		x = s.withFields(ctx, "wire/large-fields", fields)
		x.Request.Header = nil // tens of kilobytes that say nothing
		out.Large = append(out.Large, record.LargeFields{Fields: n, Bytes: n * customSize, Call: x})
		if x.OK() || ctx.Err() != nil || !x.Reached() && gone(ctx, s, x) {
			break
		}
	}
	return x
}

// oddFields are legal by RFC 9110 section 5.5 and by the API's names for custom fields; obs-text is UTF-8 as callers send it.
func oddFields() []struct {
	name   string
	fields []record.Field
} {
	field := func(name, value string) record.Field { return record.Field{Name: customField + name, Value: value} }
	return []struct {
		name   string
		fields []record.Field
	}{
		{"empty", []record.Field{field("empty", "")}},
		{"repeated", []record.Field{field("repeated", "one"), field("repeated", "two")}},
		{"long-name", []record.Field{field(strings.Repeat("n", 256-len(customField)), "1")}},
		{"punctuation", []record.Field{field("punctuation", "\"a, b\";\tc='d' %zz {{e}} <f>")}},
		{"obs-text", []record.Field{field("obs-text", "grüße 🙂")}},
	}
}

// oddFields sends all odd fields in one call, and where that is not served each in one of its own.
func (s *Stage) oddFields(ctx context.Context, out *record.Wire) record.Exchange {
	send := func(name string, fields []record.Field) record.Exchange {
		x := s.withFields(ctx, "wire/odd-fields", fields)
		out.Odd = append(out.Odd, record.OddField{Name: name, Call: x})
		return x
	}
	var all []record.Field
	for _, o := range oddFields() {
		all = append(all, o.fields...)
	}
	x := send("all", all)
	if x.OK() {
		return x
	}
	for _, o := range oddFields() {
		if ctx.Err() != nil || !x.Reached() && gone(ctx, s, x) {
			break
		}
		x = send(o.name, o.fields)
	}
	return x
}
