package suites

import (
	"slices"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/metadata"
)

// Profiles.
const (
	Smoke = "smoke"
	Gate  = "gate"
	Soak  = "soak"
)

// Session models and compute types.
const (
	ProcessModel = "process"
	MicroVM      = "microvm"
	Instances    = "instances"
)

// Platform versions.
const (
	PlatformV1 = record.PlatformV1
	PlatformV2 = record.PlatformV2
)

// contractPorts and contractPaths are NET-01's.
var (
	contractPorts = map[string]int{"HTTP": 8080, "MCP": 8000, "A2A": 9000, "AGUI": 8080}
	contractPaths = map[string]string{"HTTP": "/invocations", "MCP": "/mcp", "A2A": "/", "AGUI": "/invocations"}
)

// What a real model costs at most by default: calls in all, and the size of the isolation test.
const (
	paidCalls    = 300
	paidSessions = 4
	paidTurns    = 2
)

// Bounds on SessionTurns.
const (
	LeastSessionTurns = 5
	MostSessionTurns  = 1_000_000
)

// Lengths of the session lane by profile.
const (
	gateSession = 30 * time.Second
	soakSession = 8 * time.Hour
	longest     = 8 * time.Hour
	soakIdle    = 60 * time.Second
)

// How long a process is made to stand still by profile: at most half of the session lane, beside which it does so.
const (
	gateFreeze = 15 * time.Second
	soakFreeze = 3 * time.Minute
	// NoFreeze leaves it out; MostFreeze is the longest.
	NoFreeze   = time.Duration(-1)
	MostFreeze = 15 * time.Minute
)

// expirySession is the least length of the long session beside which credentials are let end.
const expirySession = time.Hour

// MostKeyLife is the most that KeyLife can be.
const MostKeyLife = time.Hour

// A runtime's lifecycle settings (LIFE-06, LIFE-07): the platform's defaults, the least of either, and the most that the guide
// gives the idle timeout and the service model the lifetime.
const (
	defaultIdle     = 15 * time.Minute
	defaultLifetime = 8 * time.Hour
	LeastLifecycle  = time.Minute
	MostIdleTimeout = 8 * time.Hour
	MostMaxLifetime = 14 * 24 * time.Hour
)

// LongestCall is the most that InvocationTimeout can be: what the platform gives a stream, and a minute to see it go on (SSE-10).
const LongestCall = 61 * time.Minute

// withDefaults fills what was left out and refuses what cannot be.
func (o Options) withDefaults() (Options, error) {
	def(&o.Protocol, "HTTP")
	def(&o.Profile, Gate)
	def(&o.SessionModel, ProcessModel)
	def(&o.Compute, MicroVM)
	def(&o.PlatformVersion, PlatformV1)
	def(&o.Model, ModelScripted)
	if o.Model == ModelReal {
		if o.Network == "internal" {
			return o, usagef("--model real is reached over --network open; leave --network internal out, or use --model scripted")
		}
		o.Network = "open"
		def(&o.MaxModelCalls, paidCalls)
		def(&o.Sessions, paidSessions)
		def(&o.Turns, paidTurns)
	}
	def(&o.Network, "internal")
	o.Protocol = strings.ToUpper(strings.ReplaceAll(o.Protocol, "-", ""))
	if err := o.checkChoices(); err != nil {
		return o, err
	}
	def(&o.Port, contractPorts[o.Protocol])
	def(&o.Path, contractPaths[o.Protocol])
	def(&o.Sessions, 16)
	def(&o.Turns, 4)
	if o.Profile == Soak {
		def(&o.SessionDuration, soakSession)
	}
	def(&o.SessionDuration, gateSession)
	def(&o.Freeze, min(freezeOf(o.Profile), o.SessionDuration/2))
	if o.SessionDuration >= expirySession && o.SessionTurns == 0 {
		def(&o.KeyLife, metadata.Life)
	}
	def(&o.IdleTimeout, defaultIdle)
	def(&o.MaxLifetime, defaultLifetime)
	def(&o.Timeout, 30*time.Minute+o.SessionDuration+o.InvocationTimeout)
	return o, o.checkValues()
}

