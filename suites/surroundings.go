package suites

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/aws"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/metadata"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/otlp"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// What answers the model calls of an agent.
const (
	// ModelScripted: the harness does, for every vendor's SDK (default).
	ModelScripted = "scripted"
	// ModelNone: nothing does, unless --env and --network say otherwise.
	ModelNone = "none"
	// ModelReal: a vendor does, and is paid for it.
	ModelReal = "real"
)

// surroundings are what the harness serves to one container: the model, stand-ins for the other AWS services, a collector.
// Each container has its own, so that what is asked tells who asked.
type surroundings struct {
	model    *model.Server
	services *aws.Server
	spans    *otlp.Sink
	// keys are what hands out credentials; nil for a container that is given static ones.
	keys  *metadata.Service
	lines []scenario.Lines
}

// server is one of them.
type server interface {
	Serve(net.Listener) error
	Close() error
}

// soon has OpenTelemetry export each second: a container is removed before its usual five are over.
var soon = []string{"OTEL_BSP_SCHEDULE_DELAY=1000"}

// bootServed boots a container in surroundings of its own. A collector that is closed is one that no agent may wait for
// (OBS-05). More is added to what leads there.
func (r *run) bootServed(ctx context.Context, eng engine.Engine, name string, collector bool, more ...string) (*scenario.Stage, error) {
	around, env := r.surround(ctx, eng, collector, nil)
	if r.o.Model == ModelReal {
		env = r.unset(slices.Clone(r.o.ModelEnv))
	}
	return r.bootWithin(ctx, eng, name, around, slices.Concat(env, r.unset(more)))
}

// bootRotated boots a container that is handed out credentials. There is none where containers cannot reach this process.
func (r *run) bootRotated(ctx context.Context, eng engine.Engine, name string, keys *metadata.Service) (*scenario.Stage, error) {
	around, env := r.surround(ctx, eng, true, keys)
	if around == nil {
		return nil, nil
	}
	return r.bootWithin(ctx, eng, name, around, env)
}

func (r *run) bootWithin(ctx context.Context, eng engine.Engine, name string, around *surroundings, env []string) (*scenario.Stage, error) {
	s, err := r.boot(ctx, eng, name, slices.Concat(r.o.Env, env))
	if err != nil {
		return nil, err
	}
	s.Allowance = r.allowance
	if around != nil {
		s.Model, s.Services, s.Lines = around.model, around.services, around.lines
	}
	return s, nil
}

// surround starts the servers for one container and returns the environment that leads to them. Where containers cannot
// reach this process there are none, and the run says so. Keys hand out its credentials; nil gives it static ones.
func (r *run) surround(ctx context.Context, eng engine.Engine, collector bool, keys *metadata.Service) (*surroundings, []string) {
	hosts, can := eng.(engine.Hosts)
	if r.terms().Model != ModelScripted || !can {
		return nil, nil
	}
	around := &surroundings{model: model.New(), services: aws.New(), spans: otlp.New()}
	if keys != nil {
		around.model.Expired, around.services.Expired = keys.Guard(record.PeerModel), keys.Guard(record.PeerServices)
	}
	var at [3]string
	peers := [len(at)]record.Peer{record.PeerModel, record.PeerServices, record.PeerCollector}
	for i, s := range []server{around.model, around.services, around.spans} {
		l, address, err := hosts.Listen(ctx)
		if err != nil {
			around.close()
			r.noModel(fmt.Sprintf("no scripted model: %v", err))
			return nil, nil
		}
		if s == around.spans && !collector {
			_ = l.Close()
		} else {
			lines := stub.NewSeverable(l)
			around.lines = append(around.lines, scenario.Lines{To: peers[i], Severable: lines})
			go func() { _ = s.Serve(lines) }() // ends with the run; a container that finds nobody shows it in what it answers
		}
		at[i] = address
	}
	env := slices.Concat(model.Environment(at[0]), aws.Environment(at[1]), otlp.Environment(at[2]), soon)
	if keys != nil {
		l, address, err := hosts.Listen(ctx)
		if err != nil {
			around.close()
			return nil, nil
		}
		around.keys = keys
		go func() { _ = keys.Serve(l) }() // ends with the run
		env = metadata.Instead(env, address)
	}
	r.mu.Lock()
	r.around = append(r.around, around)
	r.mu.Unlock()
	return around, r.unset(env)
}

func (s *surroundings) close() {
	for _, one := range []server{s.model, s.services, s.spans} {
		_ = one.Close()
	}
	if s.keys != nil {
		_ = s.keys.Close()
	}
}

// noModel notes once why the agent has no model.
func (r *run) noModel(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set.Terms.Model = ModelNone
	if r.env != nil && !slices.Contains(r.env.Notes, why) {
		r.env.Notes = append(r.env.Notes, why)
	}
}

// unset drops the variables that the user or the image set already.
func (r *run) unset(env []string) []string {
	set := map[string]bool{}
	declared := r.o.Env
	if i := r.image(); i != nil {
		declared = slices.Concat(declared, i.Env)
	}
	for _, e := range declared {
		name, _, _ := strings.Cut(e, "=")
		set[name] = true
	}
	return slices.DeleteFunc(env, func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return set[name]
	})
}

func (r *run) image() *record.Image {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.set.Image
}

// leave ends all servers and records what was asked of them.
func (r *run) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	var asked []record.Model
	var services []record.Services
	var spans []record.Spans
	for _, s := range r.around {
		asked = append(asked, s.model.Requests(r.started))
		services = append(services, s.services.Requests(r.started))
		spans = append(spans, s.spans.Spans(r.started))
		s.close()
	}
	if len(r.around) > 0 && r.plan.kinds[record.KindModel] {
		use := modelUse(asked)
		use.Services, use.Spans = aws.Called(services...), spansUse(spans)
		r.set.Model = &use
	}
}
