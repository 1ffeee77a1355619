// Package ses rules on sessions: the id and its header, isolation, calls side by side, resumption, identity fields (SES).
package ses

import "github.com/agentcore-conform/agentcore-conform/checks"

// Checks are the checks of this area.
var Checks = []checks.Check{
	header, probeIDs, opaque, missing, continuity, isolated, sideBySide, resumed, custom, restricted, token, identity,
	credential, perProtocol,
}
