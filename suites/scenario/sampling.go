package scenario

import (
	"context"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// sampling reads resources at a pace until stopped. A target that shows none gives none.
func (s *Stage) sampling(ctx context.Context, every time.Duration) (stop func() []record.Sample) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan []record.Sample, 1)
	go func() {
		var out []record.Sample
		for {
			sample, err := s.Target.Sample(ctx)
			if err == nil {
				sample.At = s.At()
				out = append(out, sample)
			}
			if pause(ctx, every) != nil {
				done <- out
				return
			}
		}
	}()
	return func() []record.Sample { cancel(); return <-done }
}
