//go:build nightly

package inengine

import (
	"slices"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// TestEveryOtherMutantOnItsOwnClause plays what the daily tests leave out, limited to the clause that must turn.
func TestEveryOtherMutantOnItsOwnClause(t *testing.T) {
	enginetest.Need(t)
	three := make(seats, 3)
	for _, m := range mutants.All() {
		if slices.Contains(dozen, m.Name) || m.OneProcess {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			three.take(t)
			o := declaring(imageOf(t, m), m.Payloads)
			o.Only, o.SessionDuration, o.TimeScale = []string{m.Clause}, shortSession, m.TimeScale
			expect(t, m, play(t, o))
		})
	}
}
