package life

import (
	"fmt"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var resources = checks.Check{Clause: "LIFE-17", Needs: []record.Kind{record.KindEnd}, Judge: judgeResources}

// nearMemory is the working set in bytes from which the 8 GB of a microVM are near.
const nearMemory = 6e9

func judgeResources(set *record.Set) []checks.Verdict {
	var peak int64
	for _, s := range samples(set) {
		peak = max(peak, s.Memory)
	}
	actual := fmt.Sprintf("peak working set %.0f MB", float64(peak)/1e6)
	if set.Terms.Emulated {
		actual += ", the emulator's own share included"
	}
	if where := outOfMemory(set); where != "" {
		return []checks.Verdict{checks.Found("out-of-memory", "lives within 8 GB", "killed for lack of memory "+where).Measuring("memory.peakBytes", float64(peak))}
	}
	switch {
	case peak > nearMemory:
		return []checks.Verdict{checks.Found("near-limit", "lives well within 8 GB", actual).Measuring("memory.peakBytes", float64(peak))}
	case peak == 0 && set.Terms.Attached:
		return []checks.Verdict{checks.DoesNotApply("the memory of a server that already runs cannot be seen from its URL")}
	case peak == 0:
		return []checks.Verdict{checks.CannotTell("the engine shows no memory figures")}
	}
	return []checks.Verdict{checks.Passed("%s", actual).Measuring("memory.peakBytes", float64(peak))}
}

func samples(set *record.Set) []record.Sample {
	out := set.End.Samples
	if set.LongSession != nil {
		out = append(out[:len(out):len(out)], set.LongSession.Samples...)
	}
	return out
}

// outOfMemory says which container was killed for lack of memory, "" when none was. One that was replaced counts as well.
func outOfMemory(set *record.Set) string {
	switch {
	case set.End.State.OOMKilled, slices.ContainsFunc(set.End.Lost, func(l record.Loss) bool { return l.State.OOMKilled }):
		return "in the main container"
	case set.LongSession != nil && set.LongSession.After.OOMKilled:
		return "in a long session"
	case set.Clean != nil && set.Clean.State.OOMKilled:
		return "left alone"
	}
	return ""
}
