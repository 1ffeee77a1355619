package obs

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestEnvironment(t *testing.T) {
	life := func(ready bool, untolerated *record.Boot, observed ...string) *record.Set {
		l := &record.LongSession{Observed: observed, Untolerated: untolerated}
		if ready {
			l.Boot = *checktest.Ready(100)
		}
		return &record.Set{LongSession: l}
	}
	died := &record.Boot{Cause: record.ProcessExited, Detail: "exited with code 1"}
	checktest.Judge(t, Checks, "OBS-06", []checktest.Case{
		{Name: "ready with them", Set: life(true, nil, "AGENT_OBSERVABILITY_ENABLED"), Want: "pass"},
		{Name: "ready without them only", Set: life(true, died, "AGENT_OBSERVABILITY_ENABLED"), Want: "not-tolerated"},
		{Name: "ready neither way", Set: life(false, died, "AGENT_OBSERVABILITY_ENABLED"), Want: "untestable"},
		{Name: "the user's own", Set: life(true, nil), Want: "note"},
	})
}
