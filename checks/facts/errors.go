package facts

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// registryError tells a failed look at a registry in one line with a next step. It says nothing of URLs, which may be
// signed, and quotes the registry only cleaned.
func registryError(ref name.Reference, err error, askedEngine bool) error {
	host := ref.Context().RegistryStr()
	where := ""
	if askedEngine {
		where = "the local engine does not have it (docker images lists what it has), and "
	}
	var te *transport.Error
	if !errors.As(err, &te) {
		if step := networkStep(host, err); step != "" {
			return fmt.Errorf("image %s: %s%s (%w)", ref, where, step, quiet{err})
		}
		return fmt.Errorf("image %s: %s%s", ref, where, oneLine(err))
	}
	switch te.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("image %s: %sregistry %s refused access (%s); log in with %s, or check the name: some registries answer so for what does not exist", ref, where, host, statusText(te), login(host))
	case http.StatusNotFound:
		return fmt.Errorf("image %s: %sregistry %s does not have it (%s); check the name and the tag, or build it with docker build --platform linux/arm64", ref, where, host, statusText(te))
	case http.StatusTooManyRequests:
		return fmt.Errorf("image %s: %sregistry %s limits the rate of requests (%s); wait, or log in with %s for a higher limit", ref, where, host, statusText(te), login(host))
	}
	return fmt.Errorf("image %s: %sregistry %s answered %s; try again, or pull the image and test the local one", ref, where, host, statusText(te))
}

// networkStep explains failures below HTTP.
func networkStep(host string, err error) string {
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var netErr net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		return fmt.Sprintf("registry %s did not answer in time; check the network and the proxy settings", host)
	case errors.As(err, &dns):
		return fmt.Sprintf("the registry's name %s does not resolve; check the spelling and the network", host)
	case errors.As(err, &unknown), errors.As(err, &hostname), errors.As(err, &invalid):
		return fmt.Sprintf("registry %s has a certificate that is not trusted; install its CA, or use --insecure-registry %s", host, host)
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Sprintf("registry %s speaks plain http; allow that with --insecure-registry %s", host, host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing listens at registry %s; check the host and the port", host)
	case errors.As(err, new(*net.OpError)):
		return fmt.Sprintf("registry %s cannot be reached; check the network and the proxy settings", host)
	}
	return ""
}

// login is the command that gets access to a registry.
func login(host string) string {
	if m := ecrHost.FindStringSubmatch(host); m != nil {
		return fmt.Sprintf("aws ecr get-login-password --region %s | docker login --username AWS --password-stdin %s", m[1], host)
	}
	if host == name.DefaultRegistry {
		return "docker login"
	}
	return "docker login " + host
}

var ecrHost = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$`)

// statusText is the status and the registry's own word for it.
func statusText(te *transport.Error) string {
	s := fmt.Sprintf("status %d", te.StatusCode)
	for _, d := range te.Errors {
		if text := oneLine(fmt.Errorf("%s %s", d.Code, d.Message)); text != "" {
			return s + ", " + shorten(text, 160)
		}
	}
	return s
}

// quiet keeps the cause for errors.Is and As without repeating its text.
type quiet struct{ err error }

func (q quiet) Error() string { return shorten(oneLine(rootCause(q.err)), 200) }
func (q quiet) Unwrap() error { return q.err }

// rootCause is the innermost error: the outer ones name the URL, which may hold a signature.
func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

var (
	userInfo = regexp.MustCompile(`://[^/\s@]*@`)
	query    = regexp.MustCompile(`(https?://[^\s?"]*)\?[^\s"]*`)
)

// oneLine makes a cause fit for a line of text: no line ends, no control bytes, no credentials or signatures in URLs.
func oneLine(err error) string {
	if err == nil {
		return ""
	}
	s := strings.Map(func(c rune) rune {
		if c < 0x20 || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(err.Error(), "\uFFFD"))
	s = userInfo.ReplaceAllString(strings.Join(strings.Fields(s), " "), "://")
	return shorten(query.ReplaceAllString(s, "$1"), 400)
}
