package record

// Clean is the container that gets nothing but its image: no variables of ours, no polls until the end.
type Clean struct {
	Boot Boot `json:"boot"`
	// Unpolled is how long nobody spoke to it (LIFE-02); Planned how long that was meant to last.
	Unpolled Millis `json:"unpolled"`
	Planned  Millis `json:"planned"`
	// State, Ping and Call are what was found afterwards.
	State State     `json:"state"`
	Ping  *Ping     `json:"ping,omitempty"`
	Call  *Exchange `json:"call,omitempty"`
	Logs  Logs      `json:"logs"`
	// Declared is the same look at a container with the declared environment, taken when the clean one never became
	// ready: an image that insists on a variable is still to be judged on its idle life (LIFE-02).
	Declared *Clean `json:"declared,omitempty"`
}

// LongSession is one session on one process, polled every 2 s from the first moment to the last (LIFE-22).
type LongSession struct {
	// Session is an id that an earlier process had served (SES-08).
	Session string `json:"session"`
	Resumed bool   `json:"resumed"`
	Boot    Boot   `json:"boot"`
	// Observed are the names of the platform's observability variables that the process was started with. Untolerated is
	// its boot where it did not become ready with them; Boot is one without them then (OBS-06).
	Observed    []string `json:"observed,omitempty"`
	Untolerated *Boot    `json:"untolerated,omitempty"`
	// Planned is how long the lane was meant to last, Lasted how long it did. Interrupted says that the run ended first.
	Planned     Millis `json:"planned"`
	Lasted      Millis `json:"lasted"`
	Interrupted bool   `json:"interrupted,omitempty"`
	// MostTurns is the number of turns after which it was to end sooner; 0 for none.
	MostTurns int `json:"mostTurns,omitempty"`
	// Turns are the session's own turns, Beside what else its process was given in a session of a minute and more. Of a
	// very long session they hold the first and the last, the largest and the slowest, and those in which something is
	// wrong, within bounds; Brief holds the others. All are in the order of At.
	Turns  []Exchange `json:"turns"`
	Beside []Aside    `json:"beside,omitempty"`
	Brief  []Brief    `json:"brief,omitempty"`
	// Polls are the health checks, of which a very long session's leave out what repeats itself: see Ping.Same.
	Polls   []Ping   `json:"polls"`
	Samples []Sample `json:"samples,omitempty"`
	Before  State    `json:"before"`
	After   State    `json:"after"`
	Logs    Logs     `json:"logs"`
}

// Aside is a call on the process of a long session that is not a turn of that session.
type Aside struct {
	Kind AsideKind `json:"kind"`
	Call Exchange  `json:"call"`
	// Again is the next call of a session whose caller left: the first that was served, else the last that was not.
	// Waited is how long that took.
	Again  *Exchange `json:"again,omitempty"`
	Waited Millis    `json:"waited,omitempty"`
}

// Brief is what is kept of one call of many in a very long session.
type Brief struct {
	// Kind is empty for a turn of the session itself.
	Kind    AsideKind `json:"kind,omitempty"`
	At      Millis    `json:"at"`
	Took    Millis    `json:"took"`
	Outcome Outcome   `json:"outcome"`
	Status  int       `json:"status,omitempty"`
	Bytes   int64     `json:"bytes,omitempty"`
	// Streamed says that the answer was an event stream, Failed that it was no success, as with an error inside a stream.
	Streamed bool `json:"streamed,omitempty"`
	Failed   bool `json:"failed,omitempty"`
}

// AsideKind says what a call beside a long session was for.
type AsideKind string

const (
	// AsideTogether: one of two calls of other sessions at the same time, which show whether the agent allows that.
	AsideTogether AsideKind = "together"
	// AsideSession: a turn of another session, beside a turn of the long one where the agent allows that.
	AsideSession AsideKind = "session"
	// AsideStream: a stream that was read to its end.
	AsideStream AsideKind = "stream"
	// AsideLeft: a caller who left, in the middle of a stream or before the answer.
	AsideLeft AsideKind = "left"
	// AsideMalformed: a body that is not JSON.
	AsideMalformed AsideKind = "malformed"
)

// Stop is a SIGTERM to an idle, healthy process (LIFE-04, LIFE-05).
type Stop struct {
	// ExitedAfter is the time from the signal to the end of the process; Killed says that patience ran out at Limit.
	ExitedAfter Millis `json:"exitedAfter"`
	Limit       Millis `json:"limit"`
	Killed      bool   `json:"killed"`
	State       State  `json:"state"`
}

// StopInFlight is a SIGTERM to processes at work, a fresh one for each kind of it (LIFE-04).
type StopInFlight struct {
	Rounds []StopRound `json:"rounds"`
}

// Work is what a process does when SIGTERM comes.
type Work string

// The kinds of work: an answer in one piece, and an event stream.
const (
	WorkCall   Work = "call"
	WorkStream Work = "stream"
)

// StopRound is one process that was sent SIGTERM while it worked.
type StopRound struct {
	Work Work `json:"work"`
	// Untold says in one line why no signal was sent; there is nothing else then, or only the call that did not last.
	Untold string `json:"untold,omitempty"`
	// Asked is how long the work was asked to take.
	Asked Millis `json:"asked,omitempty"`
	// Call is the work: Answered in full, Truncated or Reset by the end of the process, or Abandoned when it was still open
	// after Stop.
	Call Exchange `json:"call"`
	// Signalled is when SIGTERM was sent, from the container's start.
	Signalled Millis `json:"signalled,omitempty"`
	Stop      *Stop  `json:"stop,omitempty"`
}

// InFlight reports that the signal met the work.
func (r *StopRound) InFlight() bool {
	return r.Stop != nil && r.Call.At < r.Signalled && r.Call.At+r.Call.Took > r.Signalled
}

// End is the main container after everything was played on it.
type End struct {
	State State `json:"state"`
	Start State `json:"start"`
	Ping  *Ping `json:"ping,omitempty"`
	Logs  Logs  `json:"logs"`
	// Lost are the processes that ended on the way; each was replaced by a fresh one, so that the rest could be played.
	Lost    []Loss   `json:"lost,omitempty"`
	Polls   []Ping   `json:"polls,omitempty"`
	Samples []Sample `json:"samples,omitempty"`
}

// Loss is a process that ended while it should have served.
type Loss struct {
	// After names what was played last before the end was noticed.
	After string `json:"after"`
	State State  `json:"state"`
	Logs  Logs   `json:"logs"`
	Polls []Ping `json:"polls,omitempty"`
}
