package reports

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Starts are how the containers of a run came up, against what the platform gives a start (LIFE-01). All times are in
// milliseconds.
type Starts struct {
	// LimitMs is the platform's limit on a start, AimMs what it is good to aim for; both natively. TimeScale is what native
	// times are divided by.
	LimitMs   float64 `json:"limitMs"`
	AimMs     float64 `json:"aimMs"`
	TimeScale float64 `json:"timeScale"`
	// MedianMs and SlowestMs are of those that became ready, as measured; 0 where none did.
	MedianMs   float64 `json:"medianMs"`
	SlowestMs  float64 `json:"slowestMs"`
	Containers []Start `json:"containers"`
}

// Start is one container's.
type Start struct {
	// Name tells the run's containers apart: main, clean, idle, life, stop-call, stop-stream; main-2 replaced one that ended.
	Name string `json:"name"`
	// Beside says that other containers of the run were at work meanwhile, which slows a start.
	Beside bool `json:"beside,omitempty"`
	Ready  bool `json:"ready"`
	// EngineMs is the engine's work before the process ran; 0 where it does not tell. It is no part of the others.
	EngineMs float64 `json:"engineMs,omitempty"`
	// Measured is what was measured, Native the same divided by the time scale; both are absent where it never became ready.
	Measured *StartTimes `json:"measured,omitempty"`
	Native   *StartTimes `json:"native,omitempty"`
}

// StartTimes are the parts of a start, from the process's begin on.
type StartTimes struct {
	// ProcessMs ends with the first accepted connection: runtime and imports. ApplicationMs is the rest. Both are 0 where
	// they could not be told apart.
	ProcessMs     float64 `json:"processMs,omitempty"`
	ApplicationMs float64 `json:"applicationMs,omitempty"`
	// ReadyMs ends with the first good answer.
	ReadyMs float64 `json:"readyMs"`
}

// startsOf gathers the starts of a run; nil where no container came up.
func startsOf(set *record.Set) *Starts {
	all := reading.Starts(set)
	if len(all) == 0 {
		return nil
	}
	scale := float64(reading.Scale(set))
	out := &Starts{LimitMs: float64(reading.StartLimit), AimMs: float64(reading.StartAim), TimeScale: scale}
	if times := reading.StartTimes(all); len(times) > 0 {
		out.MedianMs, out.SlowestMs = float64(reading.MedianStart(times)), float64(times[len(times)-1])
	}
	for _, s := range all {
		one := Start{Name: s.Name, Beside: s.Beside, Ready: s.Ready, EngineMs: float64(s.Engine())}
		if s.Ready {
			one.Measured, one.Native = startTimes(s, 1), startTimes(s, scale)
		}
		out.Containers = append(out.Containers, one)
	}
	return out
}

func startTimes(s record.ColdStart, scale float64) *StartTimes {
	return &StartTimes{
		ProcessMs: float64(s.Process()) / scale, ApplicationMs: float64(s.Application()) / scale, ReadyMs: float64(s.ReadyAfter) / scale,
	}
}

// starts writes a table of all starts, for those who want to see all and after a soak.
func (c *console) starts() {
	s := c.run.Starts
	if s == nil || !c.verbose && (c.run.Records == nil || c.run.Records.Terms.Profile != "soak") {
		return
	}
	row := func(label string, cells ...any) {
		text := fmt.Sprintf("%-12s%9s%9s%9s%9s", cells[:5]...)
		if s.TimeScale > 1 {
			text += fmt.Sprintf("%9s", cells[5])
		}
		c.line("%s%s", c.as(dim, fmt.Sprintf("%-*s", labelColumn, label)), cut(text, c.width-labelColumn))
	}
	row("starts", "", "engine", "process", "app", "ready", "native")
	beside := false
	for _, one := range s.Containers {
		name := CleanLine(one.Name)
		if one.Beside {
			name, beside = name+"*", true
		}
		m, n := one.Measured, one.Native
		if m == nil || n == nil {
			row("", name, timeOrNone(one.EngineMs), "-", "-", "never", "-")
			continue
		}
		row("", name, timeOrNone(one.EngineMs), timeOrNone(m.ProcessMs), timeOrNone(m.ApplicationMs), millisText(m.ReadyMs), millisText(n.ReadyMs))
	}
	c.item(0, "", startsText(s, beside))
}

// startsText says below the table what to compare its figures with.
func startsText(s *Starts, beside bool) string {
	text := fmt.Sprintf("the platform waits %s, aim for %s", millisText(s.LimitMs), millisText(s.AimMs))
	if s.TimeScale > 1 {
		text += fmt.Sprintf(", natively: this engine is %.1f times slower", s.TimeScale)
	}
	if beside {
		text += "; * beside other containers of the run, which slows a start"
	}
	return text
}

func timeOrNone(ms float64) string {
	if ms <= 0 {
		return "-"
	}
	return millisText(ms)
}

// startProperties are the starts as properties of JUnit.
func startProperties(s *Starts) []row {
	if s == nil {
		return nil
	}
	out := []row{{"starts", fmt.Sprint(len(s.Containers))}, {"starts.median-seconds", seconds(s.MedianMs)}, {"starts.slowest-seconds", seconds(s.SlowestMs)}}
	for _, one := range s.Containers {
		text := "never ready"
		if m := one.Measured; m != nil {
			text = fmt.Sprintf("engine %s, process %s, application %s, ready %s", seconds(one.EngineMs), seconds(m.ProcessMs), seconds(m.ApplicationMs), seconds(m.ReadyMs))
		}
		out = append(out, row{"start." + CleanLine(one.Name), text})
	}
	return out
}
