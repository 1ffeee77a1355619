package scenario

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// TestLasting: work is only asked for in a form that the agent was seen to answer in, and with something that makes it last.
func TestLasting(t *testing.T) {
	body := func(text string) *platform.Template {
		out, err := platform.ParseTemplate(text)
		if err != nil {
			t.Fatal(err)
		}
		return &out
	}
	plain, timed, stream := body(`{"prompt":{{prompt}}}`), body(`{"ms":{{milliseconds}}}`), body(`{"stream":true}`)
	json := map[record.Work]string{record.WorkCall: acceptStream}
	both := map[record.Work]string{record.WorkCall: "application/json", record.WorkStream: acceptStream}
	for _, tt := range []struct {
		name         string
		p            Payload
		call, stream *platform.Template
		how          string
	}{
		{"nothing makes it last", Payload{Template: *plain, accepts: both}, nil, nil, ""},
		{"a slow body without a time", Payload{Slow: plain, accepts: both}, nil, nil, ""},
		{"a slow body", Payload{Slow: timed, accepts: both}, timed, timed, acceptStream},
		{"a slow body, JSON alone", Payload{Slow: timed, accepts: json}, timed, nil, ""},
		{"a slow body, and a stream that ends as it likes", Payload{Slow: timed, Stream: stream, accepts: json}, timed, nil, ""},
		{"a stream that takes a time", Payload{Stream: timed, accepts: json}, nil, timed, acceptStream},
		{"a slow model behind a declared stream", Payload{AsksModel: true, Stream: stream}, nil, stream, acceptStream},
		{"no form was seen", Payload{Slow: timed, AsksModel: true}, nil, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			call, _ := tt.p.lasting(record.WorkCall)
			streamed, how := tt.p.lasting(record.WorkStream)
			if call != tt.call || streamed != tt.stream || how != tt.how {
				t.Errorf("call %v, stream %v with %q", call, streamed, how)
			}
			for w, body := range map[record.Work]*platform.Template{record.WorkCall: call, record.WorkStream: streamed} {
				if why := tt.p.CannotLast(w); (why == "") != (body != nil) {
					t.Errorf("%s: %q", w, why)
				}
			}
		})
	}
	asking := Payload{Template: *plain, AsksModel: true, accepts: both}
	if call, accept := asking.lasting(record.WorkCall); call == nil || accept != "application/json" {
		t.Errorf("a slow model: %v with %q", call, accept)
	}
}

// TestAcceptsOf takes the form that came, whatever was asked for.
func TestAcceptsOf(t *testing.T) {
	answer := func(streamed bool) *record.Exchange {
		x := &record.Exchange{Outcome: record.Answered, Response: &record.Response{Status: 200}}
		if streamed {
			x.Events = &record.EventStream{}
		}
		return x
	}
	got := acceptsOf(&record.Calls{Variants: map[record.Variant]*record.Exchange{
		record.Platform: answer(true), record.AcceptSSE: answer(true), record.AcceptJSON: answer(false),
	}})
	if len(got) != 2 || got[record.WorkStream] != acceptStream || got[record.WorkCall] != "application/json" {
		t.Errorf("%q", got)
	}
	got = acceptsOf(&record.Calls{Variants: map[record.Variant]*record.Exchange{record.Platform: answer(false), record.AcceptSSE: answer(false)}})
	if len(got) != 1 || got[record.WorkCall] != acceptStream {
		t.Errorf("JSON alone: %q", got)
	}
}
