package suites

import (
	"path"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// Select returns the ids of the clauses that a run of the protocol looks at: all of them, or those that only names, less
// those that skip names. A selector is a clause id, an area, or a glob over ids, in any case. One that matches nothing is
// a UsageError that names it, and so is a selection that leaves nothing.
func Select(only, skip []string, protocol string) ([]string, error) {
	var all []string
	for _, c := range checks.Contract().Clauses() {
		if c.AppliesTo(protocol) {
			all = append(all, c.ID)
		}
	}
	picked, err := matching(all, only, "--only")
	if err != nil {
		return nil, err
	}
	if len(only) == 0 {
		picked = asSet(all)
	}
	dropped, err := matching(all, skip, "--skip")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range all {
		if picked[id] && !dropped[id] {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return nil, usagef("--only and --skip together leave no clause to test; see agentcore-conform list")
	}
	return out, nil
}

func matching(ids, selectors []string, flag string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, sel := range selectors {
		n := len(out)
		hit := false
		for _, id := range ids {
			ok, err := matches(sel, id)
			if err != nil {
				return nil, usagef("%s %q is not a valid pattern: %v", flag, sel, err)
			}
			if ok {
				out[id], hit = true, true
			}
		}
		if !hit && len(out) == n {
			return nil, usagef("%s %q matches no clause of this protocol; see agentcore-conform list", flag, sel)
		}
	}
	return out, nil
}

func matches(selector, id string) (bool, error) {
	sel := strings.ToUpper(strings.TrimSpace(selector))
	area, _, _ := strings.Cut(id, "-")
	if sel == id || sel == area {
		return true, nil
	}
	return path.Match(sel, id)
}

func asSet(ids []string) map[string]bool {
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}
