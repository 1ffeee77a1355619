package wire

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const (
	jsonHead = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
	tooLong  = 90 << 10
)

// answers are all the ways in which an answer can be framed, and broken, that do not depend on time. Servers that hold
// the connection prove that the reader trusts the framing instead of waiting for the end.
var answers = []struct {
	name, answer string
	hold         bool
	method       string
	outcome      record.Outcome
	status       int
	framing      string
	body         string
	errorHas     string
}{
	{"length", jsonHead + "content-length: 4\r\n\r\nnull", true, "POST", record.Answered, 200, "length", "null", ""},
	{"length zero", "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", true, "POST", record.Answered, 202, "length", "", ""},
	{"same length twice", jsonHead + "content-length: 4\r\ncontent-length: 4\r\n\r\nnull", true, "POST", record.Answered, 200, "length", "null", ""},
	{"chunked", jsonHead + "transfer-encoding: chunked\r\n\r\n2;x=y\r\nnu\r\n2 \r\nll\r\n0\r\n\r\n", true, "POST", record.Answered, 200, "chunked", "null", ""},
	{"chunked with trailers", jsonHead + "Transfer-Encoding: Chunked\r\n\r\n4\r\nnull\r\n0\r\nx-sum: 1\r\n\r\n", true, "POST", record.Answered, 200, "chunked", "null", ""},
	{"chunked wins over length", jsonHead + "content-length: 9\r\ntransfer-encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\r\n", true, "POST", record.Answered, 200, "chunked", "null", ""},
	{"close", jsonHead + "\r\nnull", false, "POST", record.Answered, 200, "close", "null", ""},
	{"HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\nnull", false, "POST", record.Answered, 200, "close", "null", ""},
	{"HTTP/1.0 with length", "HTTP/1.0 200 OK\r\ncontent-length: 4\r\n\r\nnull", true, "POST", record.Answered, 200, "length", "null", ""},
	{"no reason", "HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n", true, "POST", record.Answered, 404, "length", "", ""},
	{"bare LF", "HTTP/1.1 200 OK\ncontent-length: 4\n\nnull", true, "POST", record.Answered, 200, "length", "null", ""},
	{"folded field", "HTTP/1.1 200 OK\r\nx-long: a\r\n  b\r\ncontent-length: 4\r\n\r\nnull", true, "POST", record.Answered, 200, "length", "null", ""},
	{"interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + jsonHead + "content-length: 4\r\n\r\nnull", true, "POST", record.Answered, 200, "length", "null", ""},
	{"no content", "HTTP/1.1 204 No Content\r\n\r\n", true, "POST", record.Answered, 204, "none", "", ""},
	{"not modified declares a length", "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", true, "GET", record.Answered, 304, "none", "", ""},
	{"head declares a length", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", true, "HEAD", record.Answered, 200, "none", "", ""},
	{"farewell after the end", jsonHead + "content-length: 4\r\n\r\nnullHTTP/1.1 408 Request Timeout\r\n\r\n", true, "POST", record.Answered, 200, "length", "null", ""},
	{"empty lines after the end", jsonHead + "content-length: 4\r\n\r\nnull\r\n", true, "POST", record.Answered, 200, "length", "null", ""},
	{"switching protocols unasked", "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x00", true, "GET", record.Garbled, 0, "", "", "101"},

	{"shorter than declared", jsonHead + "content-length: 9\r\n\r\nnull", false, "POST", record.Truncated, 200, "length", "null", "closed the connection"},
	{"longer than declared", jsonHead + "content-length: 2\r\n\r\nnull", true, "POST", record.Truncated, 200, "length", "nu", `"ll"`},
	{"stream cut by its length", "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 0\r\n\r\ndata: 1\n\n", true, "POST", record.Truncated, 200, "length", "", "data: 1"},
	{"body on 204", "HTTP/1.1 204 No Content\r\n\r\nnull", true, "POST", record.Truncated, 204, "none", "", "null"},
	{"no final chunk", jsonHead + "transfer-encoding: chunked\r\n\r\n4\r\nnull\r\n", false, "POST", record.Truncated, 200, "chunked", "null", "closed the connection"},
	{"no end of trailers", jsonHead + "transfer-encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n", false, "POST", record.Truncated, 200, "chunked", "null", "closed the connection"},
	{"chunk without a size", jsonHead + "transfer-encoding: chunked\r\n\r\nnull", false, "POST", record.Truncated, 200, "chunked", "", "closed the connection"},
	{"chunk size is no number", jsonHead + "transfer-encoding: chunked\r\n\r\nzz\r\nnull\r\n", true, "POST", record.Truncated, 200, "chunked", "", `"zz"`},
	{"negative chunk", jsonHead + "transfer-encoding: chunked\r\n\r\n-1\r\n", true, "POST", record.Truncated, 200, "chunked", "", `"-1"`},
	{"chunk longer than its size", jsonHead + "transfer-encoding: chunked\r\n\r\n2\r\nnull\r\n0\r\n\r\n", true, "POST", record.Truncated, 200, "chunked", "nu", "longer than its size"},
	{"endless chunk line", jsonHead + "transfer-encoding: chunked\r\n\r\n2;" + strings.Repeat("x", tooLong), true, "POST", record.Truncated, 200, "chunked", "", "too long"},
	{"endless trailers", jsonHead + "transfer-encoding: chunked\r\n\r\n0\r\nx: " + strings.Repeat("x", tooLong), true, "POST", record.Truncated, 200, "chunked", "", "too long"},
	{"chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\r\n", true, "POST", record.Truncated, 200, "chunked", "null", "HTTP/1.0"},
	{"bytes after the last chunk", jsonHead + "transfer-encoding: chunked\r\n\r\n0\r\n\r\nnull", true, "POST", record.Truncated, 200, "chunked", "", "null"},

	{"nothing", "", false, "POST", record.Reset, 0, "", "", "nothing had arrived"},
	{"half a status line", "HTTP/1.1 20", false, "POST", record.Reset, 0, "", "", "unfinished response head"},
	{"half a head", "HTTP/1.1 200 OK\r\ncontent-", false, "POST", record.Reset, 0, "", "", "unfinished response head"},

	{"another protocol", "SSH-2.0-OpenSSH_9.2\r\n", true, "POST", record.Garbled, 0, "", "", "SSH-2.0"},
	{"no line end", "hello", true, "POST", record.Garbled, 0, "", "", "hello"},
	{"binary", "\x15\x03\x01\x00\x02\x02\x46", true, "POST", record.Garbled, 0, "", "", `\x15\x03`},
	{"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", true, "POST", record.Garbled, 0, "", "", "HTTP/2.0"},
	{"status is no number", "HTTP/1.1 OK\r\n\r\n", true, "POST", record.Garbled, 0, "", "", "status line"},
	{"field without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", true, "POST", record.Garbled, 0, "", "", "nonsense"},
	{"space in a field name", "HTTP/1.1 200 OK\r\nbad name: 1\r\n\r\n", true, "POST", record.Garbled, 0, "", "", "bad name"},
	{"fold before a field", "HTTP/1.1 200 OK\r\n x: 1\r\n\r\n", true, "POST", record.Garbled, 0, "", "", "continuation"},
	{"two lengths", jsonHead + "content-length: 4\r\ncontent-length: 5\r\n\r\nnull", true, "POST", record.Garbled, 0, "", "", "not one number"},
	{"length is no number", jsonHead + "content-length: -1\r\n\r\n", true, "POST", record.Garbled, 0, "", "", "not one number"},
	{"endless head", "HTTP/1.1 200 OK\r\nx: " + strings.Repeat("x", tooLong), true, "POST", record.Garbled, 0, "", "", "too long"},
	{"endless interim answers", strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 40), true, "POST", record.Garbled, 0, "", "", "interim"},
}

func TestAnswers(t *testing.T) {
	for _, tt := range answers {
		t.Run(tt.name, func(t *testing.T) {
			server := answering
			if tt.hold {
				server = holding
			}
			r := invocation("{}")
			r.Method = tt.method
			x, a := do(t, server(t, tt.answer), r)
			if x.Outcome != tt.outcome || x.Status() != tt.status || string(a.Body) != tt.body {
				t.Fatalf("got %s %d %q (%s), want %s %d %q", x.Outcome, x.Status(), a.Body, x.Error, tt.outcome, tt.status, tt.body)
			}
			if x.Response != nil && (x.Response.Framing != tt.framing || x.Response.BodySize != int64(len(tt.body))) {
				t.Errorf("framing %q with %d bytes, want %q with %d", x.Response.Framing, x.Response.BodySize, tt.framing, len(tt.body))
			}
			if (x.Error == "") != (tt.outcome == record.Answered) || !strings.Contains(x.Error, tt.errorHas) {
				t.Errorf("error %q, want one with %q", x.Error, tt.errorHas)
			}
			if strings.ContainsAny(x.Error, "\r\n\x00\x15") {
				t.Errorf("error %q is not one harmless line", x.Error)
			}
		})
	}
}

func TestGarbledErrorShowsTheFirstBytesOnly(t *testing.T) {
	x, _ := do(t, holding(t, "hello "+strings.Repeat("\x00", 4000)), invocation("{}"))
	if n := strings.Count(x.Error, `\x00`); n == 0 || n > garbledSample {
		t.Errorf("%d NUL bytes shown in %q", n, x.Error)
	}
}

func TestHeaderIsRecordedAsItWasWithinBounds(t *testing.T) {
	answer := "HTTP/1.1 200 OK\r\nX-MiXed:  a b \r\nx-long: " + strings.Repeat("v", 5000) + "\r\n" +
		strings.Repeat("x-many: 1\r\n", 200) + "content-length: 2\r\n\r\n{}"
	x, _ := do(t, holding(t, answer), invocation("{}"))
	h := x.Response.Header
	if x.Outcome != record.Answered || len(h) != record.MaxFields {
		t.Fatalf("%s with %d fields: %s", x.Outcome, len(h), x.Error)
	}
	if h[0] != (record.Field{Name: "X-MiXed", Value: "a b"}) || len(h[1].Value) != record.MaxHeaderValue {
		t.Errorf("got %q and a value of %d bytes", h[0], len(h[1].Value))
	}
	if x.Response.ContentLength != 2 {
		t.Errorf("content length %d was lost past the fields that are kept", x.Response.ContentLength)
	}
}

func TestBodyIsCheckedPastWhatIsKept(t *testing.T) {
	size := maxAnswer + 1000
	tests := []struct {
		name, end  string
		utf8, json bool
	}{
		{"whole", `"`, true, true},
		{"broken JSON at the end", `x`, true, false},
		{"broken UTF-8 at the end", "\xff\"", false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := `"` + strings.Repeat("é", size/2) + tt.end
			x, a := do(t, answering(t, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"+body), invocation("{}"))
			r := x.Response
			if x.Outcome != record.Answered || r.BodySize != int64(len(body)) || len(a.Body) != maxAnswer {
				t.Fatalf("%s, %d bytes, %d kept: %s", x.Outcome, r.BodySize, len(a.Body), x.Error)
			}
			if r.ValidUTF8 != tt.utf8 || r.ValidJSON != tt.json {
				t.Errorf("UTF-8 %v, JSON %v; want %v, %v", r.ValidUTF8, r.ValidJSON, tt.utf8, tt.json)
			}
			if len(r.Body) > record.MaxBody || !strings.HasSuffix(r.Body, "é") {
				t.Errorf("the record keeps %d bytes, or half a character", len(r.Body))
			}
		})
	}
}

func TestResetIsTold(t *testing.T) {
	x, _ := do(t, serve(t, func(c net.Conn) {
		_, _, _ = readRequest(bufio.NewReader(c))
		reset(c)
	}), invocation("{}"))
	if x.Outcome != record.Reset || !strings.Contains(x.Error, "reset") {
		t.Errorf("got %s: %s", x.Outcome, x.Error)
	}
}

func TestResetWithinTheBodyIsTruncated(t *testing.T) {
	got := make(chan struct{})
	x, a := do(t, serve(t, func(c net.Conn) {
		_, _, _ = readRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nhalf")
		_, _ = io.WriteString(c, " a text")
		close(got)
		reset(c)
	}), invocation("{}"))
	<-got
	// The kernel may drop what was not read yet; either way the answer is not a whole one.
	if x.Outcome != record.Truncated && x.Outcome != record.Reset {
		t.Errorf("got %s with %q: %s", x.Outcome, a.Body, x.Error)
	}
}

func TestRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	x, _ := do(t, dialTo(l.Addr().String()), invocation("{}"))
	if x.Outcome != record.Refused {
		t.Errorf("got %s: %s", x.Outcome, x.Error)
	}
}

func TestDialFaults(t *testing.T) {
	tests := []struct {
		err  error
		want record.Outcome
	}{
		{syscall.EHOSTUNREACH, record.Refused},
		{errors.New("relay: connection refused by the container"), record.Refused},
		{syscall.ECONNRESET, record.Reset},
		{syscall.EMFILE, record.Unsent},
		{context.DeadlineExceeded, record.TimedOut},
	}
	for _, tt := range tests {
		x, a := do(t, func(context.Context) (net.Conn, error) { return nil, tt.err }, invocation("{}"))
		if x.Outcome != tt.want || x.Error == "" || a.Body != nil {
			t.Errorf("%v gives %s (%s), want %s", tt.err, x.Outcome, x.Error, tt.want)
		}
	}
}

func TestTimeouts(t *testing.T) {
	drip := func(head, piece string) Dialer {
		return serve(t, func(c net.Conn) {
			_, err := io.WriteString(c, head)
			for err == nil {
				_, err = io.WriteString(c, piece)
				time.Sleep(time.Millisecond)
			}
		})
	}
	tests := []struct {
		name   string
		dial   Dialer
		status int
	}{
		{"silent", holding(t, ""), 0},
		{"never ends", holding(t, "HTTP/1.1 200 OK\r\n\r\nhalf"), 200},
		{"dripping head", drip("HTTP/1.1 200 OK\r\n", "x: 1\r\n"), 0},
		{"dripping body", drip("HTTP/1.1 503 Busy\r\ncontent-length: 1000000\r\n\r\n", "x"), 503},
		{"dripping chunks", drip("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\nx\r\n"), 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := invocation("{}")
			r.Timeout = 100 * time.Millisecond
			x, _ := do(t, tt.dial, r)
			if x.Outcome != record.TimedOut || x.Status() != tt.status || x.Timeout != 100 || x.Took < 100 {
				t.Errorf("got %s %d after %v of %v: %s", x.Outcome, x.Status(), x.Took, x.Timeout, x.Error)
			}
		})
	}
}

