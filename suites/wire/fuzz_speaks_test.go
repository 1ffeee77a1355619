package wire

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// saysOnly is a server that sends its bytes whatever it hears, and closes.
type saysOnly struct {
	net.Conn
	io.Reader
}

func (s saysOnly) Read(p []byte) (int, error)     { return s.Reader.Read(p) }
func (saysOnly) Write(p []byte) (int, error)      { return len(p), nil }
func (saysOnly) SetDeadline(time.Time) error      { return nil }
func (saysOnly) SetReadDeadline(time.Time) error  { return nil }
func (saysOnly) SetWriteDeadline(time.Time) error { return nil }
func (saysOnly) Close() error                     { return nil }

// FuzzSpeaks: the look at what a port speaks ends, and what begins like HTTP/1 is taken for nothing else.
func FuzzSpeaks(f *testing.F) {
	for _, s := range []string{
		"", "HTTP/1.1 400 Bad Request\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x28", "\x16\x03\x03\x00\x04\x02\x00\x00\x00", "\x16\x03\x01\x00\x04\x01\x00\x00\x00",
		"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64", "\x00\x00\x00\x04\x00\x00\x00\x00\x01", "SSH-2.0-OpenSSH_9.2\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		dial := func(context.Context) (net.Conn, error) { return saysOnly{Reader: strings.NewReader(said)}, nil }
		tls, http2 := SpeaksTLS(testContext, dial), SpeaksHTTP2(testContext, dial)
		if tls && http2 || (tls || http2) && strings.HasPrefix(said, "HTTP/1.") {
			t.Errorf("%q: TLS %v, HTTP/2 %v", said, tls, http2)
		}
	})
}
