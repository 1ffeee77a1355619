package attach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

func TestAddresses(t *testing.T) {
	cases := []struct{ url, address, problem string }{
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080", ""},
		{"http://agent/", "http://agent:80", ""},
		{"http://[::1]:9000", "http://[::1]:9000", ""},
		{"https://agent:8080", "", "plain HTTP"},
		{"agent:8080", "", "not an http URL"},
		{"127.0.0.1:8080", "", "not a URL"},
		{"http://", "", "not an http URL"},
		{"http://:8080", "", "no host"},
		{"http://agent:8080/invocations", "", "--path"},
		{"http://agent:8080?x=1", "", "--path"},
		{"http://user@agent:8080", "", "user name"},
		{"http://agent:99999", "", "65535"},
		{"http://agent:http", "", "not a URL"},
		{"", "", "not an http URL"},
		{"tcp://agent:8080", "", "not an http URL"},
	}
	for _, c := range cases {
		e, err := New(c.url)
		switch {
		case c.problem == "" && (err != nil || e.address != c.address):
			t.Errorf("%q: %v %v", c.url, e, err)
		case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
			t.Errorf("%q: error %v does not say %q", c.url, err, c.problem)
		case err != nil && strings.Contains(err.Error(), "%!"):
			t.Errorf("%q: %v", c.url, err)
		}
	}
}

func TestServer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "here") }))
	defer server.Close()
	e, err := New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	env, err := e.Preflight(t.Context())
	if err != nil || env.Engine != "attach" || env.Route != "attach" || env.TimeScale != 1 {
		t.Fatalf("%+v %v", env, err)
	}
	target, err := e.Start(t.Context(), engine.Spec{})
	if err != nil {
		t.Fatal(err)
	}
	for _, dial := range []func(context.Context) (net.Conn, error){
		target.Dial, func(ctx context.Context) (net.Conn, error) { return target.DialPort(ctx, e.Port()) },
	} {
		conn, err := dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
	if _, err := e.Start(t.Context(), engine.Spec{Clock: time.Hour}); !errors.Is(err, engine.ErrUnsupported) {
		t.Errorf("a clock that is off: %v", err)
	}
	if _, err := target.State(t.Context()); !errors.Is(err, engine.ErrUnsupported) {
		t.Errorf("state: %v", err)
	}
	if _, err := target.Terminate(t.Context(), 0); !errors.Is(err, engine.ErrUnsupported) {
		t.Errorf("terminate: %v", err)
	}
	if err := target.Remove(t.Context()); err != nil {
		t.Errorf("remove: %v", err)
	}
}

func TestNothingThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	e, err := New("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Preflight(t.Context()); err == nil || !strings.Contains(err.Error(), "start the server first") {
		t.Errorf("preflight of a closed port: %v", err)
	}
}
