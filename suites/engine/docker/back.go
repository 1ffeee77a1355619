package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

var _ engine.Hosts = (*Engine)(nil)

// wayBack is a way from the containers of the run to listeners of this process.
type wayBack struct {
	name   string
	from   neighbours
	listen func(context.Context) (net.Listener, error)
	close  func()
}

func (w *wayBack) open(ctx context.Context) (*hosted, error) {
	l, err := w.listen(ctx)
	if err != nil {
		return nil, err
	}
	return newHosted(l, w.from), nil
}

// Listen returns a listener for the containers of the run, and its address as they see it: this machine's address on the
// run's network, or that of the relay's sidecar where there is none or a firewall is in the way. Either was proven by a
// program on the network that connected and said its nonce.
func (e *Engine) Listen(ctx context.Context) (net.Listener, string, error) {
	done, err := e.busy()
	if err != nil {
		return nil, "", err
	}
	defer done()
	r, err := e.proveRoute(ctx)
	if err != nil {
		return nil, "", err
	}
	w, err := e.wayBack(ctx, r)
	if err != nil {
		return nil, "", err
	}
	l, err := w.open(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("listening for the containers: %w", err)
	}
	if !e.keepHosted(l) {
		l.end()
		return nil, "", errOver
	}
	return l, l.Addr().String(), nil
}

// keepHosted remembers a listener for Close, and reports false when that has already begun.
func (e *Engine) keepHosted(l *hosted) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.closed {
		e.hosted = append(e.hosted, l)
	}
	return !e.closed
}

// endHosted comes after shut, so that no listener is added any more.
func (e *Engine) endHosted() {
	e.mu.Lock()
	all := e.hosted
	e.mu.Unlock()
	for _, l := range all {
		l.end()
	}
}

func (e *Engine) closeBack() {
	e.back.mu.Lock()
	defer e.back.mu.Unlock()
	if e.back.done && e.back.value.close != nil {
		e.back.value.close()
	}
}

// wayBack is what the proof of the route has shown, or else a relay.
func (e *Engine) wayBack(ctx context.Context, r *route) (*wayBack, error) {
	return e.back.get(func() (*wayBack, error) {
		why := errors.New("not tried")
		if r.back != nil {
			var w *wayBack
			if w, why = r.back(); why == nil {
				return w, nil
			}
		}
		w, err := e.backByRelay(ctx, r)
		switch {
		case err == nil:
			return w, nil
		case ctx.Err() != nil:
			return nil, fmt.Errorf("finding a way from the containers to this process: %w", ctx.Err())
		}
		return nil, fmt.Errorf("containers of engine %s cannot be given a server of this process: %s: %w; by a relay: %w: %w",
			e.conn.Place.Redacted(), r.name, why, err, engine.ErrUnsupported)
	})
}

// proveBack tries the way back that the route suggests, with the beacon that has just proven the route.
func (e *Engine) proveBack(ctx context.Context, r *route, b *beacon) (*wayBack, error) {
	w, err := e.backAlong(ctx, r, b.at.address)
	if err != nil {
		return nil, err
	}
	if err := w.prove(ctx, r, b); err != nil {
		return nil, err
	}
	e.log("way back from the containers: %s", w.name)
	return w, nil
}

func (e *Engine) backAlong(ctx context.Context, r *route, container netip.Addr) (*wayBack, error) {
	if r.sidecar != nil {
		return e.backOver(ctx, r.sidecar, r.network)
	}
	own, ok := addressFacing(container)
	if !ok {
		return nil, errors.New("this machine has no address on the run's network")
	}
	return &wayBack{
		name: routeAddress, from: neighbours{network: own.Masked(), not: []netip.Addr{own.Addr()}},
		listen: func(ctx context.Context) (net.Listener, error) {
			return (&net.ListenConfig{}).Listen(ctx, "tcp4", netip.AddrPortFrom(own.Addr(), 0).String())
		},
	}, nil
}

// addressFacing is the address of this machine on the narrowest of its networks that a container's address lies in. It
// may be a network of the same numbers elsewhere: only a call from the container proves it.
func addressFacing(container netip.Addr) (netip.Prefix, bool) {
	var best netip.Prefix
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return best, false
	}
	for _, a := range addresses {
		own, err := netip.ParsePrefix(a.String())
		if err == nil && own.Addr().Is4() && own.Addr() != container && own.Masked().Contains(container) && (!best.IsValid() || own.Bits() > best.Bits()) {
			best = own
		}
	}
	return best, best.IsValid()
}

