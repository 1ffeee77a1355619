package docker

import (
	"context"
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
)

// Line is one thing that the doctor looked at.
type Line struct {
	// What names it: engine, architecture, emulation, memory, disk, route.
	What string
	// Level is ok, warn or fail.
	Level Level
	// Text says what was found; Remedy what to do about it, empty when all is well.
	Text, Remedy string
}

// Level says how much a line matters.
type Level string

// With fail, no image can be tested.
const (
	OK   Level = "ok"
	Warn Level = "warn"
	Fail Level = "fail"
)

// Examine connects to the engine and returns the doctor's lines, also when there is none to connect to.
func Examine(ctx context.Context, opts Options) []Line {
	e, err := New(ctx, opts)
	if err != nil {
		return []Line{{What: "engine", Level: Fail, Text: err.Error(), Remedy: "`agentcore-conform doctor --fix` sets up an engine on Debian and Ubuntu"}}
	}
	lines := e.Doctor(ctx)
	if err := e.Close(ctx); err != nil {
		lines = append(lines, Line{What: "clean-up", Level: Warn, Text: err.Error(), Remedy: "remove what carries the label agentcore-conform.run"})
	}
	return lines
}

// Doctor looks at everything that a run needs of the engine.
func (e *Engine) Doctor(ctx context.Context) []Line {
	env := e.environment()
	lines := []Line{
		{What: "engine", Level: OK, Text: fmt.Sprintf("%s %s, API %s, at %s (from %s)", env.Engine, env.Version, env.APIVersion, env.Address, env.Source)},
		e.doctorProof(ctx),
	}
	if handler, ok := e.doctorHandler(); ok {
		lines = append(lines, handler)
	}
	return append(lines, e.doctorMemory(env), e.doctorDisk(env), e.doctorRoute(ctx), e.doctorWatchdog())
}

func (e *Engine) doctorProof(ctx context.Context) Line {
	emulated, err := e.proveArchitecture(ctx)
	switch {
	case err != nil:
		return Line{"architecture", Fail, dial.Plain(err).Error(), emulationRemedy}
	case emulated:
		return Line{"architecture", OK, fmt.Sprintf("%s engine runs %s programs by emulation: a test program did; limits on computing are scaled", e.arch(), e.opts.Platform), ""}
	}
	return Line{"architecture", OK, fmt.Sprintf("%s engine runs %s programs natively: a test program did", e.arch(), e.opts.Platform), ""}
}

// doctorHandler looks at this kernel's entry for foreign programs, where it is the engine's kernel, too.
func (e *Engine) doctorHandler() (Line, bool) {
	if !e.sameMachine() || strings.HasSuffix(e.opts.Platform, e.arch()) {
		return Line{}, false
	}
	h, found := findHandler(binfmtFolder)
	switch {
	case !found:
		return Line{"emulation", Fail, "the kernel has no handler for arm64 programs", emulationRemedy}, true
	case !h.enabled:
		return Line{"emulation", Fail, "the kernel's handler " + h.name + " is switched off", "`agentcore-conform doctor --fix`"}, true
	case !h.fixed():
		return Line{"emulation", Fail, "the kernel's handler " + h.name + " lacks the flag F: containers cannot see its interpreter " + h.interpreter, "install qemu-user-static in place of qemu-user"}, true
	}
	return Line{"emulation", OK, fmt.Sprintf("handler %s, interpreter %s, flags %s", h.name, h.interpreter, h.flags), ""}, true
}

func (e *Engine) doctorMemory(env record.Environment) Line {
	text := fmt.Sprintf("%d CPUs, %s", env.CPUs, gibibytes(env.MemoryBytes))
	if env.MemoryBytes < wantMemory || env.CPUs < agentCPUs {
		return Line{"memory", Warn, text, "the platform gives an agent 2 CPUs and 8 GiB; give the engine as much"}
	}
	return Line{"memory", OK, text, ""}
}

func (e *Engine) doctorDisk(env record.Environment) Line {
	switch {
	case env.FreeDisk < 0:
		return Line{"disk", OK, "the engine's disk cannot be seen from here", ""}
	case env.FreeDisk < wantDisk:
		return Line{"disk", Warn, gibibytes(env.FreeDisk) + " free", "remove images that are no longer needed"}
	}
	return Line{"disk", OK, gibibytes(env.FreeDisk) + " free", ""}
}

func (e *Engine) doctorRoute(ctx context.Context) Line {
	r, err := e.proveRoute(ctx)
	if err != nil {
		return Line{"route", Fail, dial.Plain(err).Error(), "run the tool on the engine's machine, or use the released static build, which brings a relay"}
	}
	text := map[string]string{
		routeAddress: "containers answer at their own address",
		routeMapped:  "containers answer on mapped ports of the loopback",
		routeRelay:   "containers answer through a relay on their network",
	}[r.name]
	if len(r.notes) > 0 {
		return Line{"route", Warn, text + "; " + strings.Join(r.notes, "; "), ""}
	}
	return Line{"route", OK, text, ""}
}

func (e *Engine) doctorWatchdog() Line {
	if e.dog == nil && !e.opts.Keep {
		return Line{"clean-up", Warn, "no watchdog: after kill -9 containers stay until the next run", "use the agentcore-conform command"}
	}
	return Line{"clean-up", OK, "a watchdog removes everything should the run die", ""}
}
