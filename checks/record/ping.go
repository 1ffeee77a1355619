package record

// Ping is one GET /ping.
type Ping struct {
	// At is when the request was due, from the container's start; Lag how much later than that it was really sent.
	At  Millis `json:"at"`
	Lag Millis `json:"lag,omitempty"`
	// Took counts from the sending to the end of the answer. What a caller with a fixed schedule sees is Lag + Took.
	Took    Millis  `json:"took"`
	Outcome Outcome `json:"outcome"`
	Error   string  `json:"error,omitempty"`
	Status  int     `json:"status,omitempty"`
	Type    string  `json:"type,omitempty"`
	Body    string  `json:"body,omitempty"`
	// Same says that Type and Body are those of the ping before, and left out. Short says that Type is left out, and that Body
	// holds nothing but the members status and time_of_last_update of what was answered. Both occur in very long series alone.
	Same  bool `json:"same,omitempty"`
	Short bool `json:"short,omitempty"`
	// Unix is the harness's wall clock at the answer, in seconds.
	Unix float64 `json:"unix"`
	// InFlight is how many invocations of this harness were running when the ping was sent.
	InFlight int `json:"inFlight,omitempty"`
	// Activity counts the invocations that this harness had begun before the ping was sent. Two polls with the same
	// count and nothing in flight saw an agent that the harness left alone (PING-06).
	Activity int `json:"activity,omitempty"`
}

// OK reports a complete 200.
func (p Ping) OK() bool { return p.Outcome == Answered && p.Status == 200 }

// Idle is the quiet look at /ping.
type Idle struct {
	// Epoch is the container's start by the harness's clock, Unix seconds: what PING-04 compares stamps with.
	Epoch float64 `json:"epoch"`
	// Burst is the open-loop series that latency is measured on (PING-09); Poll the slow one that stamps are read from.
	Burst []Ping `json:"burst,omitempty"`
	Poll  []Ping `json:"poll,omitempty"`
	// Bare, Platform, Localhost and Slash are the same request in other shapes (PING-12, NET-04, NET-06): with the Host that
	// this agent accepts and nothing else, with the platform's Host, with localhost, and with a trailing slash.
	Bare      *Exchange `json:"bare,omitempty"`
	Platform  *Exchange `json:"platform,omitempty"`
	Localhost *Exchange `json:"localhost,omitempty"`
	Slash     *Exchange `json:"slash,omitempty"`
	// LogGrowth is how many lines the container wrote while Burst ran, -1 when unknown (OBS-08).
	LogGrowth int `json:"logGrowth"`
}

// InFlight is the look at /ping while invocations run (PING-08).
type InFlight struct {
	// Rounds hold calls of at least two different lengths where the agent allows that.
	Rounds []InFlightRound `json:"rounds,omitempty"`
	// Longest is the longest time that any call could be kept running.
	Longest Millis `json:"longest"`
}

// InFlightRound is one set of calls running together, and the pings sent meanwhile.
type InFlightRound struct {
	// Asked is how long the call was asked to take; 0 when the agent could not be told.
	Asked Millis     `json:"asked,omitempty"`
	Calls []Exchange `json:"calls"`
	Pings []Ping     `json:"pings,omitempty"`
}
