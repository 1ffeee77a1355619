package stub

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

// severed serves HTTP on a listener whose connections can be made to fall silent.
func severed(t *testing.T) (*Severable, *http.Server) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, server := NewSeverable(l), NewHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("42")) }))
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = Serve(server, s) }()
	return s, server
}

// asking is a client's kept connection.
type asking struct {
	net.Conn
	r *bufio.Reader
}

func connect(t *testing.T, s *Severable) *asking {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &asking{conn, bufio.NewReader(conn)}
}

// ask waits so long for an answer; 0 for good.
func (a *asking) ask(wait time.Duration) error {
	if _, err := fmt.Fprint(a, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return err
	}
	var late time.Time
	if wait > 0 {
		late = time.Now().Add(wait)
	}
	_ = a.SetReadDeadline(late)
	res, err := http.ReadResponse(a.r, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = res.Body.Read(make([]byte, 2))
	_ = err // io.EOF with the last byte or after it
	return nil
}

func silent(err error) bool {
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}

// TestSever: what was open before a moment falls silent without an end, what was opened since and later goes on.
func TestSever(t *testing.T) {
	s, server := severed(t)
	old, idle := connect(t, s), connect(t, s)
	for _, c := range []*asking{old, idle} {
		if err := c.ask(0); err != nil {
			t.Fatal(err)
		}
	}
	moment := time.Now()
	young := connect(t, s)
	if err := young.ask(0); err != nil {
		t.Fatal(err)
	}
	dead, spared := s.Sever(moment)
	if len(dead) != 2 || spared != 1 {
		t.Fatalf("%d dead, %d spared", len(dead), spared)
	}
	if err := old.ask(100 * time.Millisecond); !silent(err) {
		t.Errorf("a severed connection: %v", err)
	}
	if err := young.ask(0); err != nil {
		t.Errorf("a younger one: %v", err)
	}
	if err := connect(t, s).ask(0); err != nil {
		t.Errorf("a later one: %v", err)
	}
	wrote := 0
	for _, d := range dead {
		if n, first := d.Swallowed(); n > 0 {
			wrote++
			if first.Before(moment) || d.Opened().After(moment) {
				t.Errorf("opened %v, asked %v, severed after %v", d.Opened(), first, moment)
			}
		}
	}
	if wrote != 1 {
		t.Errorf("%d connections are said to have been written to", wrote)
	}
	_ = old.CloseWrite()
	_ = old.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if _, err := old.Read(make([]byte, 1)); !silent(err) {
		t.Errorf("a half-closed one is answered: %v", err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	_ = idle.SetReadDeadline(time.Time{})
	if _, err := idle.Read(make([]byte, 1)); err == nil || silent(err) {
		t.Errorf("after the listener's end: %v", err)
	}
}

// CloseWrite ends the sending alone.
func (a *asking) CloseWrite() error { return a.Conn.(*net.TCPConn).CloseWrite() }

// TestSeverInTheMiddleOfAnAnswer: what the server says from then on is lost.
func TestSeverInTheMiddleOfAnAnswer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := NewSeverable(l)
	defer s.Close()
	client := connect(t, s)
	conn, err := s.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s.Sever(time.Now())
	if n, err := conn.Write([]byte("42")); n != 2 || err != nil {
		t.Errorf("the server sees %d, %v", n, err)
	}
	for name, err := range map[string]error{
		"deadline": conn.SetDeadline(time.Unix(1, 0)), "read deadline": conn.SetReadDeadline(time.Unix(1, 0)),
		"write deadline": conn.SetWriteDeadline(time.Unix(1, 0)), "end": conn.Close(),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_ = client.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if _, err := client.Read(make([]byte, 1)); !silent(err) {
		t.Errorf("the client sees %v", err)
	}
}
