package dial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
)

// forward is a socket file of ours whose connections are carried to an engine behind TLS or ssh, so that every client
// below, also one that knows neither, can speak to it.
type forward struct {
	dir      string
	listener net.Listener
	dial     func(context.Context) (stream, error)
	ctx      context.Context
	cancel   context.CancelFunc
	live     sync.WaitGroup

	mu      sync.Mutex
	failure string
}

// stream is a connection that can be closed for writing alone.
type stream interface {
	io.ReadWriteCloser
	CloseWrite() error
}

func newForward(p Place) (*forward, error) {
	dial, err := p.dialer()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "agentcore-conform-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the forwarded socket: %w", err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "engine.sock"))
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("making the forwarded socket: %w", err)
	}
	f := &forward{dir: dir, listener: listener, dial: dial}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.live.Go(f.serve)
	return f, nil
}

func (p Place) dialer() (func(context.Context) (stream, error), error) {
	if p.scheme() == "ssh" {
		return p.sshDialer()
	}
	return p.tlsDialer()
}

func (f *forward) address() string { return "unix://" + filepath.Join(f.dir, "engine.sock") }

func (f *forward) serve() {
	for {
		conn, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.live.Go(func() { f.carry(conn.(*net.UnixConn)) })
	}
}

func (f *forward) carry(local *net.UnixConn) {
	defer local.Close()
	remote, err := f.dial(f.ctx)
	if err != nil {
		f.note(err)
		return
	}
	stop := context.AfterFunc(f.ctx, func() { _ = remote.Close(); _ = local.Close() })
	defer stop()
	if err := join(local, remote); err != nil {
		f.note(err)
	}
}

func (f *forward) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failure = err.Error()
}

// lastFailure is why the last connection could not be carried.
func (f *forward) lastFailure() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failure
}

func (f *forward) close() {
	f.cancel()
	_ = f.listener.Close()
	f.live.Wait()
	_ = os.RemoveAll(f.dir)
}

// join copies both ways until both sides are done, passing on each half-close; it closes remote and returns its error.
func join(local, remote stream) error {
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(remote, local)
		_ = remote.CloseWrite()
	})
	_, err := io.Copy(local, remote)
	_ = local.CloseWrite()
	if closeErr := remote.Close(); closeErr != nil && (err == nil || errors.Is(err, io.EOF)) {
		err = closeErr
	}
	// The engine is gone: nothing that the local side still sends can arrive.
	if c, ok := local.(interface{ CloseRead() error }); ok {
		_ = c.CloseRead()
	}
	up.Wait()
	return err
}
