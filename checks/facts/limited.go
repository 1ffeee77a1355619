package facts

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// maxAnswer is the size in bytes past which a registry's answer about artifacts is not read on.
const maxAnswer = MaxArtifact + 1<<20

// tooLarge ends a body that is longer than an honest one.
type tooLarge struct{}

func (tooLarge) Error() string {
	return "it answered with more than " + strconv.Itoa(maxAnswer>>20) + " MiB"
}

// limited bounds each answer: the registry client itself takes manifests of 100 MiB.
type limited struct{ inner http.RoundTripper }

// limitedTransport is the image's transport with each answer bounded. It is made once, for the connections that it keeps.
func (r *Resolved) limitedTransport() http.RoundTripper {
	if r.limited == nil {
		r.limited = &limited{inner: r.transport()}
	}
	return r.limited
}

// RoundTrip implements http.RoundTripper.
func (l *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.inner.RoundTrip(req)
	if err == nil {
		resp.Body = &limitedBody{ReadCloser: resp.Body, left: maxAnswer}
	}
	return resp, err
}

type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		if n, err := b.ReadCloser.Read(make([]byte, 1)); n == 0 {
			return 0, err
		}
		return 0, tooLarge{}
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// unfitUnlessRegistry tells a fault of one artifact from one of the registry: what it lists and does not have, or sends
// with other bytes than named, is unfit.
func unfitUnlessRegistry(err error) error {
	var te *transport.Error
	var ne net.Error
	switch {
	case errors.As(err, &te):
		if te.StatusCode == http.StatusNotFound {
			return ErrUnfit
		}
		return err
	case errors.As(err, &ne), errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return ErrUnfit
}
