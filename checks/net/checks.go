// Package net rules on how the container listens: port, address, protocol, hosts, headers, redirects (NET).
package net

import "github.com/agentcore-conform/agentcore-conform/checks"

// Checks are the checks of this area.
var Checks = []checks.Check{
	port, address, plainHTTP, host, headers, redirects, protocol, headerCase, connections, earlyLeave,
}
