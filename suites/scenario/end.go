package scenario

import (
	"context"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Watch polls the health check at the platform's pace beside everything else; the function that it returns ends the poll
// and takes the last look at the container.
func Watch(ctx context.Context, s *Stage, start record.State) func(context.Context) (*record.End, error) {
	stopPolls := s.Pinger().Start(ctx, PollEvery)
	samples := s.sampling(ctx, sampleEvery)
	return func(ctx context.Context) (*record.End, error) {
		out := &record.End{Start: start}
		out.Polls, out.Samples = thinned(stopPolls()), samples.stop(ctx)
		out.Ping = s.ping(ctx)
		out.Logs = s.Logs(ctx)
		var err error
		out.State, err = s.State(ctx)
		return out, err
	}
}
