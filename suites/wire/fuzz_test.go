package wire

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

type collector struct{ bytes.Buffer }

func (c *collector) write(p []byte) error {
	_, err := c.Write(p)
	return err
}

// FuzzChunks compares with net/http's own reader: what we call complete it must read alike.
func FuzzChunks(f *testing.F) {
	for _, s := range []string{
		"0\r\n\r\n", "4\r\nnull\r\n0\r\n\r\n", "2;x=\"y\"\r\nab\r\n1 \r\nc\r\n0\r\nx: y\r\n\r\n", "a\r\n0123456789\r\n00\r\n\r\n",
		"4\nnull\n0\n\n", "4\r\nnul", "zz\r\n", "-1\r\n", "fffffffffffffffff\r\n", "2\r\nabc\r\n", "0\r\n", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var got collector
		err := copyChunks(&lineReader{b: bufio.NewReaderSize(strings.NewReader(in), 16)}, &got)
		if got.Len() > len(in) {
			t.Fatalf("%d bytes came of %d", got.Len(), len(in))
		}
		if err != nil {
			return
		}
		want, err := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(in)))
		if err == nil && got.String() != string(want) {
			t.Errorf("%q: got %q, net/http reads %q", in, got.String(), want)
		}
	})
}

// FuzzAnswer compares with net/http: where it reads a whole answer and we do too, both must have read the same.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\nnull",
		"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nnull\r\n0\r\n\r\n",
		"HTTP/1.0 200 OK\r\n\r\nnull", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 \r\n\r\n",
		"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2", "HTTP/1.1 200 OK\nx: y\n z\n\n", "hello", "HTTP/1.1 20",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		k := fromBytes(in)
		r := k.x.Response
		if (k.x.Error == "") != (k.x.Outcome == record.Answered) || strings.ContainsAny(k.x.Error, "\r\n") || k.x.Outcome == record.Answered && r == nil {
			t.Fatalf("%q: %s with error %q", in, k.x.Outcome, k.x.Error)
		}
		if k.x.Outcome != record.Answered || r.Framing == framingNone {
			return
		}
		theirs, err := http.ReadResponse(bufio.NewReader(strings.NewReader(in)), nil)
		if err != nil || theirs.StatusCode != r.Status {
			return
		}
		body, err := io.ReadAll(theirs.Body)
		if err == nil && string(body) != string(k.sink.kept) {
			t.Errorf("%q: got %q, net/http reads %q", in, k.sink.kept, body)
		}
	})
}

// fromBytes reads an answer that is there already, to the end of the bytes.
func fromBytes(in string) *call {
	k := newCall(testContext, Request{Method: "POST", Timeout: time.Hour}, time.Now())
	k.reader = &reader{start: k.start, conn: bytesConn{Reader: strings.NewReader(in)}}
	k.reader.buf = bufio.NewReaderSize(k.reader, 64)
	k.receive()
	return k
}