func TestTheDeadlineOfTheContextCountsWhenTheRequestHasNone(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	r := invocation("{}")
	r.Timeout = 0
	x, _ := New(holding(t, ""), time.Now()).Do(ctx, r)
	if x.Outcome != record.TimedOut {
		t.Errorf("got %s: %s", x.Outcome, x.Error)
	}
}

func TestTheEndOfTheRunIsNotTheContainersFault(t *testing.T) {
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(20*time.Millisecond, cancel)
			return ctx, cancel
		},
		"out of time": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := end(context.Background())
			defer cancel()
			x, _ := New(holding(t, "HTTP/1.1 200 OK\r\n\r\nhalf"), time.Now()).Do(ctx, invocation("{}"))
			if x.Outcome != record.Abandoned && x.Outcome != record.Unsent {
				t.Errorf("got %s: %s", x.Outcome, x.Error)
			}
			if x, _ := New(holding(t, ""), time.Now()).Do(ctx, invocation("{}")); x.Outcome != record.Unsent {
				t.Errorf("after the end: got %s: %s", x.Outcome, x.Error)
			}
		})
	}
}

// TestAnEarlyRefusalIsSeenWhileTheBodyIsSent has servers that answer 413 without reading the body, as body parsers do.
func TestAnEarlyRefusalIsSeenWhileTheBodyIsSent(t *testing.T) {
	const refusal = "HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\n\r\n{}"
	head := func(c net.Conn) {
		b := bufio.NewReaderSize(c, 16)
		for line := ""; line != "\r\n"; {
			var err error
			if line, err = b.ReadString('\n'); err != nil {
				return
			}
		}
	}
	r := invocation(strings.Repeat("x", 20<<20))
	for name, then := range map[string]func(net.Conn){
		"and reset":        func(net.Conn) {},
		"and kept open":    func(c net.Conn) { time.Sleep(50 * time.Millisecond) },
		"with lots unread": func(c net.Conn) { _, _ = io.CopyN(io.Discard, c, 1<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			x, _ := do(t, serve(t, func(c net.Conn) {
				head(c)
				_, _ = io.WriteString(c, refusal)
				then(c)
			}), r)
			if x.Outcome != record.Answered || x.Status() != 413 {
				t.Errorf("got %s %d: %s", x.Outcome, x.Status(), x.Error)
			}
		})
	}
}

func TestOffsetsAreInOrder(t *testing.T) {
	epoch := time.Now().Add(-time.Minute)
	x, _ := New(holding(t, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"), epoch).Do(context.Background(), invocation("{}"))
	if x.At < 60000 || x.HeadersAfter <= 0 || x.FirstByteAfter < x.HeadersAfter || x.Took < x.FirstByteAfter {
		t.Errorf("at %v, head %v, body %v, end %v", x.At, x.HeadersAfter, x.FirstByteAfter, x.Took)
	}
}
