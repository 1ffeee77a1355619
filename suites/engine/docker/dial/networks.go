package dial

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Network is what clean-up and the way back from containers need to know of a network.
type Network struct {
	ID     string `json:"Id"`
	Name   string
	Labels map[string]string
	IPAM   struct{ Config []Addresses }
}

// Addresses is a range of a network's addresses, as the engine wrote it. Gateway is the engine's machine; it may be empty
// or "<nil>".
type Addresses struct{ Subnet, Gateway string }

// Networks lists the networks that carry the label. It asks by itself because Podman writes "<nil>" for the gateway that
// an internal network does not have, at which the client library gives up on the whole list.
func (c *Conn) Networks(ctx context.Context, label string) ([]Network, error) {
	filter, _ := json.Marshal(map[string][]string{"label": {label}})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://engine/networks?filters="+url.QueryEscape(string(filter)), nil)
	if err != nil {
		return nil, err
	}
	network, address, _ := strings.Cut(c.Host, "://")
	plain := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}}
	resp, err := plain.Do(req)
	if err != nil {
		return nil, fmt.Errorf("listing networks: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("listing networks: the engine answered %s", resp.Status)
	}
	var found []Network
	if err := json.NewDecoder(io.LimitReader(resp.Body, 16<<20)).Decode(&found); err != nil {
		return nil, fmt.Errorf("listing networks: %w", err)
	}
	return found, nil
}
