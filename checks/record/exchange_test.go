package record

import (
	"strings"
	"testing"
)

// answered is an exchange with that outcome and status.
func answered(o Outcome, status int) *Exchange {
	return &Exchange{Outcome: o, Response: &Response{Status: status}}
}

func TestExchangeByOutcomeAndStatus(t *testing.T) {
	cases := []struct {
		name                 string
		x                    *Exchange
		ok, refusal, reached bool
	}{
		{"none", nil, false, false, false},
		{"no answer", &Exchange{Outcome: TimedOut}, false, false, false},
		{"nothing sent", &Exchange{Outcome: Unsent}, false, false, false},
		{"101", answered(Answered, 101), false, false, true},
		{"199", answered(Answered, 199), false, false, true},
		{"200", answered(Answered, 200), true, false, true},
		{"299", answered(Answered, 299), true, false, true},
		{"300", answered(Answered, 300), false, false, true},
		{"399", answered(Answered, 399), false, false, true},
		{"400", answered(Answered, 400), false, true, true},
		{"499", answered(Answered, 499), false, true, true},
		{"500", answered(Answered, 500), false, false, true},
		{"200 that breaks off", answered(Truncated, 200), false, false, true},
		{"404 that breaks off", answered(Truncated, 404), false, false, true},
	}
	for _, c := range cases {
		if c.x.OK() != c.ok || c.x.Refusal() != c.refusal || c.x.Reached() != c.reached {
			t.Errorf("%s: ok %v, refusal %v, reached %v", c.name, c.x.OK(), c.x.Refusal(), c.x.Reached())
		}
	}
	if s := (*Exchange)(nil).Status(); s != 0 {
		t.Errorf("what was not sent has status %d", s)
	}
	if s := (&Exchange{}).Status(); s != 0 {
		t.Errorf("what was not answered has status %d", s)
	}
}

func TestHeaderValue(t *testing.T) {
	x := answered(Answered, 200)
	x.Response.Header = []Field{{Name: "Content-Type", Value: "a"}, {Name: "content-type", Value: "b"}}
	if got := x.HeaderValue("CONTENT-TYPE"); got != "a" {
		t.Errorf("the first of the name counts, in any case: got %q", got)
	}
	if x.HeaderValue("x") != "" || (*Exchange)(nil).HeaderValue("x") != "" || (&Exchange{}).HeaderValue("x") != "" {
		t.Error("a field that is not there has no value")
	}
}

func TestPingOK(t *testing.T) {
	for _, c := range []struct {
		p    Ping
		want bool
	}{
		{Ping{Outcome: Answered, Status: 200}, true}, {Ping{Outcome: Answered, Status: 199}, false}, {Ping{Outcome: Answered, Status: 201}, false},
		{Ping{Outcome: Truncated, Status: 200}, false},
	} {
		if c.p.OK() != c.want {
			t.Errorf("%s with %d: %v", c.p.Outcome, c.p.Status, c.p.OK())
		}
	}
}

