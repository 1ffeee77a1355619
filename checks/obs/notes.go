package obs

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var instrumented = checks.Check{Clause: "OBS-04", Needs: []record.Kind{record.KindImage}, Judge: judgeInstrumented}

// judgeInstrumented looks for the two ways in which ADOT is switched on. Neither is asked for.
func judgeInstrumented(set *record.Set) []checks.Verdict {
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

// The clauses whose surroundings this run does not play.
var (
	collector   = note("OBS-05", "no collector was offered and none refused on purpose; LIFE-09 shows a start without a network")
	environment = note("OBS-06", "the variables of the platform's observability were not set in this run")
	baggage     = note("OBS-07", "the baggage keys that AWS reserves were not sent, and what the agent writes into baggage is not seen")
)

func note(clause, text string) checks.Check {
	return checks.Check{Clause: clause, Needs: []record.Kind{record.KindBoot},
		Judge: func(*record.Set) []checks.Verdict { return []checks.Verdict{checks.Remark("%s", text)} }}
}
