//go:build nightly

package inengine

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// shortCall ends calls that mutants never answer: their good calls take a second, emulated.
const shortCall = 20 * time.Second

// atOnce is how many images are played at a time: CONFORM_SEATS, or 3.
func atOnce(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("CONFORM_SEATS"))
	if err != nil || n < 1 {
		return 3
	}
	return n
}

// TestEveryOtherMutantOnItsOwnClause plays what the daily tests leave out, limited to the clause that must turn. Those
// that take minutes are left to CONFORM_NIGHTLY.
func TestEveryOtherMutantOnItsOwnClause(t *testing.T) {
	enginetest.Need(t)
	places := make(seats, atOnce(t))
	for _, m := range mutants.All() {
		if slices.Contains(dozen, m.Name) || m.OneProcess || m.Minutes && os.Getenv("CONFORM_NIGHTLY") == "" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			places.take(t)
			o := breaking(t, m)
			o.Only = []string{m.Clause}
			if o.InvocationTimeout == 0 {
				o.InvocationTimeout = shortCall
			}
			expect(t, m, play(t, o))
		})
	}
}
