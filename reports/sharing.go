package reports

import "github.com/agentcore-conform/agentcore-conform/checks"

// enoughToShare is how many findings must say the same to be written as one.
const enoughToShare = 3

// cause is one text behind the findings of several clauses.
type cause struct {
	text string
	ids  []string
}

// sharing parts findings that say something of their own from those of which many say the same, in report order.
func sharing(findings []checks.Finding) (alone []checks.Finding, shared []cause) {
	count := map[string]int{}
	for _, f := range findings {
		count[f.Actual]++
	}
	at := map[string]int{}
	for _, f := range findings {
		if count[f.Actual] < enoughToShare || len(f.Evidence) > 0 {
			alone = append(alone, f)
			continue
		}
		i, seen := at[f.Actual]
		if !seen {
			i = len(shared)
			at[f.Actual] = i
			shared = append(shared, cause{text: f.Actual})
		}
		if c := &shared[i]; len(c.ids) == 0 || c.ids[len(c.ids)-1] != f.ID {
			c.ids = append(c.ids, f.ID)
		}
	}
	return alone, shared
}
