// Package suites plays the AgentCore platform around one container and has the checks rule on what was seen.
package suites

import (
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// Options say what to test and how. The zero value of every field is its default.
type Options struct {
	// Image is a name in the local engine or a registry, name@sha256:…, oci:DIR or docker-archive:FILE.
	Image string
	// Endpoint is the URL of a server that already runs; it excludes Image (attach).
	Endpoint string
	// Inspect limits the run to the static checks: no boot.
	Inspect bool
	// Pull asks the registry even when the engine has the image.
	Pull bool
	// InsecureRegistries are registry hosts to speak plain http or unverified TLS to.
	InsecureRegistries []string

	// Protocol is HTTP (default), MCP, A2A or AGUI.
	Protocol string
	// Port and Path override the protocol's contract port and invocation path (NET-07).
	Port int
	Path string
	// Payload is the JSON body of an invocation with the placeholders {{prompt}} and {{session}}; empty walks the
	// ladder of common shapes. StreamPayload asks for a streamed answer when that takes another body, SlowPayload for
	// one that takes {{milliseconds}} or {{seconds}}, AsyncPayload starts a background job, and AsyncFailingPayload one that
	// fails (it takes an AsyncPayload beside it). Streams and jobs take as long if they have a place for that.
	Payload             string
	StreamPayload       string
	SlowPayload         string
	AsyncPayload        string
	AsyncFailingPayload string
	// MaxPayload is the largest body in bytes that the agent is meant to take; 0 means undeclared (INV-12).
	MaxPayload int64
	// Model is what answers the agent's model calls: scripted (default: the harness), none, or real (a vendor, with
	// ModelEnv, over an open network).
	Model string
	// ModelEnv holds NAME=value pairs that a real model needs, credentials above all. They are no part of the agent's own
	// environment, and never shown.
	ModelEnv []string
	// MaxModelCalls is how many invocations may reach a real model, for each is paid for; 0 means 300.
	MaxModelCalls int
	// Env holds NAME=value pairs for the container.
	Env []string
	// DeployRef is the container URI that will be deployed (IMG-06, IMG-07).
	DeployRef string

	// Profile is smoke, gate (default) or soak.
	Profile string
	// Only and Skip select clauses by id, area or glob; a selector that matches nothing is an error.
	Only []string
	Skip []string
	// Strict turns warn into fail.
	Strict bool
	// Waivers are findings that somebody answers for, until a day; Baseline is what an earlier run found already. Neither
	// fails the run. A waiver that expired, or that names no row of the catalogue, is an error.
	Waivers  []reports.Waiver
	Baseline *reports.Baseline
	// Declared names the project file that some of the options come from, for the report.
	Declared *reports.Declaration
	// SessionModel is process (default) or microvm; Compute is microvm (default) or instances.
	SessionModel string
	Compute      string
	// PlatformVersion is v1 (default), or v2, which restores a snapshot of a booted container for each session (LIFE-15, LIM-07).
	PlatformVersion string
	// TimeScale is the factor for limits on computed work; 0 measures it.
	TimeScale float64
	// Timeout bounds the whole run; 0 means 30 minutes plus the session lane and InvocationTimeout.
	Timeout time.Duration
	// InvocationTimeout bounds one invocation, at most by LongestCall (INV-15, SSE-10); 0 means 120 s, or three times what the
	// agent was seen to need for one.
	InvocationTimeout time.Duration
	// SessionDuration is the length of the long session; 0 means the profile's own: 30 s in gate.
	SessionDuration time.Duration
	// SessionTurns ends the long session after so many turns if that comes first; 0 means that time alone does.
	SessionTurns int
	// Freeze is how long a process is made to stand still (LIFE-15); 0 means half of SessionDuration, at most 15 s, or
	// 3 minutes in soak. NoFreeze leaves it out.
	Freeze time.Duration
	// KeyLife is how long the credentials are good that a process is handed out which then stands still for longer (LIFE-15). 0
	// means 22 minutes beside a long session of an hour or more, and that none is beside a shorter one or one that turns end:
	// what ends sooner, SDKs may keep past its end.
	KeyLife time.Duration
	// IdleTimeout and MaxLifetime are the runtime's lifecycle settings, by which the idle reaper is played on what was
	// polled; 0 means the platform's own: 15 minutes and 8 hours (LIFE-06, LIFE-07).
	IdleTimeout time.Duration
	MaxLifetime time.Duration
	// Sessions and Turns size the isolation test; 0 means 16 and 4.
	Sessions int
	Turns    int

	// EngineAddress is --engine: an engine address, or empty to find one.
	EngineAddress string
	// Network is internal (default) or open.
	Network string
	// Keep leaves the containers for inspection.
	Keep bool

	// Engine replaces the engine that would be found; tests and attach use it.
	Engine engine.Engine
	// Facts replaces the reading of the image when Engine has no images; tests use it.
	Facts *record.Image
	// Progress receives events while the run goes on. It must not block.
	Progress func(Event)
	// RunID replaces the generated id of the run.
	RunID string
}

// Event is one step of a run, for live display.
type Event struct {
	// Kind is plan, begin, progress, end, finding or log.
	Kind EventKind
	// Text is one line for people: what runs now.
	Text string
	// Scenario is the name of the scenario for begin, progress and end; Took its duration at end.
	Scenario string
	Took     time.Duration
	// Planned is the time the run or the scenario is expected to take; 0 when unknown.
	Planned time.Duration
	// Turns and Memory are set for progress: how many turns the long session has had, and the working set of its container
	// in bytes, 0 where the engine shows none. Took is how long it has lasted then.
	Turns  int
	Memory int64
	// Clause and Outcome are set for findings.
	Clause  string
	Outcome string
}

// EventKind tells events apart.
type EventKind string

// The events of a run, in the order in which they first occur.
const (
	EventPlan  EventKind = "plan"
	EventBegin EventKind = "begin"
	// EventProgress comes each second of the long session.
	EventProgress EventKind = "progress"
	EventEnd      EventKind = "end"
	EventFinding  EventKind = "finding"
	EventLog      EventKind = "log"
)
