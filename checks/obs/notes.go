package obs

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var instrumented = checks.Check{
	Clause: "OBS-04", Needs: []record.Kind{record.KindImage}, Wants: []record.Kind{record.KindModel}, Judge: judgeInstrumented,
}

// judgeInstrumented looks for the two ways in which ADOT is switched on, and at what came. None is asked for.
func judgeInstrumented(set *record.Set) []checks.Verdict {
	if s := exported(set); s != nil && s.Spans > 0 {
		return []checks.Verdict{checks.Remark("%d spans were exported, %d of them carry session.id", s.Spans, s.WithSession)}
	}
	for _, word := range append(append([]string{}, set.Image.Entrypoint...), set.Image.Cmd...) {
		if strings.Contains(word, "opentelemetry-instrument") {
			return []checks.Verdict{checks.Remark("the start command is wrapped in opentelemetry-instrument")}
		}
	}
	for _, e := range set.Image.Env {
		if strings.HasPrefix(e, "NODE_OPTIONS=") && strings.Contains(e, "opentelemetry") {
			return []checks.Verdict{checks.Remark("NODE_OPTIONS preloads OpenTelemetry")}
		}
	}
	return []checks.Verdict{checks.Remark("no opentelemetry-instrument in the start command and no preload in NODE_OPTIONS: traces come from the code, if at all")}
}

// exported is what came to the run's collector; nil when that was nothing.
func exported(set *record.Set) *record.Spans {
	if set.Model == nil {
		return nil
	}
	return set.Model.Spans
}

// baggage is a clause whose surroundings this run does not play.
var baggage = checks.Exclusion("OBS-07")
