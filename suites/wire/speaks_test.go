package wire

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestWhatAPortSpeaks(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	plain := httptest.NewServer(hello)
	defer plain.Close()
	secure := httptest.NewUnstartedServer(hello)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	h2c := httptest.NewUnstartedServer(hello)
	h2c.Config.Protocols = new(http.Protocols)
	h2c.Config.Protocols.SetUnencryptedHTTP2(true)
	h2c.Start()
	defer h2c.Close()

	closed := func(context.Context) (net.Conn, error) { return nil, io.EOF }
	tests := []struct {
		name       string
		dial       Dialer
		tls, http2 bool
	}{
		{"HTTP/1.1", dialTo(plain.Listener.Addr().String()), false, false},
		{"TLS", dialTo(secure.Listener.Addr().String()), true, false},
		{"HTTP/2", dialTo(h2c.Listener.Addr().String()), false, true},
		{"TLS alert", serve(t, func(c net.Conn) { _, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x28") }), true, false},
		{"echo", serve(t, func(c net.Conn) { _, _ = io.Copy(c, c) }), false, false},
		{"nothing said", serve(t, func(net.Conn) {}), false, false},
		{"nobody there", closed, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := SpeaksTLS(t.Context(), tt.dial); got != tt.tls {
				t.Errorf("TLS: %v", got)
			}
			if got := SpeaksHTTP2(t.Context(), tt.dial); got != tt.http2 {
				t.Errorf("HTTP/2: %v", got)
			}
		})
	}
}
