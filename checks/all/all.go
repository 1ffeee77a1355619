// Package all collects the checks of every area.
package all

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/beyond"
	"github.com/agentcore-conform/agentcore-conform/checks/image"
	"github.com/agentcore-conform/agentcore-conform/checks/inv"
	"github.com/agentcore-conform/agentcore-conform/checks/life"
	"github.com/agentcore-conform/agentcore-conform/checks/lim"
	"github.com/agentcore-conform/agentcore-conform/checks/net"
	"github.com/agentcore-conform/agentcore-conform/checks/obs"
	"github.com/agentcore-conform/agentcore-conform/checks/ping"
	"github.com/agentcore-conform/agentcore-conform/checks/sec"
	"github.com/agentcore-conform/agentcore-conform/checks/ses"
	"github.com/agentcore-conform/agentcore-conform/checks/sse"
)

// All returns the registry of every check of this build.
func All() *checks.Registry {
	return checks.NewRegistry(checks.Contract(),
		image.Checks, net.Checks, ping.Checks, inv.Checks, sse.Checks, ses.Checks, life.Checks,
		obs.Checks, lim.Checks, sec.Checks, beyond.Checks)
}
