package dial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
)

func (p Place) tlsDialer() (func(context.Context) (stream, error), error) {
	u, err := url.Parse(p.Address)
	if err != nil {
		return nil, err
	}
	config, err := p.TLS.config(u.Hostname())
	if err != nil {
		return nil, err
	}
	dialer := tls.Dialer{Config: config}
	return func(ctx context.Context) (stream, error) {
		conn, err := dialer.DialContext(ctx, "tcp", u.Host)
		if err != nil {
			return nil, err
		}
		return conn.(*tls.Conn), nil
	}, nil
}

// config loads the certificates. Files that are absent are left out, as the docker command does: a server may need none.
func (t *TLS) config(host string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, InsecureSkipVerify: !t.Verify, MinVersion: tls.VersionTLS12}
	if exists(t.CA) {
		pem, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, fmt.Errorf("reading the engine's CA: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("the engine's CA file %s holds no certificate", t.CA)
		}
	}
	if exists(t.Cert) || exists(t.Key) {
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, fmt.Errorf("reading the engine's client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
