package record

// Clock is a process whose wall clock was off from its start on (LIFE-15).
type Clock struct {
	// Off is how far its clock was to be off; below 0 it was slow. Programs that ask the kernel themselves are not reached:
	// whether it was off, what the process tells of the time says.
	Off Millis `json:"off"`
	// Untold says in one line why no clock could be put off; there is nothing else then.
	Untold string `json:"untold,omitempty"`
	Boot   Boot   `json:"boot"`
	// Right is the boot of a process with the right clock, taken when this one had not become ready.
	Right *Boot `json:"right,omitempty"`
	// Before and After are health checks around all calls.
	Before *Ping `json:"before,omitempty"`
	After  *Ping `json:"after,omitempty"`
	// Call is the happy path; Again is the same once more where Call was no success.
	Call  *Exchange `json:"call,omitempty"`
	Again *Exchange `json:"again,omitempty"`
	State State     `json:"state"`
	Logs  Logs      `json:"logs"`
}
