package ses

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// judgeKilled rules on the session of a process that was killed in the middle of a call, as a microVM is at the end of its
// life. Nothing of the process's own says goodbye then: locks outside of it stay, and only time or the next process can take
// them. Where nothing was played the verdict is empty.
func judgeKilled(k *record.Killed) checks.Verdict {
	switch {
	case k == nil:
		return checks.Verdict{}
	case k.Untold != "":
		return checks.Passed("not played with a process that is killed: %s", k.Untold)
	case k.Next == nil || !k.Next.Ready || len(k.Calls) == 0 || reading.FateOf(last(k)) == reading.NotSent:
		return checks.Passed("the session of a killed process was not called on another one")
	case reading.Success(last(k)):
		return checks.Passed("so it does where the earlier process was killed%s: %s", inCall(k), says(k))
	case !reading.Success(k.Other):
		return checks.Passed("the process after one that was killed%s serves no session (%s)", inCall(k), reading.Says(last(k)))
	}
	return checks.Found("killed-not-served", "a session whose process was killed is served like a new one",
		fmt.Sprintf("the earlier process was killed%s; on the next one %s, while another session is served", inCall(k), says(k)),
		checks.Wire("the last call of the killed session", last(k)), checks.Wire("a call of another session", k.Other),
		checks.LogLines("last lines of the container", k.Logs))
}

func last(k *record.Killed) *record.Exchange { return &k.Calls[len(k.Calls)-1] }

func inCall(k *record.Killed) string {
	if k.InFlight() {
		return " in the middle of a call"
	}
	return ""
}

// says is what became of the session's calls.
func says(k *record.Killed) string {
	if k.Tries < 2 {
		return reading.Says(last(k))
	}
	return fmt.Sprintf("%s, at first %s, in %d calls and %s", reading.Says(last(k)), reading.Says(&k.Calls[0]), k.Tries, reading.Seconds(k.Waited))
}
