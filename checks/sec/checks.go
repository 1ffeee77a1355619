// Package sec rules on what endangers a deployment, or keeps the platform's own callers out (SEC).
package sec

import "github.com/agentcore-conform/agentcore-conform/checks"

// Checks are the checks of this area.
var Checks = []checks.Check{
	user, secrets, guard, leaks, loopback, metadata, region, debugEndpoints, patched, privileges,
}
