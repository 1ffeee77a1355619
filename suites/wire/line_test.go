package wire

import (
	"bufio"
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const okNull = jsonHead + "content-length: 4\r\n\r\nnull"

// inTurn answers the requests of a connection with those texts, and then does the last thing.
func inTurn(tb testing.TB, last func(net.Conn), texts ...string) Dialer {
	return serve(tb, func(c net.Conn) {
		b := bufio.NewReader(c)
		for _, text := range texts {
			if _, _, err := readRequest(b); err != nil {
				return
			}
			_, _ = io.WriteString(c, text)
		}
		last(c)
	})
}

func untilClosed(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func TestLineUsesItsConnectionAgain(t *testing.T) {
	closing := strings.Replace(okNull, "\r\n", "\r\nconnection: close\r\n", 1)
	tests := []struct {
		name    string
		dial    Dialer
		open    bool
		outcome record.Outcome
		status  int
		stale   bool
	}{
		{"kept", inTurn(t, untilClosed, okNull, okNull), true, record.Answered, 200, false},
		{"announced its end", inTurn(t, untilClosed, closing, okNull), false, record.Answered, 200, false},
		{"closed without a word", inTurn(t, func(net.Conn) {}, okNull), true, record.Reset, 0, true},
		{"reset without a word", inTurn(t, reset, okNull), true, record.Reset, 0, true},
		{"said farewell", inTurn(t, func(net.Conn) {}, okNull, "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n"), true, record.Answered, 408, true},
		{"said farewell at once", inTurn(t, untilClosed, okNull+farewell+" Request Timeout\r\n\r\n", okNull), false, record.Answered, 200, false},
		{"left bytes behind", inTurn(t, untilClosed, okNull, "null\r\n"+okNull), true, record.Garbled, 0, false},
		{"half an answer", inTurn(t, func(net.Conn) {}, okNull, "HTTP/1.1 20"), true, record.Reset, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := New(tt.dial, time.Now()).NewLine()
			defer l.Close()
			first, a, stale := l.Do(context.Background(), invocation("{}"))
			if first.Outcome != record.Answered || string(a.Body) != "null" || stale || l.Open() != tt.open {
				t.Fatalf("first: %s %q, stale %v, open %v: %s", first.Outcome, a.Body, stale, l.Open(), first.Error)
			}
			next, _, stale := l.Do(context.Background(), invocation("{}"))
			if next.Outcome != tt.outcome || next.Status() != tt.status || stale != tt.stale {
				t.Errorf("next: %s %d, stale %v: %s", next.Outcome, next.Status(), stale, next.Error)
			}
		})
	}
}

func TestLineToNobody(t *testing.T) {
	l := New(func(context.Context) (net.Conn, error) { return nil, io.ErrClosedPipe }, time.Now()).NewLine()
	if x, _, stale := l.Do(context.Background(), invocation("{}")); x.Outcome != record.Unsent || stale || l.Open() {
		t.Errorf("got %s, stale %v: %s", x.Outcome, stale, x.Error)
	}
	if how, _, _ := l.Watch()(); how != record.LineClosed {
		t.Errorf("a line that never was ends %q", how)
	}
}

func TestWatchSeesHowAnIdleLineEnds(t *testing.T) {
	const stray = "null"
	tests := []struct {
		name  string
		idle  func(net.Conn)
		want  record.LineEnd
		stray string
	}{
		{"kept", untilClosed, record.LineOpen, ""},
		{"closed", func(net.Conn) {}, record.LineClosed, ""},
		{"reset", reset, record.LineReset, ""},
		{"farewell", func(c net.Conn) { _, _ = io.WriteString(c, farewell+" Request Timeout\r\n\r\n") }, record.LineClosed, farewell},
		{"stray", func(c net.Conn) { _, _ = io.WriteString(c, stray) }, record.LineStray, stray},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ended := make(chan struct{})
			dial := inTurn(t, func(c net.Conn) {
				time.Sleep(20 * time.Millisecond) // later than the client's own look for surplus bytes
				tt.idle(c)
				close(ended)
			}, okNull)
			l := New(dial, time.Now()).NewLine()
			if x, _, _ := l.Do(context.Background(), invocation("{}")); x.Outcome != record.Answered || !l.Open() {
				t.Fatalf("%s: %s", x.Outcome, x.Error)
			}
			end := l.Watch()
			if tt.want != record.LineOpen {
				<-ended
				time.Sleep(20 * time.Millisecond) // the end has to cross the loopback
			}
			how, _, quote := end()
			if how != tt.want || !strings.Contains(quote, tt.stray) || (quote == "") != (tt.stray == "") || l.Open() != (how == record.LineOpen) {
				t.Errorf("ended %q with %s, open %v", how, quote, l.Open())
			}
			l.Close()
		})
	}
}

