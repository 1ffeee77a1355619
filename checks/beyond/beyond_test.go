package beyond

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// What no container can show is never passed and never failed.
func TestOnlyNotes(t *testing.T) {
	for _, ch := range Checks {
		checktest.Judge(t, Checks, ch.Clause, []checktest.Case{
			{Name: ch.Clause, Set: &record.Set{Boot: checktest.Ready(900)}, Want: string(checks.Note)},
		})
		if cl, _ := checks.Contract().Clause(ch.Clause); len(cl.Reasons) > 0 {
			t.Errorf("%s has reasons, so it is judged: it does not belong here", ch.Clause)
		}
	}
}
