package record

// Variant names one shape of the happy-path request. Variants are judged in pairs: the same body, one difference.
type Variant string

const (
	// Platform is the observed header set and Host, Accept naming both types: the happy path.
	Platform Variant = "platform"
	// PlatformAgain repeats Platform with the same session (LIFE-03, INV-16).
	PlatformAgain Variant = "platform-again"
	// Minimal has content-type, content-length, host and the session id only (INV-13).
	Minimal Variant = "minimal"
	// Localhost is Platform with Host localhost:PORT (NET-04).
	Localhost Variant = "localhost"
	// Rich is Platform with what test clients add: a User-Agent, Accept */*. Sent when Platform was refused (INV-13).
	Rich Variant = "rich"
	// BareHeaders is Platform without the platform's own x-amz and trace fields (NET-05).
	BareHeaders Variant = "bare-headers"
	// FullHeaders adds every field the platform may send (NET-05).
	FullHeaders Variant = "full-headers"
	// MixedCase spells the platform's field names in mixed case (NET-10).
	MixedCase Variant = "mixed-case"
	// AcceptJSON, AcceptSSE and AcceptNone vary Accept (INV-14).
	AcceptJSON Variant = "accept-json"
	AcceptSSE  Variant = "accept-sse"
	AcceptNone Variant = "accept-none"
	// NoSession leaves the session header out (SES-04); Session100 and Session256 send long ids (SES-03).
	NoSession  Variant = "no-session"
	Session100 Variant = "session-100"
	Session256 Variant = "session-256"
	// CustomHeader adds an allow-listed custom field (SES-09).
	CustomHeader Variant = "custom-header"
	// Identity adds dummy identity fields; IdentityToken is the value that must not come back (SES-12, SEC-04).
	Identity Variant = "identity"
	// TraceLong and TraceBroken vary the trace fields (OBS-02, OBS-03).
	TraceLong   Variant = "trace-long"
	TraceBroken Variant = "trace-broken"
	// UnknownField adds a member to the body (INV-21); NonASCII a prompt of two to four byte characters (INV-22).
	UnknownField Variant = "unknown-field"
	NonASCII     Variant = "non-ascii"
	// Get is GET on the invocation path (INV-18); Slash a POST with the other trailing slash (NET-06).
	Get   Variant = "get"
	Slash Variant = "slash"
	// Charset, OctetStream and NoContentType vary Content-Type (INV-02).
	Charset       Variant = "charset"
	OctetStream   Variant = "octet-stream"
	NoContentType Variant = "no-content-type"
	// CompactCharset spells the charset as Java and many HTTP libraries do (INV-02).
	CompactCharset Variant = "compact-charset"
	// AcceptAny accepts everything, AcceptWeighted names both types with weights (INV-14).
	AcceptAny      Variant = "accept-any"
	AcceptWeighted Variant = "accept-weighted"
	// DebugAction is the SDK's debug body (INV-19).
	DebugAction Variant = "debug-action"
)

// IdentityToken is the dummy secret sent in identity fields: it must not come back in an answer or a log.
const IdentityToken = "conform-dummy-token-4f1c9a7e"

// Calls are the invocations that ask for nothing unusual.
type Calls struct {
	// Ladder holds the payloads tried until one was answered with 2xx, first to last.
	Ladder []Exchange `json:"ladder"`
	// Rung is the index in Ladder of the payload that is used from then on: the first 2xx, else the best answer.
	Rung int `json:"rung"`
	// Worked says that the payload in use was answered with 2xx and no error inside.
	Worked bool `json:"worked"`
	// Prompt says that the payload has a place for a prompt, so that markers can be sent.
	Prompt bool `json:"prompt"`
	// Variants holds the pairs.
	Variants map[Variant]*Exchange `json:"variants"`
	// Retried is how long the harness repeated the first call because 503 said «not yet» (PING-10).
	Retried Millis `json:"retried,omitempty"`
	// Before and After are the process around all of it (LIFE-03).
	Before State `json:"before"`
	After  State `json:"after"`
	// LeakedToken says that IdentityToken was found in the container's output.
	LeakedToken bool `json:"leakedToken,omitempty"`
	// LogLines is how many lines the container wrote during the calls, -1 when unknown (OBS-01).
	LogLines int `json:"logLines"`
	// Logs are the lines that were written during the calls, as far as the engine keeps them; nil when there were none (LIFE-15).
	Logs *Logs `json:"logs,omitempty"`
}

