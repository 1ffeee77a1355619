package record

// Killed is a process that SIGKILL met in the middle of a call, and the one that its session came to next (SES-08).
type Killed struct {
	Session string `json:"session"`
	Boot    Boot   `json:"boot"`
	// Untold says in one line why nothing was killed; there is nothing else then but what came before.
	Untold string `json:"untold,omitempty"`
	// First is the session's call that was served, Call the one that was under way when the signal was sent at Signalled,
	// from the container's start. State is that of the process afterwards.
	First     *Exchange `json:"first,omitempty"`
	Call      *Exchange `json:"call,omitempty"`
	Signalled Millis    `json:"signalled,omitempty"`
	State     State     `json:"state"`
	// Next is the boot of the process that came next. Calls are the session's on it: the first, and where that failed the last
	// one until the session was served or patience ran out, after Waited and Tries calls in all.
	Next   *Boot      `json:"next,omitempty"`
	Calls  []Exchange `json:"calls,omitempty"`
	Tries  int        `json:"tries,omitempty"`
	Waited Millis     `json:"waited,omitempty"`
	// Other is a call of another session on the same process, made where the first of Calls failed.
	Other *Exchange `json:"other,omitempty"`
	Logs  Logs      `json:"logs"`
}

// InFlight reports that the signal met the call.
func (k *Killed) InFlight() bool {
	return k.Call != nil && k.Call.At < k.Signalled && k.Call.At+k.Call.Took > k.Signalled
}

// Freeze is a process that stood still for a while, as one does in a snapshot, and lost what was connected before its first
// call (LIFE-15).
type Freeze struct {
	Boot Boot `json:"boot"`
	// Untold says in one line why it did not stand still; there is nothing else then but what came before.
	Untold string `json:"untold,omitempty"`
	// Planned is how long it was meant to stand still, Paused how long it did. Resumed is when it went on, from its start.
	Planned Millis `json:"planned"`
	Paused  Millis `json:"paused,omitempty"`
	Resumed Millis `json:"resumed,omitempty"`
	// Before are calls that one session had made, which says how long a call takes. PingBefore is a health check after them.
	Session     string     `json:"session"`
	Before      []Exchange `json:"before,omitempty"`
	PingBefore  *Ping      `json:"pingBefore,omitempty"`
	StateBefore State      `json:"stateBefore"`
	// Inbound is how many kept connections to the container the harness ended meanwhile, Severed are the container's own ones
	// that fell silent. Spared is how many it had opened since its first call, of which a snapshot holds none: they went on.
	Inbound int       `json:"inbound,omitempty"`
	Severed []Severed `json:"severed,omitempty"`
	Spared  int       `json:"spared,omitempty"`
	// Pings are health checks since it went on until one was good: the first few and the last.
	Pings []Ping `json:"pings,omitempty"`
	// Same are the session's calls after that, New those of another session: the first, and where that failed the last of
	// some.
	// Beside are health checks meanwhile, After one when all was over.
	Same      []Exchange `json:"same,omitempty"`
	New       []Exchange `json:"new,omitempty"`
	Beside    []Ping     `json:"beside,omitempty"`
	PingAfter *Ping      `json:"pingAfter,omitempty"`
	After     State      `json:"after"`
	// Logs are the lines that were written since it went on, as far as the engine keeps them.
	Logs *Logs `json:"logs,omitempty"`
}

// Severed is a connection of the container's that fell silent: the peer takes what is written and never answers.
type Severed struct {
	To Peer `json:"to"`
	// Opened is when it was made, from the container's start.
	Opened Millis `json:"opened"`
	// Swallowed is how many bytes the container wrote to it since, Asked when the first of them came.
	Swallowed int64  `json:"swallowed,omitempty"`
	Asked     Millis `json:"asked,omitempty"`
}

// Peer is a server of the harness that a container connects to.
type Peer string

// The servers of the harness.
const (
	PeerModel     Peer = "model"
	PeerServices  Peer = "services"
	PeerCollector Peer = "collector"
)
