package dial

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Place is the address of an engine and where it was found.
type Place struct {
	// Address is unix://PATH, tcp://HOST:PORT or ssh://[USER@]HOST[:PORT][/SOCKET].
	Address string
	// Source is --engine, DOCKER_HOST, "docker context NAME", "default socket" or the name of the product.
	Source string
	// Given says that the user named it, so that nothing else may be used instead.
	Given bool
	// TLS is nil for a plain connection.
	TLS *TLS
}

// TLS names the PEM files of a protected tcp engine. Verify false accepts any server certificate.
type TLS struct {
	CA, Cert, Key string
	Verify        bool
}

func (p Place) scheme() string {
	scheme, _, _ := strings.Cut(p.Address, "://")
	return scheme
}

// Local reports that the engine is reached through a socket file of this machine.
func (p Place) Local() bool { return p.scheme() == "unix" }

// Host is the machine of a tcp or ssh engine, empty for a local socket.
func (p Place) Host() string {
	u, err := url.Parse(p.Address)
	if err != nil || u.Scheme == "unix" {
		return ""
	}
	return u.Hostname()
}

// Redacted is the address without a password.
func (p Place) Redacted() string {
	u, err := url.Parse(p.Address)
	if err != nil || u.User == nil {
		return p.Address
	}
	return u.Redacted()
}

func (p Place) needsForward() bool { return p.scheme() == "ssh" || p.TLS != nil }

// parse checks an address that a user wrote and completes it.
func parse(address, source string, tls *TLS) (Place, error) {
	p := Place{Address: strings.TrimSpace(address), Source: source, Given: true}
	if err := p.check(tls); err != nil {
		return Place{}, fmt.Errorf("engine address %q (from %s): %w", address, source, err)
	}
	return p, nil
}

const forms = "write unix:///path/to/docker.sock, tcp://host:port or ssh://user@host"

func (p *Place) check(tls *TLS) error {
	scheme, rest, found := strings.Cut(p.Address, "://")
	if !found {
		return errors.New("no scheme; " + forms)
	}
	switch scheme {
	case "unix":
		if !strings.HasPrefix(rest, "/") {
			return fmt.Errorf("the socket's path must be absolute; write unix:///%s", rest)
		}
		return nil
	case "tcp", "http", "https":
		p.TLS = tls
		return p.completeTCP()
	case "ssh":
		return p.checkSSH()
	case "npipe":
		return errors.New("named pipes of Windows are not supported; run the tool inside WSL or switch on the engine's tcp socket")
	}
	return fmt.Errorf("unknown scheme %q; %s", scheme, forms)
}

func (p *Place) completeTCP() error {
	u, err := url.Parse(p.Address)
	if err != nil {
		return err
	}
	if u.Hostname() == "" {
		return errors.New("no host; " + forms)
	}
	if u.Path != "" && u.Path != "/" {
		return errors.New("a tcp address has no path; " + forms)
	}
	if u.Scheme == "https" && p.TLS == nil {
		p.TLS = &TLS{Verify: true}
	}
	port := u.Port()
	if port == "" {
		port = "2375"
		if p.TLS != nil {
			port = "2376"
		}
	}
	p.Address = "tcp://" + net.JoinHostPort(u.Hostname(), port)
	if _, err := url.Parse(p.Address); err != nil {
		return fmt.Errorf("%q is no host; %s", u.Hostname(), forms)
	}
	return nil
}

func (p *Place) checkSSH() error {
	u, err := url.Parse(p.Address)
	switch {
	case err != nil:
		return err
	case u.Hostname() == "":
		return errors.New("no host; " + forms)
	case strings.HasPrefix(u.Hostname(), "-") || u.User != nil && strings.HasPrefix(u.User.Username(), "-"):
		return errors.New("host and user must not begin with a dash")
	}
	if _, hasPassword := u.User.Password(); hasPassword {
		return errors.New("ssh takes no password in the address; use a key")
	}
	return nil
}
