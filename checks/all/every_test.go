package all

import (
	"slices"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// A clause of the HTTP protocol without a check would be skipped in silence, be it but a note.
func TestEveryClauseHasACheck(t *testing.T) {
	registry := All()
	for _, cl := range checks.Contract().Clauses() {
		if slices.Contains([]string{"WS", "MCP", "A2A", "AGUI"}, cl.Area) {
			continue
		}
		if _, ok := registry.Check(cl.ID); !ok {
			t.Errorf("%s has no check", cl.ID)
		}
	}
}
