package reading

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// variantOrder sorts the variants of a record, so that findings do not depend on the order of a map.
func variantOrder(c *record.Calls) []record.Variant {
	out := make([]record.Variant, 0, len(c.Variants))
	for v, x := range c.Variants {
		if x != nil {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}
