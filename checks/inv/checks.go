// Package inv rules on invocations: the route, what it takes, what it answers, and what it survives (INV).
package inv

import "github.com/agentcore-conform/agentcore-conform/checks"

// Checks are the checks of this area.
var Checks = []checks.Check{
	route, jsonBody, answerType, answerJSON, hiddenFailure, gatewayStatus, malformed, notUTF8, survives, promptBlocks, emptyObject, largeBodies,
	minimalHeaders, accept, duration, twice, overlap, get, debugActions, framing, unknownFields, nonASCII,
}
