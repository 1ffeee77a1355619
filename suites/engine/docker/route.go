package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/relay"
)

// The ways to a container, as the report names them.
const (
	routeAddress = "address"
	routeMapped  = "mapped"
	routeRelay   = "relay"
)

// route is a proven way to the containers of a run's network.
type route struct {
	name    string
	network string
	notes   []string
	connect func(ctx context.Context, to endpoint) (net.Conn, error)
	close   func()
	// sidecar is the relay's, if that is the route.
	sidecar *sidecar
	// back is the way back that was proven beside this one; it waits for the end of the proof.
	back func() (*wayBack, error)
}

// endpoint is a port of a container, with all that any route needs to find it.
type endpoint struct {
	address netip.Addr
	ports   network.PortMap
	port    int
}

func (r *route) dial(ctx context.Context, to endpoint) (net.Conn, error) { return r.connect(ctx, to) }

var errEnded = errors.New("the container has no address: its process has ended")

func dialAddress(ctx context.Context, to endpoint) (net.Conn, error) {
	if !to.address.IsValid() {
		return nil, errEnded
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", netip.AddrPortFrom(to.address, uint16(to.port)).String())
}

func dialMapped(ctx context.Context, to endpoint) (net.Conn, error) {
	key, err := portKey(to.port)
	if err != nil {
		return nil, err
	}
	if len(to.ports[key]) == 0 {
		return nil, fmt.Errorf("port %d of the container is not mapped", to.port)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(loopback.String(), to.ports[key][0].HostPort))
}

// proveRoute finds a way to containers and proves it: a program on a network of the run answers with a nonce, because a
// port that accepts may be a proxy's or a neighbour's.
func (e *Engine) proveRoute(ctx context.Context) (*route, error) {
	return e.route.get(func() (*route, error) {
		done, err := e.busy()
		if err != nil {
			return nil, err
		}
		defer done()
		r, why := e.routeOn(ctx, e.opts.Network)
		if why == nil {
			return r, nil
		}
		if e.opts.Network == Open || ctx.Err() != nil {
			return nil, fmt.Errorf("no way to the containers of engine %s: %w", e.conn.Place.Redacted(), why)
		}
		// An internal network publishes no ports; what is left is to give up on blocking the way out.
		r, err = e.routeOn(ctx, Open)
		if err != nil {
			return nil, fmt.Errorf("no way to the containers of engine %s: on an internal network: %w; on an open one: %w", e.conn.Place.Redacted(), why, err)
		}
		r.notes = append(r.notes, "the run's network is open: an internal one could not be reached from here ("+why.Error()+")")
		return r, nil
	})
}

func (e *Engine) closeRoute() {
	e.route.mu.Lock()
	defer e.route.mu.Unlock()
	if e.route.done && e.route.value.close != nil {
		e.route.value.close()
	}
}

// routeOn makes the network and lets the routes race to a beacon on it.
func (e *Engine) routeOn(ctx context.Context, kind string) (*route, error) {
	networkName, err := e.makeNetwork(ctx, kind)
	if err != nil {
		return nil, err
	}
	b, err := e.lightBeacon(ctx, networkName, kind)
	if err != nil {
		return nil, err
	}
	candidates := []candidate{{routeAddress, b.proveDirect(routeAddress, dialAddress)}}
	if kind == Open {
		candidates = append(candidates, candidate{routeMapped, b.proveDirect(routeMapped, dialMapped)})
	}
	candidates = append(candidates, candidate{routeRelay, func(ctx context.Context) (*route, error) { return e.proveRelay(ctx, b) }})
	won, err := race(ctx, candidates)
	if err != nil {
		e.discardLater(b.id)
		return nil, err
	}
	e.log("route: %s over network %s", won.name, networkName)
	e.proveBackLater(context.WithoutCancel(ctx), won, b)
	return won, nil
}

// proveBackLater has the beacon's help for the way back before it goes; the first boot does not wait for that.
func (e *Engine) proveBackLater(ctx context.Context, r *route, b *beacon) {
	back := sync.OnceValues(func() (*wayBack, error) { return e.proveBack(ctx, r, b) })
	r.back = back
	e.background.Go(func() {
		_, _ = back()
		e.discard(ctx, b.id)
	})
}

func (e *Engine) makeNetwork(ctx context.Context, kind string) (string, error) {
	name := e.containerName(kind)
	_, err := e.cli.NetworkCreate(ctx, name, client.NetworkCreateOptions{
		Driver: "bridge", Internal: kind == Internal, Labels: e.labels,
	})
	if err != nil {
		return "", fmt.Errorf("making the run's network: %w", err)
	}
	return name, nil
}

// beacon is a running program that answers with a nonce.
type beacon struct {
	id      string
	nonce   string
	network string
	at      endpoint
}

func (e *Engine) lightBeacon(ctx context.Context, networkName, kind string) (*beacon, error) {
	b := &beacon{nonce: token(tiny.NonceLength / 2), network: networkName}
	var err error
	b.id, err = e.startProgram(ctx, e.arch(), tiny.Beacon, func(r *request) {
		r.host.NetworkMode = container.NetworkMode(networkName)
		if kind == Open {
			publish(r, tiny.BeaconPort)
		}
	}, b.nonce)
	if err != nil {
		return nil, err
	}
	seen, err := e.cli.ContainerInspect(ctx, b.id, client.ContainerInspectOptions{})
	if err != nil {
		e.discardLater(b.id)
		return nil, fmt.Errorf("asking where the beacon is: %w", err)
	}
	b.at.port = tiny.BeaconPort
	b.at.address, b.at.ports = whereIs(seen.Container, networkName)
	return b, nil
}

// answers reports whether the other end of a connection is the beacon.
func (b *beacon) answers(conn net.Conn) error {
	defer conn.Close()
	return b.says(conn)
}

// says hears the nonce and leaves the connection open.
func (b *beacon) says(conn net.Conn) error {
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	said := make([]byte, len(b.nonce))
	if _, err := io.ReadFull(conn, said); err != nil {
		return err
	}
	if string(said) != b.nonce {
		return errors.New("something else answers there")
	}
	return nil
}

// directPatience is how long a direct route may take to answer. It is only waited for where the relay is missing, too.
const directPatience = 10 * time.Second

// proveDirect tries again while the beacon may still be starting.
func (b *beacon) proveDirect(name string, dial func(context.Context, endpoint) (net.Conn, error)) func(context.Context) (*route, error) {
	return func(ctx context.Context) (*route, error) {
		ctx, cancel := context.WithTimeout(ctx, directPatience)
		defer cancel()
		again := time.NewTicker(5 * time.Millisecond)
		defer again.Stop()
		for {
			conn, err := dial(ctx, b.at)
			if err == nil {
				err = b.answers(conn)
			}
			if err == nil {
				return &route{name: name, network: b.network, connect: dial}, nil
			}
			if hopeless(err) {
				return nil, err
			}
			select {
			case <-ctx.Done():
				return nil, err
			case <-again.C:
			}
		}
	}
}

// hopeless tells a route that does not exist from a beacon that does not listen yet.
func hopeless(err error) bool {
	text := err.Error()
	return errors.Is(err, errEnded) || errors.Is(err, relay.ErrEnded) || strings.Contains(text, "not mapped") || strings.Contains(text, "network is unreachable")
}

// candidate is a route that may turn out to exist.
type candidate struct {
	name  string
	prove func(context.Context) (*route, error)
}

// headStart is how much earlier than the next one each candidate sets out: long for a route that works, short for a
// person who waits.
const headStart = 700 * time.Millisecond

// result is how one candidate fared.
type result struct {
	name  string
	route *route
	err   error
}

// race returns the first route that is proven. A candidate sets out when its predecessor has failed or has had its head
// start; who loses is told to stop, and closed if it wins too late.
func race(ctx context.Context, candidates []candidate) (*route, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result)
	previous := make(chan struct{})
	close(previous)
	for i, c := range candidates {
		failed := make(chan struct{})
		go func(before <-chan struct{}) { results <- c.compete(ctx, before, failed, time.Duration(i)*headStart) }(previous)
		previous = failed
	}
	var won *route
	var errs []error
	for range candidates {
		switch r := <-results; {
		case r.err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", r.name, r.err))
		case won == nil:
			won = r.route
			cancel()
		case r.route.close != nil:
			r.route.close()
		}
	}
	if won == nil {
		return nil, errors.Join(errs...)
	}
	return won, nil
}

// compete proves one candidate in its turn, and makes way when it fails.
func (c candidate) compete(ctx context.Context, before <-chan struct{}, failed chan<- struct{}, after time.Duration) result {
	if !setOut(ctx, before, after) {
		return result{c.name, nil, ctx.Err()}
	}
	r, err := c.prove(ctx)
	if err != nil {
		close(failed)
	}
	return result{c.name, r, err}
}

// setOut waits for the predecessor's failure or for the head start to pass; false means that the race is over.
func setOut(ctx context.Context, failed <-chan struct{}, after time.Duration) bool {
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-failed:
		return true
	case <-timer.C:
		return true
	}
}
