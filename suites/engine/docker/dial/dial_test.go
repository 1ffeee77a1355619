package dial

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// settings gives the test an empty home and environment.
func settings(t *testing.T) (config string) {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_RUNTIME_DIR", filepath.Join(home, "run"))
	return filepath.Join(home, ".docker")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func writeContext(t *testing.T, config, name, meta string, files ...string) {
	t.Helper()
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	write(t, filepath.Join(config, "contexts", "meta", id, "meta.json"), meta)
	for _, f := range files {
		write(t, filepath.Join(config, "contexts", "tls", id, "docker", f), "")
	}
}

func TestWhatTheUserGave(t *testing.T) {
	const colima = `{"Name":"colima","Endpoints":{"docker":{"Host":"unix:///home/x/.colima/docker.sock"}}}`
	cases := []struct {
		name, flag, host, contextEnv, config string
		address, source                      string
	}{
		{"nothing", "", "", "", "", "", ""},
		{"the flag beats all", "tcp://a:1", "tcp://b:2", "colima", `{"currentContext":"colima"}`, "tcp://a:1", "--engine"},
		{"the variable beats the context", "", "tcp://b:2", "colima", `{"currentContext":"colima"}`, "tcp://b:2", "DOCKER_HOST"},
		{"a context by variable", "", "", "colima", `{"currentContext":"default"}`, "unix:///home/x/.colima/docker.sock", "docker context colima"},
		{"the current context", "", "", "", `{"currentContext":"colima","auths":{}}`, "unix:///home/x/.colima/docker.sock", "docker context colima"},
		{"the default context", "", "", "", `{"currentContext":"default"}`, "", ""},
		{"a config without context", "", "", "", `{"auths":{}}`, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			config := settings(t)
			writeContext(t, config, "colima", colima)
			if c.config != "" {
				write(t, filepath.Join(config, "config.json"), c.config)
			}
			t.Setenv("DOCKER_HOST", c.host)
			t.Setenv("DOCKER_CONTEXT", c.contextEnv)
			p, given, err := Given(c.flag)
			if err != nil || given != (c.address != "") || p.Address != c.address || p.Source != c.source {
				t.Errorf("%+v %t %v", p, given, err)
			}
		})
	}
}

func TestBadContextsAreErrors(t *testing.T) {
	cases := []struct{ name, config, meta, says string }{
		{"absent", `{"currentContext":"gone"}`, "", "no such context"},
		{"without engine", `{"currentContext":"k8s"}`, `{"Endpoints":{"kubernetes":{}}}`, "names no docker engine"},
		{"broken metadata", `{"currentContext":"k8s"}`, `{`, "unexpected end"},
		{"broken config", `{"currentContext":`, "", "config.json"},
		{"bad address", `{"currentContext":"k8s"}`, `{"Endpoints":{"docker":{"Host":"fd://"}}}`, "unknown scheme"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			config := settings(t)
			write(t, filepath.Join(config, "config.json"), c.config)
			if c.meta != "" {
				writeContext(t, config, "k8s", c.meta)
			}
			// Even where another engine would answer, the chosen context is the error.
			if _, err := Find(t.Context(), ""); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
		})
	}
}

func TestContextWithTLS(t *testing.T) {
	config := settings(t)
	t.Setenv("DOCKER_CONTEXT", "far")
	writeContext(t, config, "far", `{"Endpoints":{"docker":{"Host":"tcp://far.example","SkipTLSVerify":true}}}`, "ca.pem")
	p, given, err := Given("")
	if err != nil || !given || p.Address != "tcp://far.example:2376" || p.TLS == nil || p.TLS.Verify || !exists(p.TLS.CA) {
		t.Errorf("%+v %t %v", p, given, err)
	}
}

