package suites

import (
	"slices"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/platform"
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

// contractPorts and contractPaths are NET-01's.
var (
	contractPorts = map[string]int{"HTTP": 8080, "MCP": 8000, "A2A": 9000, "AGUI": 8080}
	contractPaths = map[string]string{"HTTP": "/invocations", "MCP": "/mcp", "A2A": "/", "AGUI": "/invocations"}
)

// Lengths of the session lane by profile.
const (
	gateSession = 30 * time.Second
	soakSession = 8 * time.Hour
	longest     = 8 * time.Hour
	soakIdle    = 60 * time.Second
)

// withDefaults fills what was left out and refuses what cannot be.
func (o Options) withDefaults() (Options, error) {
	def(&o.Protocol, "HTTP")
	def(&o.Profile, Gate)
	def(&o.SessionModel, ProcessModel)
	def(&o.Compute, MicroVM)
	def(&o.Network, "internal")
	o.Protocol = strings.ToUpper(strings.ReplaceAll(o.Protocol, "-", ""))
	if err := o.checkChoices(); err != nil {
		return o, err
	}
	def(&o.Port, contractPorts[o.Protocol])
	def(&o.Path, contractPaths[o.Protocol])
	def(&o.InvocationTimeout, 120*time.Second)
	def(&o.Sessions, 16)
	def(&o.Turns, 4)
	if o.Profile == Soak {
		def(&o.SessionDuration, soakSession)
	}
	def(&o.SessionDuration, gateSession)
	def(&o.Timeout, 30*time.Minute+o.SessionDuration)
	return o, o.checkValues()
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
	switch {
	case o.Image == "" && o.Endpoint == "":
		return usagef("name an image (NAME:TAG, NAME@DIGEST, oci:DIR, docker-archive:FILE) or an --endpoint")
	case o.Image != "" && o.Endpoint != "":
		return usagef("an image and --endpoint exclude each other: give one")
	case o.Inspect && o.Endpoint != "":
		return usagef("inspect reads an image; an --endpoint has none")
	case o.Port < 1 || o.Port > 65535:
		return usagef("--port %d is not a port", o.Port)
	case !strings.HasPrefix(o.Path, "/"):
		return usagef("--path %q must begin with a slash", o.Path)
	case o.TimeScale < 0 || o.TimeScale > 1000:
		return usagef("--time-scale must be auto or a number from 1 to 1000")
	case o.SessionDuration < time.Second || o.SessionDuration > longest:
		return usagef("--session-duration %s is not between 1s and 8h", o.SessionDuration)
	case o.Sessions < 2 || o.Sessions > 256:
		return usagef("--sessions %d is not between 2 and 256", o.Sessions)
	case o.Turns < 1 || o.Turns > 64:
		return usagef("--turns %d is not between 1 and 64", o.Turns)
	case o.InvocationTimeout < time.Second || o.InvocationTimeout > 15*time.Minute:
		return usagef("--invocation-timeout %s is not between 1s and 15m", o.InvocationTimeout)
	}
	for _, p := range []struct{ flag, text string }{
		{"--payload", o.Payload}, {"--stream-payload", o.StreamPayload}, {"--slow-payload", o.SlowPayload}, {"--async-payload", o.AsyncPayload},
	} {
		if p.text == "" {
			continue
		}
		if _, err := platform.ParseTemplate(p.text); err != nil {
			return usagef("%s: %v", p.flag, err)
		}
	}
	for _, e := range o.Env {
		if name, _, ok := strings.Cut(e, "="); !ok || name == "" {
			return usagef("--env %q is not NAME=value", e)
		}
	}
	return nil
}

// imagePlatform is the platform that the compute type runs (IMG-01, IMG-19).
func (o Options) imagePlatform() string {
	if o.Compute == Instances {
		return "linux/amd64"
	}
	return "linux/arm64"
}
