package attach

import (
	"net"
	"strconv"
	"testing"
)

// FuzzNew: the address of a server is understood or refused, and what is understood can be dialled.
func FuzzNew(f *testing.F) {
	for _, s := range []string{
		"http://127.0.0.1:8080", "http://[::1]", "https://host", "http://u@host", "http://host/path", "http://host:0", "http://host:99999", "http://:80", "", "http://%",
		"http://host:", "http://host?x#y", "HTTP://HOST", "http://[::1%25eth0]:80",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		e, err := New(address)
		if err != nil {
			return
		}
		host, port, err := net.SplitHostPort(e.address[len("http://"):])
		if n, wrong := strconv.Atoi(port); err != nil || host == "" || wrong != nil || n != e.Port() || n < 1 || n > 65535 {
			t.Errorf("%q is understood as %q", address, e.address)
		}
	})
}
