package inv

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var promptBlocks = checks.Check{Clause: "INV-10", Needs: malformedNeeds, Judge: judgePromptBlocks}

func judgePromptBlocks(set *record.Set) []checks.Verdict {
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	for i := range set.Malformed.Probes {
		p := &set.Malformed.Probes[i]
		if p.Name != blocks {
			continue
		}
		switch {
		case reading.Success(&p.Call):
			return []checks.Verdict{checks.Found("blocks-accepted", "an error for a prompt that is no text", reading.Says(&p.Call), checks.Wire(p.Name, &p.Call))}
		case p.Call.Reached():
			return []checks.Verdict{checks.Passed("refused: %s", reading.Says(&p.Call))}
		}
		return []checks.Verdict{checks.CannotTell("not answered: %s", reading.Says(&p.Call))}
	}
	return []checks.Verdict{checks.CannotTell("no such body was sent")}
}
