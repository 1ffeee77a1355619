package scenario

import (
	"fmt"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// Payload is how this agent's invocations are written.
type Payload struct {
	Template platform.Template
	// Stream, Slow, Async and AsyncFailing are the declared special bodies; nil when undeclared.
	Stream, Slow, Async, AsyncFailing *platform.Template
	// Declared says that the user gave the template; Worked that it was answered with 2xx.
	Declared, Worked bool
	// CallTook is what the happy path took, the measure for natural call lengths.
	CallTook time.Duration
	// AsksModel says that the scripted model is asked for an answer, so that its pace is the answer's.
	AsksModel bool
	// accepts are the values of Accept that the ordinary body is answered with, by the form of the answer.
	accepts map[record.Work]string
	// other is how to get the other form of an answer; nil for agents that have one form, as far as was seen.
	other *otherForm
}

// Laboured reports that the happy path fails, and takes long to: repeating it would say nothing and cost minutes.
func (p Payload) Laboured() bool { return !p.Worked && p.CallTook > slowFailure }

// prompt is what an invocation says when nothing particular is meant: it names a word to repeat, so that agents with a
// model answer with it too.
func prompt(marker string) string {
	return fmt.Sprintf("Please repeat this word in your answer: %s", marker)
}

// body renders the happy-path body for a session, with a prompt that carries the marker.
func (p Payload) body(session, marker string) []byte {
	return p.Template.Render(platform.Values{Prompt: prompt(marker), Session: session, Milliseconds: 0})
}
