package reading

import "github.com/agentcore-conform/agentcore-conform/checks/record"

// Fate sorts exchanges by what a caller would make of them.
type Fate int

// The fates of an exchange.
const (
	// NotSent: the record does not hold it, or the harness could not send it.
	NotSent Fate = iota
	// Served: a complete 2xx.
	Served
	// Redirected: a 3xx.
	Redirected
	// Refused: a 4xx.
	Refused
	// Failed: a 5xx.
	Failed
	// Hung: the deadline passed before a complete answer.
	Hung
	// Broken: the connection ended, or what came was not HTTP.
	Broken
	// Gone: nothing accepted the connection.
	Gone
)

// FateOf sorts an exchange.
func FateOf(x *record.Exchange) Fate {
	if x == nil {
		return NotSent
	}
	switch x.Outcome {
	case record.Answered:
		return fateOfStatus(x.Status())
	case record.TimedOut:
		return Hung
	case record.Refused:
		return Gone
	case record.Reset, record.Truncated, record.Garbled:
		return Broken
	}
	return NotSent
}

func fateOfStatus(status int) Fate {
	switch {
	case status == 0: // the record holds no answer, whatever it says
		return NotSent
	case status < 200: // no end of anything
		return Broken
	case status < 300:
		return Served
	case status < 400:
		return Redirected
	case status < 500:
		return Refused
	}
	return Failed
}

// Busy reports an answer that says "not now" rather than "not so": it tells nothing about the shape of the request.
func Busy(x *record.Exchange) bool {
	switch x.Status() {
	case 408, 409, 425, 429:
		return true
	}
	return false
}

// Rejected reports a complete 4xx or 5xx that says something about the request's shape.
func Rejected(x *record.Exchange) bool {
	f := FateOf(x)
	return (f == Refused || f == Failed) && !Busy(x)
}

// Lost reports a call that got no answer at all although it was waited for.
func Lost(x *record.Exchange) bool {
	f := FateOf(x)
	return (f == Hung || f == Broken || f == Gone) && !x.Reached()
}

// Denied reports that a call in one shape was rejected, or lost by a process that lives on: what an end of the process
// took away is another clause's.
func Denied(c *record.Calls, x *record.Exchange) bool {
	return Rejected(x) || Lost(x) && lived(c.Before, c.After)
}

// Success reports a complete 2xx without an error inside the stream (SSE-07).
func Success(x *record.Exchange) bool {
	if !x.OK() {
		return false
	}
	_, bad := record.ErrorInStream(x.Events)
	return !bad
}
