package record

// Credentials is a process that was handed out credentials which ended while it stood still (LIFE-15). It found them where the
// platform has them, at the metadata service.
type Credentials struct {
	Boot Boot `json:"boot"`
	// Untold says in one line why it did not stand still, or was not called after that.
	Untold string `json:"untold,omitempty"`
	// Life is how long credentials are good, Paused how long the process stood still. Resumed is when it went on, from its
	// start.
	Life    Millis `json:"life"`
	Paused  Millis `json:"paused,omitempty"`
	Resumed Millis `json:"resumed,omitempty"`
	// Before are calls of one session before that, After those of another one since: the first, and where that failed the last
	// of some.
	Before []Exchange `json:"before,omitempty"`
	After  []Exchange `json:"after,omitempty"`
	State  State      `json:"state"`
	// Asked counts the requests to the metadata service; the last one came at LastAsked.
	Asked     int    `json:"asked,omitempty"`
	LastAsked Millis `json:"lastAsked,omitempty"`
	// Keys are what it handed out, in that order; the last MaxKeys.
	Keys []Key `json:"keys,omitempty"`
	// Logs are the lines that were written since it went on, as far as the engine keeps them.
	Logs *Logs `json:"logs,omitempty"`
}

// MaxKeys is how many credentials of one container are kept.
const MaxKeys = 64

// Key is one set of credentials, with times from the start of the process.
type Key struct {
	Issued  Millis `json:"issued"`
	Expires Millis `json:"expires"`
	// Signed counts the requests to the harness's servers that were signed with it.
	Signed int `json:"signed,omitempty"`
	// Late counts those that were signed after its end, by the clocks of both sides, and were refused. LastLate is when the last
	// one came, To names the servers that they went to.
	Late     int    `json:"late,omitempty"`
	LastLate Millis `json:"lastLate,omitempty"`
	To       []Peer `json:"to,omitempty"`
}
