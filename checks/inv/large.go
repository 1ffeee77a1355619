package inv

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var largeBodies = checks.Check{Clause: "INV-12", Needs: []record.Kind{record.KindCalls, record.KindBodies}, Judge: judgeLargeBodies}

// Sizes in bytes below which a refusal weighs: frameworks' defaults end below the first, the platform ends at the second.
const (
	smallBody = 2 << 20
	mostBody  = 100_000_000
)

func judgeLargeBodies(set *record.Set) []checks.Verdict {
	b := set.Bodies
	if how, ended := reading.Ended(b.Before, b.After); ended && len(b.Calls) > 0 {
		last := &b.Calls[len(b.Calls)-1]
		if !set.Calls.Worked {
			return []checks.Verdict{checks.CannotTell("%s, but the agent never answered a call here", how)}
		}
		return []checks.Verdict{checks.Found("exit", "the process survives a large body", how+" at "+size(last.Size), checks.Wire("the large call", &last.Call))}
	}
	var taken int64
	for i := range b.Calls {
		x := &b.Calls[i].Call
		switch f := reading.FateOf(x); {
		case x.Status() == 413, f == reading.Broken, f == reading.Gone:
			return []checks.Verdict{tooLarge(set, &b.Calls[i])}
		case f == reading.Served:
			taken = b.Calls[i].Size
		case set.Calls.Worked && taken > 0 && f == reading.Hung:
			return []checks.Verdict{checks.Found("no-answer", "large bodies are answered", size(b.Calls[i].Size)+": "+reading.Says(x))}
		case set.Calls.Worked && taken > 0 && reading.Rejected(x):
			return []checks.Verdict{checks.Found("refused", "large bodies are taken", size(b.Calls[i].Size)+": "+reading.Says(x), checks.Wire("the large call", x))}
		}
	}
	if taken == 0 {
		if v, none := reading.Unanswered(set); none {
			return []checks.Verdict{v}
		}
		return []checks.Verdict{checks.CannotTell("the agent does not take a body with an added field, so none could be made large")}
	}
	return []checks.Verdict{checks.Passed("bodies of up to %s are taken", size(taken))}
}

// tooLarge weighs a refusal for size by what was declared, else by what callers can expect.
func tooLarge(set *record.Set, c *record.BodyCall) checks.Verdict {
	actual := fmt.Sprintf("%s: %s", size(c.Size), reading.Says(&c.Call))
	declared := set.Terms.MaxPayload
	switch {
	case declared > 0 && c.Size > declared:
		return checks.Passed("%s, above the declared limit of %s", actual, size(declared))
	case declared > 0:
		return checks.Found("below-declared", "bodies of up to the declared "+size(declared)+" are taken", actual)
	case c.Size <= smallBody:
		return checks.Found("below-2mb", "bodies of 2 MB are taken", actual)
	case c.Size < mostBody:
		return checks.Found("below-100mb", "bodies of up to 100 MB, the platform's limit", actual)
	}
	return checks.Passed("%s, at the platform's own limit", actual)
}

func size(n int64) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
