// Package life rules on the life of the process: start, idling, long sessions, stop (LIFE).
package life

import "github.com/agentcore-conform/agentcore-conform/checks"

// Checks are the checks of this area.
var Checks = []checks.Check{
	start, idles, serves, stops, signal, idleTimeout, background, selfSufficient, resources, memoryTrend, countTrend,
	slowdownTrend, endures, snapshot,
}
