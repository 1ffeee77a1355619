package relay

import (
	"net"

	"github.com/hashicorp/yamux"
)

// listenAt, with an IP address of the sidecar's behind it, asks for a listener. No address to dial begins like that.
const listenAt = "listen "

// mostCallers bounds the connections that the sidecar carries to the harness at one time: their senders are containers
// under test. One above it is closed at once.
const mostCallers = 512

// reverse is the sidecar's part in connections from containers to the harness.
type reverse struct {
	session *yamux.Session
	places  chan struct{}
}

// listen accepts connections until the stream that asked for it ends.
func (r *reverse) listen(stream *yamux.Stream, at string) {
	l, err := net.Listen("tcp", net.JoinHostPort(at, "0"))
	if err != nil {
		_ = writeText(stream, err.Error())
		return
	}
	defer l.Close()
	if writeText(stream, "") != nil || writeText(stream, l.Addr().String()) != nil {
		return
	}
	go r.accept(l)
	_, _ = stream.Read(make([]byte, 1))
}

func (r *reverse) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		select {
		case r.places <- struct{}{}:
			go func() {
				defer func() { <-r.places }()
				r.hand(l.Addr(), conn.(*net.TCPConn))
			}()
		default:
			_ = conn.Close()
		}
	}
}

// hand makes a stream of an accepted connection.
func (r *reverse) hand(listener net.Addr, conn *net.TCPConn) {
	defer conn.Close()
	stream, err := r.session.OpenStream()
	if err != nil {
		return
	}
	defer stream.Close()
	if writeText(stream, listener.String()) != nil || writeText(stream, conn.RemoteAddr().String()) != nil {
		return
	}
	join(newConn(stream, nil, nil), conn)
}
