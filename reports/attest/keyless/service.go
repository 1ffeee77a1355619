// Package keyless asks the services that a signature without a key needs: whoever hosts the job for a token that says who it
// is, Fulcio for a certificate, Rekor for an entry in its log, and Sigstore's repository for the roots to verify all that by.
package keyless

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports/legible"
)

// Bounds on a service.
const (
	// patience is how long one request may take.
	patience = 30 * time.Second
	// maxAnswer is in bytes; certificates and log entries take some thousands.
	maxAnswer = 1 << 20
	// maxQuoted is how much of a refusal is told, in bytes.
	maxQuoted = 300
)

// service is one that is asked in JSON. Name and hint are for errors: what it is, and what else can be done than to retry.
type service struct {
	name, hint string
	client     *http.Client
}

// newService follows no redirection: requests carry tokens.
func newService(name, hint string) service {
	return service{name, hint, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ask sends a request, with the token if there is one, and reads the answer into target.
func (s service) ask(ctx context.Context, method, url, token string, body, target any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := newRequest(ctx, method, url, token, body)
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.name, err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("%s cannot be reached: %w; retry, or %s", s.name, err, s.hint)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s did not answer to the end: %w; retry, or %s", s.name, err, s.hint)
	case resp.StatusCode/100 != 2:
		return fmt.Errorf("%s at %s answered %d: %s; retry, or %s", s.name, req.URL.Host, resp.StatusCode, legible.Clip(legible.Line(string(answer)), maxQuoted), s.hint)
	case len(answer) > maxAnswer:
		return fmt.Errorf("%s at %s answered with more than %d KiB; %s", s.name, req.URL.Host, maxAnswer>>10, s.hint)
	}
	if err := json.Unmarshal(answer, target); err != nil {
		return fmt.Errorf("%s at %s did not answer in the JSON that is asked for: %w; %s", s.name, req.URL.Host, err, s.hint)
	}
	return nil
}

func newRequest(ctx context.Context, method, url, token string, body any) (*http.Request, error) {
	var content io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "agentcore-conform")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}
