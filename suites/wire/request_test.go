package wire

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// overheard returns what a server receives of a request until the caller closes.
func overheard(t *testing.T, r Request) (string, record.Exchange) {
	t.Helper()
	got := make(chan string, 1)
	x, _ := do(t, serve(t, func(c net.Conn) {
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		all, _ := io.ReadAll(&answerAfter{c: c, size: len(r.head()) + len(r.payload())})
		got <- string(all)
	}), r)
	return <-got, x
}

// answerAfter answers once size bytes were read.
type answerAfter struct {
	c    net.Conn
	size int
}

func (a *answerAfter) Read(p []byte) (int, error) {
	n, err := a.c.Read(p)
	if a.size -= n; n > 0 && a.size <= 0 {
		_, _ = io.WriteString(a.c, "HTTP/1.1 204 No Content\r\n\r\n")
	}
	return n, err
}

func TestRequestsAreSentToTheByte(t *testing.T) {
	field := func(name, value string) record.Field { return record.Field{Name: name, Value: value} }
	tests := []struct {
		name string
		r    Request
		want string
	}{
		{
			"the platform's place for the length",
			Request{Method: "POST", Path: "/invocations", Host: "cell01", Body: []byte("{}"),
				Header: []record.Field{field("content-type", "application/json"), field("x-amzn-requestid", "1")}},
			"POST /invocations HTTP/1.1\r\nhost: cell01\r\ncontent-type: application/json\r\ncontent-length: 2\r\nx-amzn-requestid: 1\r\n\r\n{}",
		},
		{
			"names as spelled, nothing added",
			Request{Method: "GET", Path: "/ping", Host: "cell01", Header: []record.Field{field("X-MiXed", "1")}},
			"GET /ping HTTP/1.1\r\nhost: cell01\r\nX-MiXed: 1\r\n\r\n",
		},
		{
			"an empty body has a length too",
			Request{Method: "POST", Path: "/", Host: "h"},
			"POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n",
		},
		{
			"a length of one's own, and no host",
			Request{Method: "POST", Path: "/", Body: []byte("{}"), Header: []record.Field{field("Content-Length", "9")}},
			"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}",
		},
		{
			"chunked",
			Request{Method: "POST", Path: "/", Host: "h", Body: []byte("{}"), Chunked: true},
			"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Timeout = time.Minute
			got, x := overheard(t, tt.r)
			if got != tt.want || x.Outcome != record.Answered {
				t.Errorf("%s, sent\n%q\nwant\n%q", x.Outcome, got, tt.want)
			}
		})
	}
}

func TestRawBytesAreSentAsTheyAre(t *testing.T) {
	const raw = "GET /ping HTTP/1.1\r\nbroken\r\n\r\n"
	got := make(chan string, 1)
	x, _ := do(t, serve(t, func(c net.Conn) {
		buf := make([]byte, len(raw))
		_, _ = io.ReadFull(c, buf)
		got <- string(buf)
		_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
	}), Request{Raw: []byte(raw), Method: "ignored", Timeout: time.Minute})
	if s := <-got; s != raw || x.Status() != 400 || string(x.Request.Raw) != raw || x.Request.Method != "" {
		t.Errorf("sent %q, recorded %+v, got %d", s, x.Request, x.Status())
	}
}

func TestTheRecordOfARequestIsBounded(t *testing.T) {
	r := invocation(strings.Repeat("x", 1<<20))
	r.Session, r.MaxKeep = "s", 100
	x, _ := do(t, answering(t, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("y", 1000)), r)
	if len(x.Request.Body) != 100 || x.Request.BodySize != 1<<20 || x.Session != "s" || x.ID != "test" {
		t.Errorf("kept %d of %d bytes, session %q, id %q", len(x.Request.Body), x.Request.BodySize, x.Session, x.ID)
	}
	if len(x.Response.Body) != 100 || x.Response.BodySize != 1000 {
		t.Errorf("kept %d of %d bytes of the answer", len(x.Response.Body), x.Response.BodySize)
	}
	if v := record.FieldValue(x.Request.Header, "content-length"); v != "1048576" {
		t.Errorf("the length that was sent is recorded as %q", v)
	}
}

// TestLeaving has a server that reports how much of the request it got before the caller was gone.
func TestLeaving(t *testing.T) {
	const stream = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n: hello\n\ndata: 1\n\n"
	const soon = 10 * time.Millisecond
	tests := []struct {
		leave  Leave
		after  time.Duration
		answer string
		body   int
		events int
	}{
		{LeaveAfterHead, soon, "", 0, 0},
		{LeaveMidBody, soon, "", 500, 0},
		{LeaveBeforeAnswer, soon, "", 1000, 0},
		{LeaveBeforeAnswer, 0, "", 1000, 0},
		{LeaveAfterFirstEvent, soon, stream, 1000, 1},
	}
	for _, tt := range tests {
		seen := make(chan int, 1)
		dial := serve(t, func(c net.Conn) {
			_, body, err := readRequest(bufio.NewReader(c))
			if err == nil {
				_, _ = io.WriteString(c, tt.answer)
				_, _ = io.Copy(io.Discard, c)
			}
			seen <- len(strings.TrimRight(body, "\x00"))
		})
		r := invocation(strings.Repeat("x", 1000))
		r.Leave, r.LeaveAfter = tt.leave, tt.after
		x, _ := do(t, dial, r)
		if x.Outcome != record.Abandoned || x.Error == "" {
			t.Errorf("leave %d: %s: %s", tt.leave, x.Outcome, x.Error)
		}
		if n := <-seen; n != tt.body {
			t.Errorf("leave %d: the server got %d body bytes, want %d", tt.leave, n, tt.body)
		}
		if tt.events > 0 && (x.Events == nil || x.Events.Count != tt.events) {
			t.Errorf("leave %d: events %+v", tt.leave, x.Events)
		}
	}
}

func TestAnAnswerBeforeTheTimeToLeaveCounts(t *testing.T) {
	r := invocation("{}")
	r.Leave, r.LeaveAfter = LeaveBeforeAnswer, time.Minute
	if x, _ := do(t, holding(t, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), r); x.Outcome != record.Answered {
		t.Errorf("got %s: %s", x.Outcome, x.Error)
	}
	r.Leave = LeaveAfterFirstEvent
	if x, _ := do(t, holding(t, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"), r); x.Outcome != record.Answered {
		t.Errorf("got %s: %s", x.Outcome, x.Error)
	}
}

func TestActivityCountsInvocations(t *testing.T) {
	var seen Activity
	during := make(chan int, 1)
	dial := serve(t, func(c net.Conn) {
		_, _, _ = readRequest(bufio.NewReader(c))
		during <- seen.InFlight()
		_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
	})
	c := New(dial, time.Now())
	c.Activity = &seen
	for i, method := range []string{"POST", "GET", "POST"} {
		r := invocation("{}")
		r.Method = method
		c.Do(t.Context(), r)
		if n, want := <-during, 1-i%2; n != want {
			t.Errorf("%d in flight during the %s, want %d", n, method, want)
		}
	}
	if seen.InFlight() != 0 || seen.Count() != 2 {
		t.Errorf("%d in flight and %d begun, want 0 and 2", seen.InFlight(), seen.Count())
	}
}