// Happy returns the happy path: Platform, or where that is refused the one of Localhost and Rich that is served (then
// NET-04 or INV-13 says so, and the other clauses are still judged). It is nil when none was sent.
func (c *Calls) Happy() *Exchange {
	p := c.Variants[Platform]
	for _, v := range []Variant{Localhost, Rich} {
		if x := c.Variants[v]; x != nil && (p == nil || !p.OK() && x.OK()) {
			return x
		}
	}
	return p
}

// Stream is the streamed answer, if the agent has one.
type Stream struct {
	// Call is the invocation that was answered with an event stream; nil when none was.
	Call *Exchange `json:"call,omitempty"`
	// JSONAnswers says that the same payload answers text as JSON, so that an empty stream means a lost one (SSE-12).
	JSONAnswers bool `json:"jsonAnswers,omitempty"`
	// Paced says that the model behind the agent produced at a known pace (SSE-05).
	Paced bool `json:"paced,omitempty"`
	// Asked says how the stream was asked for: accept or payload.
	Asked string `json:"asked,omitempty"`
	// Model are the requests that the agent sent to the scripted model meanwhile.
	Model []ModelRequest `json:"model,omitempty"`
	// Lines is what became of the line ends in what the model said; nil when it said none, or no stream came of it.
	Lines *Lines `json:"lines,omitempty"`
	// Slower is the same with a model that speaks for longer, asked for when no event came while the model spoke: a busy
	// machine is late by so many seconds, a buffer by as many as there are.
	Slower *Spoken `json:"slower,omitempty"`
}

// Lines are a few lines of a model's answer and what came back of them (SSE-02).
type Lines struct {
	// Sent are the lines as the model said them, Got as all events together hold them, from the begin of the first to the
	// end of the last one. Got is empty when they did not come back.
	Sent string `json:"sent"`
	Got  string `json:"got,omitempty"`
}

// Spoken is an invocation and what its agent asked the scripted model.
type Spoken struct {
	Call  Exchange       `json:"call"`
	Model []ModelRequest `json:"model,omitempty"`
}

// Spoke reports a model that answered token by token.
func (q *ModelRequest) Spoke() bool { return q.Stream && q.LastToken > q.FirstToken }

// EventsDuring counts the events of an answer that came while the model spoke, its first and last token left out.
func (e *Exchange) EventsDuring(q *ModelRequest) int {
	if e.Events == nil {
		return 0
	}
	n, begin, end := 0, q.At+q.FirstToken-e.At, q.At+q.LastToken-e.At
	for _, events := range [][]Event{e.Events.Events, e.Events.Tail} {
		for _, one := range events {
			if one.After > begin && one.After < end {
				n++
			}
		}
	}
	return n
}

// Probe is one odd request, and whether the agent was still itself afterwards.
type Probe struct {
	// Name is stable: truncated-json, not-utf8, empty-object, empty-body, null, array, number, deep, prompt-blocks …
	Name string   `json:"name"`
	Call Exchange `json:"call"`
	// Ping and Again were sent after it: the health check and the happy path.
	Ping  *Ping     `json:"ping,omitempty"`
	Again *Exchange `json:"again,omitempty"`
	State State     `json:"state"`
}

// Malformed are the requests that no agent wants (INV-07 to INV-11).
type Malformed struct {
	Before State   `json:"before"`
	Probes []Probe `json:"probes"`
}

// Bodies are the large requests (INV-12). Sizes are in bytes, ascending.
type Bodies struct {
	Before State      `json:"before"`
	Calls  []BodyCall `json:"calls"`
	After  State      `json:"after"`
	Ping   *Ping      `json:"ping,omitempty"`
}

// BodyCall is one padded invocation.
type BodyCall struct {
	Size int64    `json:"size"`
	Call Exchange `json:"call"`
}

// Disconnect are callers who leave early (NET-12, SSE-09).
type Disconnect struct {
	Before State             `json:"before"`
	Rounds []DisconnectRound `json:"rounds"`
	After  State             `json:"after"`
}

// DisconnectRound is one early leave, and what worked afterwards.
type DisconnectRound struct {
	// Phase is headers (left after the request head), body (left while sending), answer (left before the answer),
	// or stream (left after the first event).
	Phase string    `json:"phase"`
	Call  Exchange  `json:"call"`
	Ping  *Ping     `json:"ping,omitempty"`
	Again *Exchange `json:"again,omitempty"`
	// Waited is how long the harness waited for Again to be answered well, retries included.
	Waited Millis `json:"waited,omitempty"`
	// Model are the requests that the agent sent to the scripted model for Call, and for what came after it.
	Model []ModelRequest `json:"model,omitempty"`
}