// TestOddities are the answers that lenient clients take without a word.
func TestOddities(t *testing.T) {
	tests := []struct {
		name, answer string
		want         []record.Oddity
	}{
		{"none", okNull, nil},
		{"none in chunks", jsonHead + "transfer-encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\r\n", nil},
		{"two framings", jsonHead + "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\r\n", []record.Oddity{record.TwoFramings}},
		{"status line ends with LF", "HTTP/1.1 200 OK\ncontent-length: 4\r\n\r\nnull", []record.Oddity{record.BareLF}},
		{"field ends with LF", "HTTP/1.1 200 OK\r\ncontent-length: 4\n\r\nnull", []record.Oddity{record.BareLF}},
		{"head ends with LF", "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\nnull", []record.Oddity{record.BareLF}},
		{"chunk size ends with LF", jsonHead + "transfer-encoding: chunked\r\n\r\n4\nnull\r\n0\r\n\r\n", []record.Oddity{record.BareLF}},
		{"chunk ends with LF", jsonHead + "transfer-encoding: chunked\r\n\r\n4\r\nnull\n0\r\n\r\n", []record.Oddity{record.BareLF}},
		{"trailers end with LF", jsonHead + "transfer-encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\n", []record.Oddity{record.BareLF}},
		{"folded field", "HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 4\r\n\r\nnull", []record.Oddity{record.FoldedField}},
		{"interim answers do not count", "HTTP/1.1 103 Early Hints\nx: a\n b\n\n" + okNull, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x, a := do(t, holding(t, tt.answer), invocation("{}"))
			if x.Outcome != record.Answered || string(a.Body) != "null" || !slices.Equal(x.Response.Oddities, tt.want) {
				t.Errorf("%s %q with %q: %s", x.Outcome, a.Body, x.Response.Oddities, x.Error)
			}
		})
	}
}

func TestWhatNoClientMayTake(t *testing.T) {
	for name, answer := range map[string]string{
		"NUL in a field":           "HTTP/1.1 200 OK\r\nx: a\x00b\r\ncontent-length: 4\r\n\r\nnull",
		"bare CR in a field":       "HTTP/1.1 200 OK\r\nx: a\rset-cookie: b\r\ncontent-length: 4\r\n\r\nnull",
		"another protocol unasked": "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n",
		"an empty line first":      "\r\n" + okNull,
		"HTTP/0.9":                 `{"result":"x"}`,
	} {
		if x, _ := do(t, holding(t, answer), invocation("{}")); x.Outcome != record.Garbled {
			t.Errorf("%s: %s %d: %s", name, x.Outcome, x.Status(), x.Error)
		}
	}
}

func TestBodyIsSentWithARest(t *testing.T) {
	got := make(chan []string, 1)
	dial := serve(t, func(c net.Conn) {
		var parts []string
		for all := ""; !strings.HasSuffix(all, "0\r\n\r\n"); {
			buf := make([]byte, 4096)
			n, err := c.Read(buf)
			if err != nil {
				break
			}
			parts, all = append(parts, string(buf[:n])), all+string(buf[:n])
		}
		got <- parts
		_, _ = io.WriteString(c, okNull)
	})
	r := invocation("abcd")
	r.Chunked, r.ChunkSize, r.Pause = true, 1, 30*time.Millisecond
	x, _ := do(t, dial, r)
	parts := <-got
	if x.Outcome != record.Answered || len(parts) < 2 || !strings.HasSuffix(strings.Join(parts, ""), "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n1\r\nd\r\n0\r\n\r\n") {
		t.Errorf("%s, sent in %q", x.Outcome, parts)
	}
	if x.Took < 30 {
		t.Errorf("took %v with a rest of 30 ms", x.Took)
	}
}

func TestHoldStopsReadingOnceTheHeadIsThere(t *testing.T) {
	const size = 16 << 20
	wrote := make(chan struct{})
	dial := serve(t, func(c net.Conn) {
		if _, _, err := readRequest(bufio.NewReader(c)); err != nil {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", size))
		close(wrote)
	})
	r := invocation("{}")
	held := false
	r.Hold = func() {
		held = true
		select {
		case <-wrote:
			t.Error("16 MiB were taken although nobody read")
		case <-time.After(50 * time.Millisecond):
		}
	}
	x, a := do(t, dial, r)
	if !held || x.Outcome != record.Answered || len(a.Body) != size {
		t.Errorf("held %v, %s with %d bytes: %s", held, x.Outcome, len(a.Body), x.Error)
	}
}

// FuzzIdleEnd reads what came on an idle connection: whatever it is, the quote is one harmless line of bounded length.
func FuzzIdleEnd(f *testing.F) {
	for _, s := range []string{"", "\r\n", farewell, "null", "\x00\xff", strings.Repeat("x", 4000)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		how, quote := endOf(p, nil), strayText(p)
		if how == record.LineStray && quote == "" || strings.ContainsAny(quote, "\r\n\x00") || len(quote) > 6*garbledSample {
			t.Errorf("%q ends %q with %q", p, how, quote)
		}
		if again := endOf(p, io.EOF); again == record.LineOpen || (again == record.LineStray) != (how == record.LineStray) {
			t.Errorf("%q ends %q, then %q", p, how, again)
		}
	})
}
