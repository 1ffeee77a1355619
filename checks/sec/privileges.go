package sec

import (
	"regexp"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var privileges = checks.Check{Clause: "SEC-10", Needs: []record.Kind{record.KindBoot}, Judge: judgePrivileges}

// lacksPrivilege finds what programs say that need more than a plain container has. A file that its user may not read is
// no privilege, so that permission denied alone is none.
var lacksPrivilege = regexp.MustCompile(`(?i)operation not permitted|\bEPERM\b|/var/run/docker\.sock|cannot connect to the docker daemon|` +
	`\bsudo: |must be run as root|requires? root|mount: .*(?:permission denied|must be superuser)|iptables.*(?:permission denied|you must be root)|` +
	`(?:missing|requires?|lacks?) (?:the )?cap(?:abilit(?:y|ies)|_[a-z_]+)|/dev/(?:fuse|kvm|net/tun)\b`)

// judgePrivileges takes the words of a container that never became ready: that it ended is LIFE-01's finding, why is this
// one's. One that became ready needs nothing more, whatever it says.
func judgePrivileges(set *record.Set) []checks.Verdict {
	b := set.Boot
	switch {
	case set.Terms.Attached:
		return []checks.Verdict{checks.DoesNotApply("a server that already runs has the privileges that it was started with")}
	case b.Ready:
		return []checks.Verdict{checks.Passed("became ready without mounts, added capabilities or the Docker socket")}
	}
	for _, line := range b.Logs.Lines {
		if lacksPrivilege.MatchString(line) {
			return []checks.Verdict{checks.Found("privilege-missing", "a start without mounts, added capabilities or the Docker socket",
				b.Detail+": "+reading.Quote(line), checks.LogLines("last lines of the container", b.Logs))}
		}
	}
	return []checks.Verdict{checks.CannotTell("never ready, for whatever reason: %s", b.Detail)}
}