func TestHappyPath(t *testing.T) {
	ok, bad := answered(Answered, 200), answered(Answered, 403)
	other := answered(Answered, 200)
	cases := []struct {
		name     string
		variants map[Variant]*Exchange
		want     *Exchange
	}{
		{"none", nil, nil},
		{"the platform's", map[Variant]*Exchange{Platform: ok, Localhost: other, Rich: other}, ok},
		{"refused, served with localhost", map[Variant]*Exchange{Platform: bad, Localhost: ok, Rich: other}, ok},
		{"refused, served with more fields", map[Variant]*Exchange{Platform: bad, Rich: ok}, ok},
		{"refused either way", map[Variant]*Exchange{Platform: bad, Localhost: answered(Answered, 403)}, bad},
		{"only localhost was sent", map[Variant]*Exchange{Localhost: bad}, bad},
	}
	for _, c := range cases {
		if got := (&Calls{Variants: c.variants}).Happy(); got != c.want {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

func TestEventsDuring(t *testing.T) {
	// The call began at 1000, the model was asked at 1100 and spoke from 1150 to 1300: 150 to 300 after the call's begin.
	x := &Exchange{At: 1000, Events: &EventStream{
		Events: []Event{{After: 149}, {After: 150}, {After: 151}}, Tail: []Event{{After: 299}, {After: 300}, {After: 301}},
	}}
	q := &ModelRequest{At: 1100, FirstToken: 50, LastToken: 200, Stream: true}
	if got := x.EventsDuring(q); got != 2 {
		t.Errorf("got %d events, want those between the first token and the last", got)
	}
	if got := (&Exchange{}).EventsDuring(q); got != 0 {
		t.Errorf("an answer in one piece has %d events", got)
	}
	if !q.Spoke() || (&ModelRequest{FirstToken: 50, LastToken: 200}).Spoke() || (&ModelRequest{Stream: true, FirstToken: 50, LastToken: 50}).Spoke() {
		t.Error("a model spoke when it streamed more than one token")
	}
}

func TestOneProcess(t *testing.T) {
	s := State{Running: true, StartedAt: "a", RestartCount: 1, PID: 7}
	if !s.Same(s) {
		t.Error("a process is itself")
	}
	for name, change := range map[string]func(*State){
		"ended": func(o *State) { o.Running = false }, "started at another time": func(o *State) { o.StartedAt = "b" },
		"restarted": func(o *State) { o.RestartCount = 2 }, "another process": func(o *State) { o.PID = 8 },
	} {
		o := s
		change(&o)
		if s.Same(o) || o.Same(s) {
			t.Errorf("%s: taken for the same", name)
		}
	}
}

func TestLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.53": true, "127.": true, "::1": true, "0.0.0.0": false, "::": false, "": false, "127": false, "10.127.0.1": false, "1270": false,
	} {
		if got := (Listener{Address: address}).Loopback(); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}

func TestCurl(t *testing.T) {
	call := Request{
		Method: "POST", Path: "/invocations", Host: "h", Body: "it's\n\\", BodySize: 6,
		Header: []Field{{Name: "Content-Type", Value: "application/json"}, {Name: "User-Agent", Value: "u"}},
	}
	line := (&Exchange{Request: call}).Curl("http://b")
	for _, want := range []string{`--data-binary $'it\'s\x0a\\'`, "User-Agent: u", "http://b/invocations"} {
		if !strings.Contains(line, want) {
			t.Errorf("%s is not in %s", want, line)
		}
	}
	if strings.Contains(line, "'content-type:'") {
		t.Errorf("the type that was sent is taken away: %s", line)
	}
	call.Header, call.Body, call.BodySize = nil, "{}", 2
	line = (&Exchange{Request: call}).Curl("http://b")
	for _, want := range []string{"-H 'content-type:'", "--data-binary '{}'"} {
		if !strings.Contains(line, want) {
			t.Errorf("what curl adds by itself must be taken away: %s is not in %s", want, line)
		}
	}
	call.BodySize = 3
	if line = (&Exchange{Request: call}).Curl("http://b"); !strings.Contains(line, "@body") {
		t.Errorf("a body that was not kept whole stands in a file: %s", line)
	}
}

// TestCurlSendsNothingElse: what curl or bash would read in a way of their own is spelt so that they do not.
func TestCurlSendsNothingElse(t *testing.T) {
	for _, tt := range []struct {
		call Request
		want string
	}{
		{Request{Method: "POST", Body: "@/etc/hostname", BodySize: 14}, "--data-raw '@/etc/hostname'"},
		{Request{Method: "POST", Body: "\xff{", BodySize: 2}, `--data-binary $'\xff{'`},
		{Request{Method: "GET; id"}, "-X 'GET; id'"},
		{Request{Method: "GET", Path: "/a[1-9]"}, "--globoff --path-as-is"},
		{Request{Method: "GET", Path: "/../a"}, "--globoff --path-as-is"},
		{Request{Method: "GET", Header: []Field{{"x-empty", ""}}}, "-H 'x-empty;'"},
		{Request{Method: "GET", Header: []Field{{"x", "\u202eb"}}}, `-H $'x: \xe2\x80\xaeb'`},
		{Request{Method: "POST", Body: "a\x00", BodySize: 2}, "# not expressible with curl: the body holds NUL"},
		{Request{Method: "POST", Raw: []byte("G")}, "# not expressible with curl: raw bytes"},
		{Request{Method: "GET"}, "-X GET -H 'user-agent:' -H 'accept:' 'http://b'"},
		{Request{}, "-X '' "},
		{Request{Method: "G3T", Host: "h", Header: []Field{{"Accept", "a"}}}, "-X G3T -H 'host: h' -H 'Accept: a' -H 'user-agent:' 'http://b'"},
		{Request{Method: "\u0080"}, `-X $'\xc2\x80'`},
		{Request{Method: "G\u00c9T"}, "-X 'G\u00c9T'"},
		{Request{Method: "POST", Body: "##[error]", BodySize: 9}, `--data-binary $'\x23\x23[error]'`},
		{Request{Method: "POST", Body: "##\ufffd\xff", BodySize: 6}, `$'\x23\x23` + "\ufffd" + `\xff'`},
	} {
		if line := (&Exchange{Request: tt.call}).Curl("http://b"); !strings.Contains(line, tt.want) {
			t.Errorf("%s is not in %s", tt.want, line)
		}
	}
	if line := (&Exchange{Request: Request{Method: "GET", Path: "/it's"}}).CurlTo(`"$base"`); !strings.HasSuffix(line, ` "$base"'/it'\''s'`) {
		t.Error(line)
	}
}

// Of an event that the record keeps the beginning of, only one that begins as errors do is taken for one.
func TestCutEventsAreNoErrorsByThemselves(t *testing.T) {
	for data, want := range map[string]bool{
		`{"error":"boom`: true, `{ "error" : "boom`: true, `{"text":"all is well`: false, `{"errors":"none`: false, `{"error":null,"text":"`: false,
	} {
		_, bad := ErrorInStream(&EventStream{Count: 1, Events: []Event{{Data: data, Size: 9000}}})
		if bad != want {
			t.Errorf("%s…: taken for an error: %v", data, bad)
		}
		if _, bad = ErrorInStream(&EventStream{Count: 1, Events: []Event{{Data: data, Size: int64(len(data))}}}); bad {
			t.Errorf("%s: whole, and taken for an error", data)
		}
	}
}
