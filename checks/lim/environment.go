package lim

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var environment = checks.Check{Clause: "LIM-07", Needs: []record.Kind{record.KindImage}, Judge: judgeEnvironment}

// Limits of CreateAgentRuntime on its environment variables; sizes in bytes. What counts into the total is not said:
// names and values do, so less than that never fails.
const (
	maxVariables = 50
	maxName      = 100
	maxValue     = 5000
	maxTotal     = 4096
	maxTotalV2   = 2560
)

// judgeEnvironment lints what was declared with --env and --env-file: it is what the runtime will be given.
func judgeEnvironment(set *record.Set) []checks.Verdict {
	env := set.Terms.Environment
	if len(env) == 0 {
		return []checks.Verdict{checks.DoesNotApply("no environment was declared with --env or --env-file")}
	}
	total := 0
	var control, names, values []string
	for _, v := range env {
		total += len(v.Name) + v.ValueLength
		if v.ControlChars {
			control = append(control, v.Name)
		}
		if len(v.Name) > maxName {
			names = append(names, v.Name[:20]+"…")
		}
		if v.ValueLength > maxValue {
			values = append(values, v.Name)
		}
	}
	var out []checks.Verdict
	add := func(broken bool, reason, expected, actual string) {
		if broken {
			out = append(out, checks.Found(reason, expected, actual))
		}
	}
	add(len(control) > 0, "control-chars", "values without line ends and other control characters", "in "+list(control))
	add(len(env) > maxVariables, "too-many", fmt.Sprintf("at most %d variables", maxVariables), fmt.Sprintf("%d variables", len(env)))
	add(len(names) > 0, "long-name", fmt.Sprintf("names of at most %d characters", maxName), list(names))
	add(len(values) > 0, "long-value", fmt.Sprintf("values of at most %d characters", maxValue), list(values))
	add(total > maxTotal, "too-large", fmt.Sprintf("at most %d bytes in all", maxTotal), fmt.Sprintf("%d bytes of names and values", total))
	add(total > maxTotalV2 && total <= maxTotal, overV2(set.Terms), fmt.Sprintf("at most %d bytes in all on platform version V2", maxTotalV2),
		fmt.Sprintf("%d bytes of names and values", total))
	if len(out) == 0 {
		out = append(out, checks.Passed("%d variables, %d bytes of names and values", len(env), total))
	}
	return out
}

// overV2 is the reason for a total that only platform version V2 refuses.
func overV2(t record.Terms) string {
	if t.OnV2() {
		return "too-large-on-v2"
	}
	return "too-large-for-v2"
}

// list names a few of the variables; their values never stand in a record.
func list(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
