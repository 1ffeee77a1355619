package wire

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"time"
)

// lookTimeout bounds a look at what a port speaks, when ctx has no earlier deadline.
const lookTimeout = 3 * time.Second

// SpeaksTLS reports whether the port answers a TLS greeting in TLS, be it with an alert (NET-03).
func SpeaksTLS(ctx context.Context, dial Dialer) bool {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	conn, err := lookAt(ctx, dial)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	first := &firstBytes{Conn: conn}
	client := tls.Client(first, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it only looks whether TLS is spoken
	_ = client.HandshakeContext(ctx)
	return first.isTLS()
}

// SpeaksHTTP2 reports whether the port answers the HTTP/2 preface with a SETTINGS frame (RFC 9113 section 3.4).
func SpeaksHTTP2(ctx context.Context, dial Dialer) bool {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	conn, err := lookAt(ctx, dial)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	const settings = 4
	emptySettings := "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	if _, err := io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+emptySettings); err != nil {
		return false
	}
	frame := make([]byte, 9)
	if _, err := io.ReadFull(conn, frame); err != nil {
		return false
	}
	stream := frame[5] | frame[6] | frame[7] | frame[8]
	return frame[0] == 0 && frame[3] == settings && stream == 0
}

func lookAt(ctx context.Context, dial Dialer) (net.Conn, error) {
	conn, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	deadline, _ := ctx.Deadline()
	return conn, conn.SetDeadline(deadline)
}

// firstBytes remembers the first bytes that were read: a TLS record's header and the kind of message in it.
type firstBytes struct {
	net.Conn
	b [6]byte
	n int
}

func (f *firstBytes) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	f.n += copy(f.b[f.n:], p[:n])
	return n, err
}

// isTLS recognises an alert or a server's greeting. A server that echoes sends back the client's.
func (f *firstBytes) isTLS() bool {
	const alert, handshake, serverHello, major = 21, 22, 2, 3
	if f.n < len(f.b) || f.b[1] != major {
		return false
	}
	return f.b[0] == alert || f.b[0] == handshake && f.b[5] == serverHello
}
