package suites

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
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

// bootModelled boots a container that has a scripted model of its own, so that what is asked tells who asked.
func (r *run) bootModelled(ctx context.Context, eng engine.Engine, name string) (*scenario.Stage, error) {
	m, env := r.openModel(ctx, eng)
	if r.o.Model == ModelReal {
		env = r.unset(slices.Clone(r.o.ModelEnv))
	}
	s, err := r.boot(ctx, eng, name, slices.Concat(r.o.Env, env))
	if err != nil {
		return nil, err
	}
	s.Model, s.Allowance = m, r.allowance
	return s, nil
}

// openModel starts a model for one container and returns the environment that leads to it. Where containers cannot reach
// this process there is none, and the run says so.
func (r *run) openModel(ctx context.Context, eng engine.Engine) (*model.Server, []string) {
	hosts, can := eng.(engine.Hosts)
	if r.terms().Model != ModelScripted || !can {
		return nil, nil
	}
	l, address, err := hosts.Listen(ctx)
	if err != nil {
		r.noModel(fmt.Sprintf("no scripted model: %v", err))
		return nil, nil
	}
	m := model.New()
	r.mu.Lock()
	r.models = append(r.models, m)
	r.mu.Unlock()
	go func() { _ = m.Serve(l) }() // ends with the run; a container that finds nobody shows it in what it answers
	return m, r.unset(platform.ModelEnvironment(address))
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

// closeModels ends all models and records what was asked of them.
func (r *run) closeModels() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.models) == 0 || r.set.Terms.Model != ModelScripted {
		return
	}
	var all []record.Model
	for _, m := range r.models {
		all = append(all, m.Requests(r.started))
		_ = m.Close()
	}
	use := modelUse(all)
	r.set.Model = &use
}

// modelUse sums up what all containers asked.
func modelUse(all []record.Model) record.ModelUse {
	var out record.ModelUse
	for _, m := range all {
		out.Requests += len(m.Requests) + m.Dropped
		out.Dropped += m.Dropped
		for _, q := range m.Requests {
			if q.Provider == "" || q.Outcome == record.ModelUnknown {
				out.Unknown = different(out.Unknown, q.Method+" "+q.Path)
				continue
			}
			count(&out, q)
		}
	}
	slices.SortStableFunc(out.Spoken, func(a, b record.ModelOperation) int { return b.Requests - a.Requests })
	return out
}

func count(out *record.ModelUse, q record.ModelRequest) {
	i := slices.IndexFunc(out.Spoken, func(o record.ModelOperation) bool { return o.Provider == q.Provider && o.API == q.API })
	if i < 0 {
		i = len(out.Spoken)
		out.Spoken = append(out.Spoken, record.ModelOperation{Provider: q.Provider, API: q.API, Agent: q.Agent})
	}
	o := &out.Spoken[i]
	o.Requests++
	if q.Stream {
		o.Streamed++
	}
	o.Models = different(o.Models, q.Model)
}

func different(list []string, one string) []string {
	if one == "" || len(list) >= record.MaxUnknown || slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}
