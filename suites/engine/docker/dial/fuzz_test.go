package dial

import (
	"strings"
	"testing"
)

// FuzzPlace: the address of an engine, as a flag, a variable or a context names it, is understood or refused in one line,
// and a password in it is not shown.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{
		"unix:///var/run/docker.sock", "tcp://127.0.0.1", "tcp://[::1]:2376", "https://host", "ssh://me@host:22/run/docker.sock", "ssh://-oProxyCommand=x",
		"ssh://u:p@host", "npipe:////./pipe/docker", "tcp://a:b@c", "tcp://host/path", "://", "", "tcp://\x00", "unix://relative",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		p, err := parse(address, "DOCKER_HOST", nil)
		if err != nil {
			if !strings.Contains(err.Error(), "DOCKER_HOST") {
				t.Errorf("%v does not say where the address is from", err)
			}
			return
		}
		again, err := parse(p.Address, "again", p.TLS)
		if err != nil || again.Address != p.Address {
			t.Errorf("%q becomes %q, and then %q, %v", address, p.Address, again.Address, err)
		}
		if p.scheme() == "ssh" && strings.HasPrefix(p.Host(), "-") {
			t.Errorf("%q would be an option of ssh", p.Host())
		}
		p.Redacted()
	})
}
