package scenario

import (
	"context"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// How often resources are looked at: beside everything, and closely beside a long session, whose trends are told from it.
const (
	sampleEvery  = 5 * time.Second
	closeSamples = time.Second
)

// mostSamples is how many looks are kept. Past it every second one is dropped, and half as many are taken from then on.
const mostSamples = 3000

// sampler looks at the resources of a target until it is stopped. A target that shows none gives none.
type sampler struct {
	stage *Stage
	every time.Duration
	done  chan struct{}
	end   context.CancelFunc

	mu   sync.Mutex
	kept []record.Sample
}

// sampling begins to look at resources at a pace.
func (s *Stage) sampling(ctx context.Context, every time.Duration) *sampler {
	until, cancel := context.WithCancel(ctx)
	out := &sampler{stage: s, every: every, done: make(chan struct{}), end: cancel}
	go func() {
		defer close(out.done)
		for out.look(until); pause(until, out.every) == nil; {
			out.look(until)
		}
	}()
	return out
}

func (s *sampler) look(ctx context.Context) {
	sample, err := s.stage.Target.Sample(ctx)
	if err != nil {
		return
	}
	sample.At = s.stage.At()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept = append(s.kept, sample); len(s.kept) > mostSamples {
		s.kept = everySecond(s.kept)
		s.every *= 2
	}
}

// everySecond keeps the first of each two.
func everySecond(samples []record.Sample) []record.Sample {
	out := make([]record.Sample, 0, mostSamples)
	for i := 0; i < len(samples); i += 2 {
		out = append(out, samples[i])
	}
	return out
}

// memory is the working set that was seen last, in bytes; 0 where none was.
func (s *sampler) memory() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) == 0 {
		return 0
	}
	return s.kept[len(s.kept)-1].Memory
}

// stop takes a last look, which may outlast ctx by a moment, and returns all.
func (s *sampler) stop(ctx context.Context) []record.Sample {
	s.end()
	<-s.done
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
	defer cancel()
	s.look(ctx)
	return s.kept
}
