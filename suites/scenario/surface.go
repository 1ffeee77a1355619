package scenario

import (
	"context"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// surfacePaths are read-only pages of debuggers, consoles and descriptions, and files that a careless server hands out.
// None of them costs the server much: a heap dump is not asked for.
var surfacePaths = []string{
	"/docs", "/openapi.json", "/metrics", "/debug", "/debug/pprof/", "/debug/vars", "/console", "/actuator", "/actuator/env",
	"/.env", "/.git/HEAD",
}

// Surface asks for what should not be there. An agent that hangs on such a path is asked for no more.
func Surface(ctx context.Context, s *Stage) (*record.Surface, error) {
	out := &record.Surface{Unknown: s.get(ctx, "surface/unknown", "/"+platform.NewMarker(), s.Host)}
	for _, path := range surfacePaths {
		x := s.get(ctx, "surface/page", path, s.Host)
		out.Pages = append(out.Pages, x)
		if x.Outcome == record.TimedOut {
			break
		}
	}
	return out, ctx.Err()
}
