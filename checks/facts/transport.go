package facts

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Retrying a registry's answer: three tries in all. A Retry-After is honoured up to maxWait; a registry that asks for
// more is not waited for, so that the user hears of it.
const (
	maxTries = 3
	maxWait  = 20 * time.Second
)

// backoff is the wait after the first and the second failed try, where the registry names none.
var backoff = []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond}

// retrier repeats requests that failed for a reason that passes. It replaces the registry client's own retries, which
// do not read Retry-After.
type retrier struct {
	inner http.RoundTripper
}

// pause waits between tries; tests replace it.
var pause = sleep

// RoundTrip implements http.RoundTripper. Only requests without a body are repeated.
func (t *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	for try := 0; ; try++ {
		resp, err := t.inner.RoundTrip(req)
		if try+1 >= maxTries || req.Body != nil || !passing(resp, err) {
			return resp, err
		}
		wait := backoff[try]
		if resp != nil {
			if asked, ok := retryAfter(resp.Header.Get("Retry-After")); ok {
				wait = asked
			}
			if wait > maxWait {
				return resp, nil
			}
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
			resp.Body.Close()
		}
		if err := pause(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// passing reports a failure that may be gone at the next try. A name that does not resolve and a refused connection
// are told at once.
func passing(resp *http.Response, err error) bool {
	if err != nil {
		return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
			errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
	switch resp.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// retryAfter reads the field's two forms: seconds and a date.
func retryAfter(v string) (time.Duration, bool) {
	if v == "" {
		return 0, false
	}
	if s, err := strconv.ParseInt(v, 10, 32); err == nil && s >= 0 {
		return time.Duration(s) * time.Second, true
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// perHost sends requests to the hosts that the user declared insecure over a transport that does not verify TLS.
type perHost struct {
	insecure []string
	verified http.RoundTripper
	trusting http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *perHost) RoundTrip(req *http.Request) (*http.Response, error) {
	if isInsecure(t.insecure, req.URL.Host) {
		return t.trusting.RoundTrip(req)
	}
	return t.verified.RoundTrip(req)
}

// isInsecure reports whether HOST or HOST:PORT was declared insecure.
func isInsecure(declared []string, hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return slices.Contains(declared, hostport) || slices.Contains(declared, host)
}

// transport builds the stack: verified or trusting TLS by host, then retries.
func (r *Resolved) transport() http.RoundTripper {
	if r.options.Transport != nil {
		return &retrier{inner: r.options.Transport}
	}
	verified := r.newTransport(nil)
	if len(r.options.Insecure) == 0 {
		return &retrier{inner: verified}
	}
	// Only the hosts that the user named with --insecure-registry are spoken to through it.
	trusting := r.newTransport(&tls.Config{InsecureSkipVerify: true})
	return &retrier{inner: &perHost{r.options.Insecure, verified, trusting}}
}

// newTransport makes a transport whose connections end with Close.
func (r *Resolved) newTransport(tlsConfig *tls.Config) *http.Transport {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		TLSClientConfig:     tlsConfig,
		TLSHandshakeTimeout: 15 * time.Second,
		// A registry that accepts a request and then says nothing must not hold up the run.
		ResponseHeaderTimeout: 60 * time.Second,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConnsPerHost:   4,
	}
	r.closers = append(r.closers, func() error { t.CloseIdleConnections(); return nil })
	return t
}
