package reports

import (
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
)

// junitProperties is the head of the report as properties: what was tested, with what, where, and what came of it.
// What is not known is left out.
func junitProperties(run *Run) []row {
	p := []row{
		{"verdict", string(run.Verdict)}, {"scope", string(run.Scope)}, {"scope.why", strings.Join(run.ScopeWhy, ", ")},
		{"run.id", run.ID}, {"run.seconds", seconds(run.DurationMs)}, {"run.planned-wait-seconds", seconds(run.PlannedWaitMs)},
		{"run.interrupted", onlyTrue(run.Interrupted)}, {"run.strict", onlyTrue(run.Strict)},
		{"run.waived", count(run.Counts[string(checks.Waived)])}, {"run.baseline", baselineOf(run)}, {"declared", declaredIn(run)},
		{"tool", strings.TrimSpace(run.Tool.Name + " " + run.Tool.Version)}, {"contract", run.Tool.Contract},
	}
	if i := run.Image; i != nil {
		p = append(p, row{"image.reference", i.Reference}, row{"image.digest", i.Digest}, row{"image.origin", i.Origin},
			row{"image.platform", i.Platform}, row{"image.media-type", i.MediaType}, row{"image.layers", strconv.Itoa(i.Layers)},
			row{"image.size", strconv.FormatInt(i.Size, 10)}, row{"image.user", i.User}, row{"image.machine", i.Machine})
	}
	if e := run.Environment; e != nil {
		p = append(p, row{"engine", strings.TrimSpace(e.Engine + " " + e.Version)}, row{"engine.architecture", e.Architecture},
			row{"route", e.Route}, row{"network", e.Network}, row{"emulated", strconv.FormatBool(e.Emulated)},
			row{"time-scale", factor(e.TimeScale)}, row{"time-scale.from", e.TimeScaleFrom})
		if s := e.Slowdown; s != nil {
			p = append(p, row{"time-scale.compute", factor(s.Compute.Factor)}, row{"time-scale.syscalls", factor(s.Syscalls.Factor)},
				row{"time-scale.throttled", factor(s.Throttled.Factor)})
		}
	}
	if run.Records != nil {
		t := run.Records.Terms
		p = append(p, row{"protocol", t.Protocol}, row{"profile", t.Profile}, row{"session-model", t.SessionModel}, row{"compute", t.Compute},
			row{"platform-version", t.PlatformVersion})
	}
	if s := run.IdleReaper; s != nil {
		p = append(p, row{"costClass", string(s.Class)}, row{"costClass.reading", readingOf(s)}, row{"idle-timeout", seconds(s.IdleTimeout * 1000)}, row{"max-lifetime", seconds(s.MaxLifetime * 1000)})
	}
	return known(append(p, startProperties(run.Starts)...))
}

// known leaves out the rows that say nothing.
func known(rows []row) []row {
	var out []row
	for _, r := range rows {
		if r.text = CleanLine(r.text); r.text != "" {
			out = append(out, r)
		}
	}
	return out
}

// count is empty for none, because a property that says nothing is left out.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func baselineOf(run *Run) string {
	if run.Baseline == nil {
		return ""
	}
	return run.Baseline.Run
}

func declaredIn(run *Run) string {
	if run.Declared == nil {
		return ""
	}
	return run.Declared.File + "#" + run.Declared.Agent
}

// readingOf names the reading of the platform that a cost class rests on, where another has a milder one.
func readingOf(s *reaper.Session) string {
	if l := s.Worst(); len(l.Courses) > 1 {
		return string(l.Worst().Readings[0])
	}
	return ""
}

func factor(f float64) string { return strconv.FormatFloat(f, 'g', 4, 64) }

func seconds(ms float64) string { return strconv.FormatFloat(ms/1000, 'f', 3, 64) }

// onlyTrue is empty for false, because a property that says nothing is left out.
func onlyTrue(b bool) string {
	if b {
		return "true"
	}
	return ""
}
