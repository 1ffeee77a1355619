package record

// Terms are the conditions the user declared and the harness settled on: what the records were taken under.
type Terms struct {
	// Protocol is HTTP, MCP, A2A or AGUI, as the runtime's serverProtocol (NET-09).
	Protocol string `json:"protocol"`
	// Port is the contract port in the container; Path the invocation path (NET-01, NET-07).
	Port int    `json:"port"`
	Path string `json:"path"`
	// Profile is smoke, gate or soak.
	Profile string `json:"profile"`
	// SessionModel is process (default) or microvm; see SES-06.
	SessionModel string `json:"sessionModel"`
	// Compute is microvm (arm64 only) or instances (IMG-19).
	Compute string `json:"compute"`
	// PlatformVersion is v1 or v2; empty means v1 (LIFE-15, LIM-07).
	PlatformVersion string `json:"platformVersion,omitempty"`
	// TimeScale is the factor by which limits on computed work are stretched; 1 on native hardware without a quota.
	TimeScale float64 `json:"timeScale"`
	// Throttled is the part of a measured TimeScale that quotas on the containers' CPU time cost; 0 where they cost nothing.
	Throttled float64 `json:"throttled,omitempty"`
	// Emulated says that the image's instructions are translated, so that time proves little.
	Emulated bool `json:"emulated"`
	// Model says what answers the agent's model calls: scripted (the harness), none, or real.
	Model string `json:"model,omitempty"`
	// Attached says that the target is a server that already ran: no image, no process, no logs.
	Attached bool `json:"attached"`
	// PayloadDeclared, StreamDeclared, SlowDeclared and AsyncDeclared say which payloads the user gave.
	PayloadDeclared bool `json:"payloadDeclared"`
	StreamDeclared  bool `json:"streamDeclared,omitempty"`
	SlowDeclared    bool `json:"slowDeclared,omitempty"`
	AsyncDeclared   bool `json:"asyncDeclared,omitempty"`
	// MaxPayload is the largest request body, in bytes, that the user declared the agent to take; 0 when undeclared.
	MaxPayload int64 `json:"maxPayload,omitempty"`
	// IdleTimeout and MaxLifetime are the runtime's lifecycle settings; 0 means the platform's own: 15 minutes and 8 hours
	// (LIFE-06, LIFE-07).
	IdleTimeout Millis `json:"idleTimeout,omitempty"`
	MaxLifetime Millis `json:"maxLifetime,omitempty"`
	// DeployRef is the container URI that will be given to CreateAgentRuntime, when the user named it (IMG-06, IMG-07).
	DeployRef string `json:"deployRef,omitempty"`
	// Environment lists the variables given with --env and --env-file: names and sizes, never values (LIM-07).
	Environment []EnvVar `json:"environment,omitempty"`
}

// The platform versions of a runtime. V2 makes a snapshot of a container that has become healthy and restores it for each
// session.
const (
	PlatformV1 = "v1"
	PlatformV2 = "v2"
)

// OnV2 reports that the runtime is to be on platform version V2.
func (t Terms) OnV2() bool { return t.PlatformVersion == PlatformV2 }

// EnvVar describes a declared variable without its value.
type EnvVar struct {
	Name         string `json:"name"`
	ValueLength  int    `json:"valueLength"`
	ControlChars bool   `json:"controlChars,omitempty"`
}
