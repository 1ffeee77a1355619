package relay

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/yamux"
)

// FuzzText: the text that begins a stream is read in its bounds.
func FuzzText(f *testing.F) {
	for _, s := range []string{"\x00\x00", "\x00\x05hello", "\x00\x05hell", "\xff\xff", "\x04\x00", "\x04\x01", "", "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		text, err := readText(bytes.NewReader(in))
		if len(text) > maxText {
			t.Fatalf("%d bytes", len(text))
		}
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := writeText(&out, text); err != nil || !bytes.HasPrefix(in, out.Bytes()) {
			t.Errorf("%q is written as %q, %v", in, out.Bytes(), err)
		}
	})
}

// FuzzConn: whatever frames the other side sends, reading them ends, and gives no byte that was not in a frame.
func FuzzConn(f *testing.F) {
	for _, s := range []string{"\x00\x03abc\x00\x00", "\x00\x03ab", "\xff\xff", "\x90\x00", "\x00\x01a\x00\x01b\xff\xff", "", "\x00", "\x00\x00rest"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		near, far := net.Pipe()
		defer near.Close()
		defer far.Close()
		server, err := yamux.Server(far, config())
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		client, err := yamux.Client(near, config())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		go func() {
			if s, err := server.AcceptStream(); err == nil {
				_, _ = s.Write(sent)
				_ = s.Close()
			}
		}()
		stream, err := client.OpenStream()
		if err != nil {
			t.Fatal(err)
		}
		c := newConn(stream, nil, nil)
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		got, err := io.ReadAll(c)
		if len(got) > max(0, len(sent)-2) {
			t.Errorf("%d bytes come of %q", len(got), sent)
		}
		var other *net.OpError
		if err != nil && !errors.As(err, &other) {
			t.Errorf("%q ends in %v", sent, err)
		}
	})
}