func freezeOf(profile string) time.Duration {
	if profile == Soak {
		return soakFreeze
	}
	return gateFreeze
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (o Options) checkChoices() error {
	for _, c := range []struct {
		flag, value string
		choices     []string
	}{
		{"--protocol", o.Protocol, []string{"HTTP", "MCP", "A2A", "AGUI"}},
		{"--profile", o.Profile, []string{Smoke, Gate, Soak}},
		{"--session-model", o.SessionModel, []string{ProcessModel, MicroVM}},
		{"--compute", o.Compute, []string{MicroVM, Instances}},
		{"--platform-version", o.PlatformVersion, []string{PlatformV1, PlatformV2}},
		{"--model", o.Model, []string{ModelScripted, ModelNone, ModelReal}},
		{"--network", o.Network, []string{"internal", "open"}},
	} {
		if !slices.Contains(c.choices, c.value) {
			return usagef("%s %q is not one of %s", c.flag, c.value, strings.Join(c.choices, ", "))
		}
	}
	if o.Protocol != "HTTP" && !o.Inspect {
		return usagef("--protocol %s is not played by this version yet; inspect covers its image, run covers HTTP", o.Protocol)
	}
	return nil
}

func (o Options) checkValues() error {
	for _, check := range []func() error{o.checkTarget, o.checkRanges, o.checkBodies, o.checkEnv, o.checkWaivers} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (o Options) checkTarget() error {
	switch {
	case o.Image == "" && o.Endpoint == "":
		return usagef("name an image (NAME:TAG, NAME@DIGEST, oci:DIR, docker-archive:FILE) or an --endpoint")
	case o.Image != "" && o.Endpoint != "":
		return usagef("an image and --endpoint exclude each other: give one")
	case o.Inspect && o.Endpoint != "":
		return usagef("inspect reads an image; an --endpoint has none")
	case !strings.HasPrefix(o.Path, "/"):
		return usagef("--path %q must begin with a slash", o.Path)
	}
	return nil
}

func (o Options) checkRanges() error {
	ranges := []error{
		within("--port", o.Port, 1, 65535),
		within("--time-scale", o.TimeScale, 0, 1000),
		within("--session-duration", o.SessionDuration, time.Second, longest),
		o.checkSessionTurns(),
		within("--freeze", o.Freeze, NoFreeze, MostFreeze),
		within("the life of credentials", o.KeyLife, 0, MostKeyLife),
		within("--idle-timeout", o.IdleTimeout, LeastLifecycle, MostIdleTimeout),
		within("--max-lifetime", o.MaxLifetime, LeastLifecycle, MostMaxLifetime),
		CheckLifecycle(o.IdleTimeout, o.MaxLifetime),
		within("--sessions", o.Sessions, 2, 256),
		within("--turns", o.Turns, 1, 64),
		within("--max-model-calls", o.MaxModelCalls, 0, 100_000),
	}
	if o.InvocationTimeout != 0 {
		ranges = append(ranges, within("--invocation-timeout", o.InvocationTimeout, time.Second, LongestCall))
	}
	for _, err := range ranges {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkSessionTurns wants a burst at least: fewer turns would say little of a session.
func (o Options) checkSessionTurns() error {
	if o.SessionTurns == 0 {
		return nil
	}
	return within("--session-turns", o.SessionTurns, LeastSessionTurns, MostSessionTurns)
}

// CheckLifecycle refuses an idle timeout that is longer than the maximum lifetime, in the platform's own words; 0 stands for
// the platform's default of either (LIFE-07).
func CheckLifecycle(idle, lifetime time.Duration) error {
	def(&idle, defaultIdle)
	def(&lifetime, defaultLifetime)
	if idle > lifetime {
		return usagef("idleRuntimeSessionTimeout must be less than or equal to maxLifeTime: --idle-timeout is %v, --max-lifetime %v", idle, lifetime)
	}
	return nil
}

func within[T int | float64 | time.Duration](flag string, value, least, most T) error {
	if value < least || value > most {
		return usagef("%s %v is not between %v and %v", flag, value, least, most)
	}
	return nil
}

func (o Options) checkBodies() error {
	if o.AsyncFailingPayload != "" && o.AsyncPayload == "" {
		return usagef("--async-failing-payload takes an --async-payload beside it: a job that ends well is its measure")
	}
	for _, p := range []struct{ flag, text string }{
		{"--payload", o.Payload}, {"--stream-payload", o.StreamPayload}, {"--slow-payload", o.SlowPayload}, {"--async-payload", o.AsyncPayload},
		{"--async-failing-payload", o.AsyncFailingPayload},
	} {
		if p.text == "" {
			continue
		}
		if _, err := platform.ParseTemplate(p.text); err != nil {
			return usagef("%s: %v", p.flag, err)
		}
	}
	return nil
}

func (o Options) checkEnv() error {
	for _, e := range o.Env {
		if name, _, ok := strings.Cut(e, "="); !ok || name == "" {
			return usagef("--env %q is not NAME=value", e)
		}
	}
	return nil
}

func (o Options) checkWaivers() error {
	if err := reports.CheckWaivers(o.Waivers, time.Now()); err != nil {
		return usagef("%v", err)
	}
	return nil
}

// accepted is what does not fail the run although it is found.
func (o Options) accepted() reports.Accepted {
	return reports.Accepted{Waivers: o.Waivers, Baseline: o.Baseline}
}

// imagePlatform is the platform that the compute type runs (IMG-01, IMG-19).
func (o Options) imagePlatform() string {
	if o.Compute == Instances {
		return "linux/amd64"
	}
	return "linux/arm64"
}
