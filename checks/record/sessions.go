package record

// Overlap are two and more invocations of one session at the same time (INV-17, SES-07).
type Overlap struct {
	Before State `json:"before"`
	// Solo is one call alone, the measure for the others.
	Solo  Turn   `json:"solo"`
	Turns []Turn `json:"turns"`
	// After is one call alone once all ended.
	After      Turn  `json:"after"`
	StateAfter State `json:"stateAfter"`
}

// Turn is one invocation whose prompt carried a marker.
type Turn struct {
	Session string `json:"session"`
	// Number counts from 1 within the session.
	Number int `json:"number"`
	// Marker is the random word this turn's prompt carried.
	Marker string   `json:"marker"`
	Call   Exchange `json:"call"`
	// Found lists the markers of this round that the reassembled answer held, of whatever session.
	Found []string `json:"found,omitempty"`
	// Quote is the piece of the answer around the first foreign marker.
	Quote string `json:"quote,omitempty"`
}

// Sessions are many sessions talking to one process at once (SES-06).
type Sessions struct {
	// Rounds hold the interleaved conversations: a second one is played when the first showed something foreign, or
	// serially when overlapping calls were refused.
	Rounds []SessionRound `json:"rounds"`
	Before State          `json:"before"`
	After  State          `json:"after"`
}

// SessionRound is one interleaved conversation of all sessions.
type SessionRound struct {
	// Mode is overlapping or serial.
	Mode string `json:"mode"`
	// Sessions is how many took part; Turns holds every invocation in the order sent.
	Sessions int    `json:"sessions"`
	Turns    []Turn `json:"turns"`
	// Model are the requests that the agent sent to the scripted model meanwhile.
	Model []ModelRequest `json:"model,omitempty"`
	// Stored are the requests to other AWS services that carried or gave back a marker meanwhile.
	Stored []ServiceRequest `json:"stored,omitempty"`
}

// Async is the life of a background job that the user declared with --async-payload (PING-05, LIFE-08).
type Async struct {
	Trigger Exchange `json:"trigger"`
	// Asked is how long the job was asked to take; 0 when its body has no place for that.
	Asked  Millis `json:"asked,omitempty"`
	Before []Ping `json:"before,omitempty"`
	Pings  []Ping `json:"pings,omitempty"`
	// During is a trivial invocation sent while the agent said HealthyBusy (PING-15).
	During *Exchange `json:"during,omitempty"`
	// Left is a job whose caller went away before the answer, Failing one that was made to fail. Both are played when the
	// first job was seen to begin and to end; Failing also takes a way to make it fail.
	Left    *Job `json:"left,omitempty"`
	Failing *Job `json:"failing,omitempty"`
}

// Job is a background job that does not end well, or not before the eyes of its caller (LIFE-08).
type Job struct {
	Trigger Exchange `json:"trigger"`
	// Asked is how long the job was asked to take; 0 when its body has no place for that.
	Asked Millis `json:"asked,omitempty"`
	// Due is when it must have been over, by the measure of the first job, from the container's start. It was watched until
	// then where it was reported for so long.
	Due   Millis `json:"due"`
	Pings []Ping `json:"pings,omitempty"`
	// By is what made it fail; empty for one that was not made to.
	By FailedBy `json:"by,omitempty"`
	// Model are the requests that the agent sent to the scripted model meanwhile.
	Model []ModelRequest `json:"model,omitempty"`
}

// FailedBy says what made a background job fail.
type FailedBy string

const (
	// FailedByBody: the user declared a body whose job fails.
	FailedByBody FailedBy = "body"
	// FailedByModel: the scripted model refused what the agent asked it meanwhile.
	FailedByModel FailedBy = "model"
)
