package dial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Find returns the connection to the engine to use: explicit (the --engine flag), else DOCKER_HOST, else the current
// docker context, else the first well-known socket that answers. Only the sockets are tried in turn; a value that the
// user gave is used or is the error.
func Find(ctx context.Context, explicit string) (*Conn, error) {
	place, given, err := Given(explicit)
	if err != nil {
		return nil, err
	}
	if given {
		return Open(ctx, place)
	}
	return firstSocket(ctx, sockets())
}

// Given returns the engine that the user named by flag, environment or docker context, if any.
func Given(explicit string) (Place, bool, error) {
	if explicit != "" {
		p, err := parse(explicit, "--engine", envTLS())
		return p, true, err
	}
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		p, err := parse(host, "DOCKER_HOST", envTLS())
		return p, true, err
	}
	return currentContext()
}

// envTLS reads the variables that protect DOCKER_HOST, as the docker command does.
func envTLS() *TLS {
	dir, verify := os.Getenv("DOCKER_CERT_PATH"), os.Getenv("DOCKER_TLS_VERIFY") != ""
	if dir == "" && !verify {
		return nil
	}
	if dir == "" {
		dir = configDir()
	}
	return tlsIn(dir, verify)
}

func tlsIn(dir string, verify bool) *TLS {
	return &TLS{
		CA:     filepath.Join(dir, "ca.pem"),
		Cert:   filepath.Join(dir, "cert.pem"),
		Key:    filepath.Join(dir, "key.pem"),
		Verify: verify,
	}
}

// sockets lists where engines listen when nobody says otherwise, most likely first.
func sockets() []Place {
	home, _ := os.UserHomeDir()
	run := os.Getenv("XDG_RUNTIME_DIR")
	if run == "" {
		run = fmt.Sprintf("/run/user/%d", os.Getuid())
	}
	places := []Place{{Address: "unix:///var/run/docker.sock", Source: "default socket"}}
	add := func(source string, path ...string) {
		places = append(places, Place{Address: "unix://" + filepath.Join(path...), Source: source})
	}
	add("rootless Docker", run, "docker.sock")
	add("Docker Desktop", home, ".docker/run/docker.sock")
	add("Docker Desktop", home, ".docker/desktop/docker.sock")
	add("Colima", home, ".colima/default/docker.sock")
	add("Colima", home, ".config/colima/default/docker.sock")
	add("Rancher Desktop", home, ".rd/docker.sock")
	add("OrbStack", home, ".orbstack/run/docker.sock")
	add("rootless Podman", run, "podman/podman.sock")
	add("Podman", "/run/podman/podman.sock")
	if runtime.GOOS == "darwin" {
		add("Podman machine", home, ".local/share/containers/podman/machine/podman.sock")
	}
	return places
}

// ErrNone says that no engine was named and none was found.
var ErrNone = errors.New("no container engine found")

func firstSocket(ctx context.Context, places []Place) (*Conn, error) {
	var tried []string
	for _, p := range places {
		if _, err := os.Stat(strings.TrimPrefix(p.Address, "unix://")); err != nil {
			continue
		}
		c, err := Open(ctx, p)
		if err == nil {
			return c, nil
		}
		tried = append(tried, err.Error())
	}
	if len(tried) == 0 {
		return nil, fmt.Errorf("%w: DOCKER_HOST is not set, there is no docker context and no known socket; start Docker or Podman, or run `agentcore-conform doctor --fix`", ErrNone)
	}
	return nil, fmt.Errorf("no container engine answers: %s", strings.Join(tried, "; "))
}
