package suites

import (
	"context"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// Option changes Options for Test.
type Option func(*Options)

// With sets several options at once.
func With(change func(*Options)) Option { return change }

// WithEnv declares environment variables as NAME=value.
func WithEnv(pairs ...string) Option {
	return func(o *Options) { o.Env = append(o.Env, pairs...) }
}

// WithPayload sets the invocation body, with the placeholders {{prompt}} and {{session}}.
func WithPayload(body string) Option {
	return func(o *Options) { o.Payload = body }
}

// WithProfile sets the profile: smoke, gate or soak.
func WithProfile(profile string) Option {
	return func(o *Options) { o.Profile = profile }
}

// Only limits the run to the clauses that the selectors name.
func Only(selectors ...string) Option {
	return func(o *Options) { o.Only = append(o.Only, selectors...) }
}

// WithSessionDuration sets the length of the long session.
func WithSessionDuration(d time.Duration) Option {
	return func(o *Options) { o.SessionDuration = d }
}

// Test runs the contract against an image inside go test: one subtest per clause. A clause that fails or ends in error,
// and a MUST that cannot be tested, fails its subtest; what does not apply is skipped. It uses no Ginkgo, so it can be called any number
// of times. The result is returned for further assertions; it is nil only where the options cannot be.
func Test(t *testing.T, image string, opts ...Option) *reports.Run {
	t.Helper()
	o := Options{Image: image}
	for _, opt := range opts {
		opt(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	run, err := Run(ctx, o)
	if err != nil {
		t.Fatalf("agentcore-conform: %v", err)
		return nil
	}
	for _, clause := range clausesOf(run.Findings) {
		t.Run(clause, func(t *testing.T) { tell(t, run.Findings, clause) })
	}
	for _, e := range run.Errors {
		t.Errorf("agentcore-conform: %s", e)
	}
	for _, w := range run.Stale() {
		t.Errorf("agentcore-conform: waiver %s is stale: its finding no longer occurs, so remove it", w.ID)
	}
	return run
}

func clausesOf(findings []checks.Finding) []string {
	var out []string
	for _, f := range findings {
		if len(out) == 0 || out[len(out)-1] != f.ID {
			out = append(out, f.ID)
		}
	}
	return out
}

func tell(t *testing.T, findings []checks.Finding, clause string) {
	t.Helper()
	skip := false
	for _, f := range findings {
		if f.ID != clause {
			continue
		}
		switch {
		case red(f):
			t.Error(findingText(f))
		case silent(f):
			skip = true
			t.Log(findingText(f))
		case f.Outcome != checks.Pass:
			t.Log(findingText(f))
		}
	}
	if skip && !t.Failed() {
		t.SkipNow()
	}
}
