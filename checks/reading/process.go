package reading

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Known reports that the state was really read from an engine: an attached server shows none.
func Known(s record.State) bool {
	return !s.Unknown && (s.Running || s.StartedAt != "" || s.ExitCode != 0 || s.OOMKilled)
}

// Ended reports that the process of before is no more, and how it ended. Unknown states end nothing.
func Ended(before, after record.State) (string, bool) {
	if !Known(after) {
		return "", false
	}
	if !after.Running {
		return Exit(after), true
	}
	if Known(before) && before.Running && !before.Same(after) {
		return "the process was restarted", true
	}
	return "", false
}

// Exit describes the end of a process.
func Exit(s record.State) string {
	text := fmt.Sprintf("the process exited with code %d", s.ExitCode)
	if s.OOMKilled {
		text += ", killed for lack of memory"
	}
	return text
}

// Unbroken reports positive evidence that one process ran from before to after.
func Unbroken(before, after record.State) bool {
	return Known(before) && Known(after) && before.Same(after)
}
