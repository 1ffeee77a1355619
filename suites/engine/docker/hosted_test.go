package docker

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
)

func TestNeighbours(t *testing.T) {
	n := neighbours{network: netip.MustParsePrefix("172.20.0.0/16"), not: []netip.Addr{netip.MustParseAddr("172.20.0.1")}}
	for from, in := range map[string]bool{
		"172.20.0.2":          true,
		"::ffff:172.20.0.2":   true,
		"172.20.0.1":          false,
		"172.21.0.2":          false,
		"127.0.0.1":           false,
		"192.0.2.2":           false,
		"fe80::1":             false,
		"::ffff:172.21.0.200": false,
	} {
		if got := n.include(&net.TCPAddr{IP: net.ParseIP(from), Port: 40000}); got != in {
			t.Errorf("%s: %v, want %v", from, got, in)
		}
	}
	if n.include(&net.UnixAddr{Name: "172.20.0.2"}) || (neighbours{}).include(&net.TCPAddr{IP: net.IPv4(172, 20, 0, 2)}) {
		t.Error("an address that is none, or of no network")
	}
}

func TestNeighboursOfANetwork(t *testing.T) {
	networks := []dial.Network{{Name: "other"}, {Name: "run"}, {Name: "dual"}}
	networks[0].IPAM.Config = []dial.Addresses{{Subnet: "172.30.0.0/16", Gateway: "172.30.0.1"}}
	networks[1].IPAM.Config = []dial.Addresses{{Subnet: "172.20.0.0/16", Gateway: "<nil>"}}
	networks[2].IPAM.Config = []dial.Addresses{{Subnet: "fd00::/64", Gateway: "fd00::1"}, {Subnet: "10.1.0.0/24", Gateway: "10.1.0.1"}}
	cases := []struct {
		name, at string
		in, out  []string
	}{
		{"run", "172.20.0.3", []string{"172.20.0.2", "172.20.0.1"}, []string{"172.20.0.3", "172.30.0.2"}},
		{"dual", "10.1.0.3", []string{"10.1.0.2"}, []string{"10.1.0.1", "10.1.0.3", "10.1.1.2"}},
	}
	for _, c := range cases {
		n, err := neighboursOf(networks, c.name, netip.MustParseAddr(c.at))
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range append(c.in, c.out...) {
			want := from == c.in[0] || len(c.in) > 1 && from == c.in[1]
			if got := n.include(&net.TCPAddr{IP: net.ParseIP(from)}); got != want {
				t.Errorf("%s: %s: %v, want %v", c.name, from, got, want)
			}
		}
	}
	for _, name := range []string{"absent", "other"} {
		if n, err := neighboursOf(networks, name, netip.MustParseAddr("172.20.0.3")); err == nil {
			t.Errorf("%s: %v", name, n)
		}
	}
}

// onLoopback admits loopback, so that the rest of a listener can be tried without an engine.
func onLoopback(t *testing.T, not ...netip.Addr) *hosted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := newHosted(l, neighbours{network: netip.MustParsePrefix("127.0.0.0/8"), not: not})
	t.Cleanup(h.end)
	return h
}

func callFrom(t *testing.T, h *hosted, from string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).Dial("tcp", h.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestStrangersAreSentAway(t *testing.T) {
	h := onLoopback(t, netip.MustParseAddr("127.0.0.1"))
	stranger := callFrom(t, h, "127.0.0.1")
	friend := callFrom(t, h, "127.0.0.2")
	conn, err := h.Accept()
	if err != nil || conn.RemoteAddr().String() != friend.LocalAddr().String() {
		t.Fatalf("accepted %v, %v", conn, err)
	}
	if n, err := stranger.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("the stranger read %d bytes, %v", n, err)
	}
}

func TestTooManyAreSentAway(t *testing.T) {
	h := onLoopback(t)
	var last net.Conn
	for range mostConnections {
		callFrom(t, h, "127.0.0.2")
		conn, err := h.Accept()
		if err != nil {
			t.Fatal(err)
		}
		last = conn
	}
	accepted := make(chan error, 1)
	go func() { _, err := h.Accept(); accepted <- err }()
	if n, err := callFrom(t, h, "127.0.0.2").Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("one above the bound read %d bytes, %v", n, err)
	}
	_ = last.Close()
	callFrom(t, h, "127.0.0.2")
	if err := <-accepted; err != nil {
		t.Errorf("no room after one has left: %v", err)
	}
}

func TestEndClosesConnections(t *testing.T) {
	h := onLoopback(t)
	caller := callFrom(t, h, "127.0.0.2")
	if _, err := h.Accept(); err != nil {
		t.Fatal(err)
	}
	h.end()
	if _, err := caller.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the caller: %v", err)
	}
	if _, err := h.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
}

// A server must be able to half-close: that is how it lets a caller read an answer before the end.
func TestHostedConnectionsHalfClose(t *testing.T) {
	h := onLoopback(t)
	caller := callFrom(t, h, "127.0.0.2")
	conn, err := h.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	if _, err := caller.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the caller: %v", err)
	}
	if _, err := io.WriteString(caller, "still"); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 5)); err != nil {
		t.Error(err)
	}
}

func TestServersEndWithTheListener(t *testing.T) {
	h := onLoopback(t)
	ended := make(chan error, 1)
	go func() { ended <- http.Serve(h, http.NotFoundHandler()) }()
	h.end()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}

func TestAddressFacing(t *testing.T) {
	own, ok := addressFacing(netip.MustParseAddr("127.9.9.9"))
	if !ok || own.Addr() != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("facing loopback: %v %v", own, ok)
	}
	if own, ok := addressFacing(netip.MustParseAddr("203.0.113.9")); ok {
		t.Errorf("facing nowhere: %v", own)
	}
}

func TestSocketAddress(t *testing.T) {
	got := socketAddress(netip.MustParseAddrPort("172.20.0.1:8080"))
	if want := "\x02\x00\x1f\x90\xac\x14\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"; string(got) != want {
		t.Errorf("% x", got)
	}
}
