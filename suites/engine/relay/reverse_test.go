package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

var here = netip.MustParseAddr("127.0.0.1")

// listen opens a listener at the sidecar's end.
func listen(t *testing.T, c *Client) net.Listener {
	t.Helper()
	l, err := c.Listen(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// call connects as a container does.
func call(t *testing.T, l net.Listener) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.(*net.TCPConn)
}

// meet returns both ends of a connection from a container to the harness.
func meet(t *testing.T, l net.Listener) (container *net.TCPConn, harness *Conn) {
	t.Helper()
	container = call(t, l)
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return container, conn.(*Conn)
}

func TestACallerIsKnownByItsAddress(t *testing.T) {
	c, _ := connect(t)
	l := listen(t, c)
	container, harness := meet(t, l)
	if harness.RemoteAddr().String() != container.LocalAddr().String() || harness.LocalAddr().String() != l.Addr().String() {
		t.Errorf("%v called %v; seen as %v and %v", container.LocalAddr(), l.Addr(), harness.RemoteAddr(), harness.LocalAddr())
	}
}

func TestEachListenerHasItsOwnCallers(t *testing.T) {
	c, _ := connect(t)
	first, second := listen(t, c), listen(t, c)
	if first.Addr().String() == second.Addr().String() {
		t.Fatalf("both listen at %v", first.Addr())
	}
	for range 3 {
		for _, l := range []net.Listener{first, second} {
			if _, harness := meet(t, l); harness.LocalAddr().String() != l.Addr().String() {
				t.Errorf("a call to %v came to %v", l.Addr(), harness.LocalAddr())
			}
		}
	}
}

// Half-closing must survive in both directions: requests end so, answers come after.
func TestReverseHalfClose(t *testing.T) {
	c, _ := connect(t)
	container, harness := meet(t, listen(t, c))
	sent := make([]byte, 3<<20)
	_, _ = rand.Read(sent)
	go func() {
		_, _ = container.Write(sent)
		_ = container.CloseWrite()
	}()
	got, err := io.ReadAll(harness)
	if err != nil || !bytes.Equal(got, sent) {
		t.Fatalf("%d of %d bytes came, %v", len(got), len(sent), err)
	}
	go func() {
		_, _ = harness.Write(sent)
		_ = harness.CloseWrite()
	}()
	if got, err := io.ReadAll(container); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d of %d bytes came back, %v", len(got), len(sent), err)
	}
}

func TestReverseClosing(t *testing.T) {
	c, _ := connect(t)
	l := listen(t, c)
	for name, test := range map[string]func(container *net.TCPConn, harness *Conn) error{
		"the harness closes": func(container *net.TCPConn, harness *Conn) error {
			_ = harness.Close()
			return ends(container)
		},
		"the container closes": func(container *net.TCPConn, harness *Conn) error {
			_ = container.Close()
			return ends(harness)
		},
		"the container resets": func(container *net.TCPConn, harness *Conn) error {
			_ = container.SetLinger(0)
			_ = container.Close()
			return ends(harness)
		},
	} {
		if err := test(meet(t, l)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// ends waits for the end of a connection's other side.
func ends(conn net.Conn) error {
	n, err := conn.Read(make([]byte, 1))
	if n != 0 || err == nil {
		return fmt.Errorf("%d bytes, %w", n, err)
	}
	return nil
}

func TestClosedListener(t *testing.T) {
	c, _ := connect(t)
	l := listen(t, c)
	_, before := meet(t, l)
	accepted := make(chan error, 1)
	go func() { _, err := l.Accept(); accepted <- err }()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-accepted; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept after Close: %v", err)
	}
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a second Close: %v", err)
	}
	if _, err := before.Write([]byte("x")); err != nil {
		t.Errorf("a connection from before: %v", err)
	}
	// The sidecar's socket is closed as soon as the word has come through; a caller in between is sent away.
	for t.Context().Err() == nil {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return
		}
		if err := ends(conn); err != nil {
			t.Errorf("a caller of a closed listener: %v", err)
		}
		conn.Close()
	}
}

func TestTheEndOfTheRelayEndsListening(t *testing.T) {
	c, sidecar := connect(t)
	l := listen(t, c)
	_, harness := meet(t, l)
	sidecar.Close()
	if _, err := l.Accept(); !errors.Is(err, ErrEnded) {
		t.Errorf("Accept: %v", err)
	}
	if _, err := harness.Read(make([]byte, 1)); !errors.Is(err, ErrEnded) {
		t.Errorf("Read: %v", err)
	}
	if _, err := c.Listen(t.Context(), here); !errors.Is(err, ErrEnded) {
		t.Errorf("Listen: %v", err)
	}
}

func TestListeningWhereTheSidecarIsNot(t *testing.T) {
	c, _ := connect(t)
	if l, err := c.Listen(t.Context(), netip.MustParseAddr("203.0.113.7")); err == nil || !strings.Contains(err.Error(), "assign") {
		t.Errorf("%v %v", l, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Listen(ctx, here); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancellation: %v", err)
	}
}

// More callers than allowed are sent away and do not harm those before them; who leaves makes room.
func TestCallersAreBounded(t *testing.T) {
	c, _ := connect(t)
	l := listen(t, c)
	var last *Conn
	for range mostCallers {
		_, last = meet(t, l)
	}
	if err := ends(call(t, l)); err != nil {
		t.Errorf("one above the bound: %v", err)
	}
	_ = last.Close()
	accepted := make(chan error, 1)
	go func() { _, err := l.Accept(); accepted <- err }()
	for t.Context().Err() == nil {
		sentAway := make(chan error, 1)
		conn := call(t, l)
		go func() { sentAway <- ends(conn) }()
		select {
		case err := <-accepted:
			if err != nil {
				t.Errorf("no room after one has left: %v", err)
			}
			return
		case <-sentAway:
		}
	}
}

// Model servers speak HTTP/1.1 and HTTP/2 with prior knowledge, and stream.
func TestHTTPOverTheReverse(t *testing.T) {
	c, _ := connect(t)
	l := listen(t, c)
	left := make(chan struct{}, 2)
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Protocols: &protocols, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/endless" {
			_, _ = io.WriteString(w, "first")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			left <- struct{}{}
			return
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %d %s", r.Proto, len(body), r.RemoteAddr)
	})}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	for name, version := range map[string]func(*http.Protocols){
		"HTTP/1.1": func(p *http.Protocols) { p.SetHTTP1(true) },
		"HTTP/2.0": func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) },
	} {
		t.Run(name, func(t *testing.T) {
			var speaks http.Protocols
			version(&speaks)
			transport := &http.Transport{Protocols: &speaks}
			t.Cleanup(transport.CloseIdleConnections)
			client := http.Client{Transport: transport}
			manyPosts(t, &client, "http://"+l.Addr().String(), name)
			leaveEarly(t, &client, "http://"+l.Addr().String()+"/endless")
			<-left
		})
	}
}

func manyPosts(t *testing.T, client *http.Client, url, proto string) {
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			resp, err := client.Post(url, "text/plain", bytes.NewReader(make([]byte, 50_000*i)))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if want := fmt.Sprintf("%s %d 127.0.0.1:", proto, 50_000*i); err != nil || !strings.HasPrefix(string(body), want) {
				t.Errorf("answered %q %v, want %q…", body, err, want)
			}
		})
	}
	all.Wait()
}

// leaveEarly is an agent that gives up in the middle of a model's stream; the model must be told.
func leaveEarly(t *testing.T, client *http.Client, url string) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, 5)); err != nil {
		t.Error(err)
	}
}
