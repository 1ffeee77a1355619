package scenario

import (
	"context"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

// counted is a target whose memory is the number of the look at it, and whose CPU time is the time of the look.
type counted struct {
	engine.Target
	looks int64
	now   time.Duration
}

func (c *counted) Epoch() time.Time { return time.Now() }

func (c *counted) Sample(ctx context.Context) (record.Sample, error) {
	c.looks++
	return record.Sample{Memory: c.looks, CPU: millis(c.now)}, ctx.Err()
}

// TestSamplesAreThinnedEvenly: however many were taken, those that are kept are evenly spread, the first and the last among them.
func TestSamplesAreThinnedEvenly(t *testing.T) {
	for _, looks := range []int{1, 100, mostSamples - 1, mostSamples, 8 * 3600} {
		target := &counted{}
		s := &sampler{stage: &Stage{Target: target}, every: time.Second, done: make(chan struct{}), end: func() {}}
		close(s.done)
		taken := 0
		for ; target.now < time.Duration(looks)*time.Second; target.now += s.every {
			s.look(t.Context())
			taken++
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		kept := s.stop(ended)
		if len(kept) > mostSamples+1 || taken >= mostSamples && len(kept) < mostSamples/2 || taken < mostSamples && len(kept) != taken+1 {
			t.Errorf("%d looks, %d kept", taken, len(kept))
		}
		for i := 2; i < len(kept)-1; i++ {
			if kept[i].CPU-kept[i-1].CPU != kept[1].CPU-kept[0].CPU {
				t.Fatalf("%d looks: uneven at %d", taken, i)
			}
		}
		if kept[0].Memory != 1 || kept[len(kept)-1].Memory != target.looks {
			t.Errorf("%d looks: from %d to %d of %d", taken, kept[0].Memory, kept[len(kept)-1].Memory, target.looks)
		}
	}
}