func TestTLSFromTheEnvironment(t *testing.T) {
	settings(t)
	t.Setenv("DOCKER_HOST", "tcp://far.example")
	if p, _, err := Given(""); err != nil || p.TLS != nil || p.Address != "tcp://far.example:2375" {
		t.Errorf("plain: %+v %v", p, err)
	}
	t.Setenv("DOCKER_TLS_VERIFY", "1")
	t.Setenv("DOCKER_CERT_PATH", "/certs")
	p, _, err := Given("")
	if err != nil || p.TLS == nil || !p.TLS.Verify || p.TLS.Cert != "/certs/cert.pem" || p.Address != "tcp://far.example:2376" {
		t.Errorf("%+v %v", p, err)
	}
}

// engineAt answers pings on a socket under the test's home.
func engineAt(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Api-Version", "1.41")
		fmt.Fprint(w, "OK")
	})}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
}

func TestSocketsAreTriedInTurn(t *testing.T) {
	settings(t)
	// A short folder: a socket's path has about a hundred bytes.
	home, err := os.MkdirTemp("", "acc-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	t.Setenv("HOME", home)
	places := sockets()[1:]
	if _, err := firstSocket(t.Context(), places); !errors.Is(err, ErrNone) {
		t.Errorf("without any: %v", err)
	}
	dead := filepath.Join(home, ".docker/run/docker.sock")
	engineAt(t, dead+".live")
	write(t, dead, "")
	if _, err := firstSocket(t.Context(), places); err == nil || !strings.Contains(err.Error(), dead) {
		t.Errorf("with a dead one: %v", err)
	}
	engineAt(t, filepath.Join(home, ".colima/default/docker.sock"))
	c, err := firstSocket(t.Context(), places)
	if err != nil || c.Place.Source != "Colima" {
		t.Fatalf("%+v %v", c, err)
	}
	c.Close()
}

func TestSSHArguments(t *testing.T) {
	for address, want := range map[string]string{
		"ssh://builder":                                 "-o ConnectTimeout=20 -T -- builder docker system dial-stdio",
		"ssh://ci@builder:2222":                         "-o ConnectTimeout=20 -T -l ci -p 2222 -- builder docker system dial-stdio",
		"ssh://builder/run/user/1000/podman.sock":       "-o ConnectTimeout=20 -T -- builder docker --host unix:///run/user/1000/podman.sock system dial-stdio",
		"ssh://ci@[2001:db8::1]:22/var/run/docker.sock": "-o ConnectTimeout=20 -T -l ci -p 22 -- 2001:db8::1 docker --host unix:///var/run/docker.sock system dial-stdio",
	} {
		p, err := parse(address, "--engine", nil)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		u, _ := url.Parse(p.Address)
		if got := strings.Join(sshArgs(u), " "); got != want {
			t.Errorf("%s: %s", address, got)
		}
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	for address, says := range map[string]string{
		"ssh://-oProxyCommand=x":         "dash",
		"ssh://-l@host":                  "dash",
		"ssh://ci:secret@host":           "no password",
		"ssh://":                         "no host",
		"tcp://host:2375/path":           "no path",
		"unix://var/run/docker.sock":     "unix:///var/run/docker.sock",
		"docker.example:2375":            "no scheme",
		"npipe:////./pipe/docker_engine": "Windows",
	} {
		_, err := parse(address, "DOCKER_HOST", nil)
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "DOCKER_HOST") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestSSHComplaintsAreShown(t *testing.T) {
	settings(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "ssh"), "#!/bin/sh\necho 'Permission denied (publickey).' >&2\nexit 255\n")
	if err := os.Chmod(filepath.Join(dir, "ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	_, err := Find(t.Context(), "ssh://ci@builder.example")
	if err == nil || !strings.Contains(err.Error(), "publickey") || !strings.Contains(err.Error(), "--engine") {
		t.Errorf("%v", err)
	}
}

func TestRedacted(t *testing.T) {
	if got := (Place{Address: "tcp://user:secret@host:1"}).Redacted(); strings.Contains(got, "secret") {
		t.Error(got)
	}
}
