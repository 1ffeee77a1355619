package wire

import (
	"context"
	"io"
	"net"
	"time"
)

var testContext = context.Background()

// bytesConn is a connection from which given bytes arrive and then the end.
type bytesConn struct {
	net.Conn
	io.Reader
}

func (b bytesConn) Read(p []byte) (int, error)    { return b.Reader.Read(p) }
func (bytesConn) SetReadDeadline(time.Time) error { return nil }