// backOver listens at the sidecar's own address.
func (e *Engine) backOver(ctx context.Context, s *sidecar, networkName string) (*wayBack, error) {
	seen, err := e.cli.ContainerInspect(ctx, s.id, client.ContainerInspectOptions{})
	if err != nil {
		return nil, fmt.Errorf("asking where the relay is: %w", err)
	}
	at, _ := whereIs(seen.Container, networkName)
	networks, err := e.conn.Networks(ctx, watchdog.LabelRun+"="+e.opts.RunID)
	if err != nil {
		return nil, err
	}
	from, err := neighboursOf(networks, networkName, at)
	if err != nil {
		return nil, err
	}
	listen := func(ctx context.Context) (net.Listener, error) { return s.client.Listen(ctx, at) }
	return &wayBack{name: routeRelay, from: from, listen: listen}, nil
}

// neighboursOf reads who can be on the network besides one of its addresses. Gateways are left out: they are the engine's
// machine.
func neighboursOf(networks []dial.Network, name string, except netip.Addr) (neighbours, error) {
	for _, n := range networks {
		if n.Name != name {
			continue
		}
		for _, plan := range n.IPAM.Config {
			subnet, err := netip.ParsePrefix(plan.Subnet)
			if err != nil || !subnet.Contains(except) {
				continue
			}
			found := neighbours{network: subnet.Masked(), not: []netip.Addr{except}}
			if gateway, err := netip.ParseAddr(plan.Gateway); err == nil {
				found.not = append(found.not, gateway)
			}
			return found, nil
		}
	}
	return neighbours{}, fmt.Errorf("the engine does not say which addresses network %s has", name)
}

// backByRelay starts a sidecar for this alone, where containers can be reached but cannot themselves reach this process.
func (e *Engine) backByRelay(ctx context.Context, r *route) (w *wayBack, err error) {
	s := r.sidecar
	if s == nil {
		if s, err = e.startSidecar(ctx, r.network); err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				s.close()
			}
		}()
	}
	if w, err = e.backOver(ctx, s, r.network); err != nil {
		return nil, err
	}
	w.close = s.close
	return w, e.proveAnew(ctx, r, w)
}

// proveAnew lights another beacon, as the route's own may be gone.
func (e *Engine) proveAnew(ctx context.Context, r *route, w *wayBack) error {
	kind := Internal
	if r.name == routeMapped {
		kind = Open
	}
	b, err := e.lightBeacon(ctx, r.network, kind)
	if err != nil {
		return err
	}
	defer e.discardLater(b.id)
	if _, err := b.proveDirect(r.name, r.connect)(ctx); err != nil {
		return err
	}
	if err := w.prove(ctx, r, b); err != nil {
		return err
	}
	e.log("way back from the containers: %s", w.name)
	return nil
}

// callPatience is how long the beacon tries to connect; on a network that lets it, it takes far less than a millisecond.
const callPatience = 2 * time.Second

// prove has the beacon call a listener and say its nonce there. A firewall that drops what comes in would let through all
// that the route needs.
func (w *wayBack) prove(ctx context.Context, r *route, b *beacon) error {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	l, err := w.open(ctx)
	if err != nil {
		return err
	}
	defer l.end()
	conn, err := r.dial(ctx, b.at)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := b.says(conn); err != nil {
		return err
	}
	if _, err := conn.Write(socketAddress(l.Addr().(*net.TCPAddr).AddrPort())); err != nil {
		return fmt.Errorf("asking a container to connect to this process: %w", err)
	}
	defer context.AfterFunc(ctx, l.end)()
	called, err := l.Accept()
	if err != nil {
		return fmt.Errorf("a container could not connect to %s, perhaps because a firewall drops it", l.Addr())
	}
	return b.answers(called)
}

// socketAddress is an IPv4 address and port as Linux takes them: struct sockaddr_in, on machines of little-endian order.
func socketAddress(to netip.AddrPort) []byte {
	const family = 2
	b := []byte{family, 0, byte(to.Port() >> 8), byte(to.Port())}
	b = append(b, to.Addr().Unmap().AsSlice()...)
	return append(b, make([]byte, 8)...)
}
