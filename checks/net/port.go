package net

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var port = checks.Check{Clause: "NET-01", Needs: []record.Kind{record.KindBoot}, Judge: judgePort}

func judgePort(set *record.Set) []checks.Verdict {
	b, want := set.Boot, set.Terms.Port
	switch {
	case reading.Blame(set) == "NET-01":
		v := checks.Found("other-port", fmt.Sprintf("a listener on port %d", want), b.Detail, listenerLines(b))
		return []checks.Verdict{v.With(checks.LogLines("last lines of the container", b.Logs))}
	case b.Ready || b.Last.Reached():
		return []checks.Verdict{checks.Passed("answers on port %d", want)}
	case listensOn(b, want, false):
		return []checks.Verdict{checks.Passed("listens on port %d", want)}
	}
	return []checks.Verdict{checks.CannotTell("nothing was listening when the container was given up: %s", b.Detail)}
}

// listensOn reports a listener on the port, on any address or on one that the outside can reach.
func listensOn(b *record.Boot, port int, outside bool) bool {
	for _, l := range b.Listeners {
		if l.Port == port && !(outside && l.Loopback()) {
			return true
		}
	}
	return false
}

func listenerLines(b *record.Boot) checks.Evidence {
	if !b.ListenersKnown {
		return checks.Text("listening sockets", "(could not be read)")
	}
	lines := make([]string, 0, len(b.Listeners))
	for _, l := range b.Listeners {
		lines = append(lines, fmt.Sprintf("%s port %d", l.Address, l.Port))
	}
	return checks.Text("listening sockets", strings.Join(lines, ", "))
}
