package scenario

import (
	"context"
	"sync"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// overlapCalls is how many invocations of one session run at once.
const overlapCalls = 4

// Overlap sends several invocations of one session at once; the platform does not serialise them (INV-17, SES-07).
func Overlap(ctx context.Context, s *Stage) (*record.Overlap, error) {
	before, err := s.State(ctx)
	if err != nil {
		return nil, err
	}
	sid, m := platform.NewSessionID(), newMarkers()
	out := &record.Overlap{Before: before, Turns: make([]record.Turn, overlapCalls)}
	out.Solo = s.turn(ctx, m, "overlap/solo", sid, 1, false)
	var wg sync.WaitGroup
	for i := range out.Turns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out.Turns[i] = s.turn(ctx, m, "overlap/together", sid, i+2, false)
		}()
	}
	wg.Wait()
	out.After = s.turn(ctx, m, "overlap/after", sid, overlapCalls+2, false)
	out.StateAfter, err = s.stateAfter(ctx, out.After.Call)
	return out, err
}
