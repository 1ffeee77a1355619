// Package ping rules on the health check: that it answers, what it says, and that it stays quick beside work (PING).
package ping

import "github.com/agentcore-conform/agentcore-conform/checks"

// Checks are the checks of this area.
var Checks = []checks.Check{
	answers, json, word, stamp, stampWhileBusy, restamped, transition, besideCalls, quick, ready, steady, open, selfContained,
	idleAgain, servesWhileBusy,
}
