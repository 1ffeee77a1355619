package record

// Boot is the start of a container until it was ready, or until it was clear that it never will be.
type Boot struct {
	// Epoch is the container's start by the harness's clock, Unix seconds. All offsets of the record count from it.
	Epoch float64 `json:"epoch"`
	Ready bool    `json:"ready"`
	// CreateTook and StartTook are the engine's own work before the process ran: making the container, and starting it.
	// PullTook is the image transfer, if any. None of them is judged.
	CreateTook Millis `json:"createTook,omitempty"`
	StartTook  Millis `json:"startTook,omitempty"`
	PullTook   Millis `json:"pullTook,omitempty"`
	// FirstListen and ReadyAfter count from the start: to the first connection that was accepted and not dropped at once, as
	// port proxies do before anything listens, and to the first good answer.
	FirstListen Millis `json:"firstListen,omitempty"`
	ReadyAfter  Millis `json:"readyAfter,omitempty"`
	// Limit is the time after which the harness gave up; NativeLimit the platform's 120 s (LIFE-01).
	Limit       Millis `json:"limit"`
	NativeLimit Millis `json:"nativeLimit"`
	// Cause classifies why it never became ready; empty when it did.
	Cause NeverReady `json:"cause,omitempty"`
	// Detail is one line for people about the cause.
	Detail string `json:"detail,omitempty"`
	// Last is the last readiness probe; Localhost the same with Host localhost, taken when Last was refused or dropped.
	Last      *Exchange `json:"last,omitempty"`
	Localhost *Exchange `json:"localhost,omitempty"`
	// Dressed is the health check with a session id, a token and all of the platform's fields (PING-12).
	Dressed   *Exchange  `json:"dressed,omitempty"`
	Listeners []Listener `json:"listeners,omitempty"`
	// ListenersKnown says that the listener table could be read, so that an empty one means something.
	ListenersKnown bool `json:"listenersKnown,omitempty"`
	// OtherProtocol names the protocol that answered on its own contract port instead (NET-09).
	OtherProtocol string   `json:"otherProtocol,omitempty"`
	OtherPaths    []string `json:"otherPaths,omitempty"`
	// TLS says that the contract port speaks TLS (NET-03).
	TLS bool `json:"tls,omitempty"`
	// HTTP2Only says that the contract port answers HTTP/2 with prior knowledge but not HTTP/1.1 (NET-03).
	HTTP2Only bool  `json:"http2Only,omitempty"`
	State     State `json:"state"`
	Logs      Logs  `json:"logs"`
	// First is the happy-path invocation sent in the moment of the first 200 (PING-10).
	First *Exchange `json:"first,omitempty"`
}

// NeverReady classifies a failed start, as VERDICTS.md tells them apart.
type NeverReady string

const (
	// ProcessExited: the main process ended before any good answer.
	ProcessExited NeverReady = "exited"
	// LoopbackOnly: something listens on the contract port, but only on loopback (NET-02).
	LoopbackOnly NeverReady = "loopback-only"
	// ListensElsewhere: no listener on the contract port, but on others (NET-01).
	ListensElsewhere NeverReady = "listens-elsewhere"
	// SpeaksOtherProtocol: another protocol answered (NET-09).
	SpeaksOtherProtocol NeverReady = "other-protocol"
	// AnswersBadly: HTTP answers come from the contract port, but not the one readiness needs.
	AnswersBadly NeverReady = "answers-badly"
	// DropsHost: for ten seconds every health check with the platform's Host was closed or left without an answer, and every
	// one with localhost was served (NET-04).
	DropsHost NeverReady = "drops-host"
	// NotHTTP: bytes come back from the contract port that are not HTTP/1.1 (NET-03).
	NotHTTP NeverReady = "not-http"
	// Hung: no CPU progress for 30 s.
	Hung NeverReady = "hung"
	// TooSlow: still busy starting at the limit.
	TooSlow NeverReady = "too-slow"
	// CannotStart: the engine could not start the process (IMG-11).
	CannotStart NeverReady = "cannot-start"
)
