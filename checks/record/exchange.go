package record

// Bounds on what a record keeps of a hostile container, in bytes.
const (
	// MaxBody is how much of a response body a record keeps.
	MaxBody = 64 << 10
	// MaxPingBody is how much of a ping body a record keeps.
	MaxPingBody = 2 << 10
	// MaxHeaderValue is how much of a single header value a record keeps.
	MaxHeaderValue = 1 << 10
	// MaxFields is how many header fields a record keeps.
	MaxFields = 64
	// MaxEvents is how many stream events a record keeps.
	MaxEvents = 500
	// MaxTail is how many events a record keeps of a stream's end when it is longer than MaxEvents.
	MaxTail = 8
	// MaxEventData is how much of one event's data a record keeps.
	MaxEventData = 4 << 10
)

// Millis is a duration or an offset in milliseconds, with fractions.
type Millis float64

// Seconds converts to seconds.
func (m Millis) Seconds() float64 { return float64(m) / 1000 }

// Outcome says how an exchange ended on the wire, before anything is judged.
type Outcome string

const (
	// Answered: a complete response arrived.
	Answered Outcome = "answered"
	// Truncated: a status line arrived, but the body broke its own framing (INV-20).
	Truncated Outcome = "truncated"
	// TimedOut: the deadline passed. Status is set when the headers had arrived.
	TimedOut Outcome = "timeout"
	// Refused: nothing accepts connections on the port.
	Refused Outcome = "refused"
	// Reset: the connection broke before a complete response (RST or early close).
	Reset Outcome = "reset"
	// Garbled: what came back is not HTTP/1.x.
	Garbled Outcome = "garbled"
	// Abandoned: the harness itself left on purpose (SSE-09).
	Abandoned Outcome = "abandoned"
	// Unsent: the harness failed to send; not the container's fault.
	Unsent Outcome = "unsent"
)

// Field is one header field as it was on the wire.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Request is what was sent. Body is kept up to MaxBody; BodySize is the true size.
type Request struct {
	Method   string  `json:"method"`
	Path     string  `json:"path"`
	Host     string  `json:"host"`
	Header   []Field `json:"header,omitempty"`
	Body     string  `json:"body,omitempty"`
	BodySize int64   `json:"bodySize,omitempty"`
	// Raw holds the exact bytes when the request was not well-formed HTTP on purpose.
	Raw []byte `json:"raw,omitempty"`
}

// Response is what came back. Body is kept up to MaxBody; BodySize is what was received.
type Response struct {
	Status int     `json:"status"`
	Proto  string  `json:"proto,omitempty"`
	Header []Field `json:"header,omitempty"`
	Body   string  `json:"body,omitempty"`
	// BodySize counts all body bytes received, of which Body may hold only the first.
	BodySize int64 `json:"bodySize"`
	// ContentLength is the declared length, or -1 when none was declared.
	ContentLength int64 `json:"contentLength"`
	// Framing is length, chunked, close or none.
	Framing string `json:"framing,omitempty"`
	// Oddities are what a strict reader would not have taken, each once.
	Oddities []Oddity `json:"oddities,omitempty"`
	// ValidUTF8 says whether the whole body was UTF-8, also past what is kept.
	ValidUTF8 bool `json:"validUTF8"`
	// ValidJSON says whether the whole body parses as one JSON value, also past what is kept.
	ValidJSON bool `json:"validJSON"`
}

// Exchange is one request and its fate.
type Exchange struct {
	// ID is unique in the Set and stable between runs of the same plan: evidence refers to it.
	ID      string  `json:"id"`
	Request Request `json:"request"`
	Outcome Outcome `json:"outcome"`
	// Error is one line for people when Outcome is not Answered.
	Error    string    `json:"error,omitempty"`
	Response *Response `json:"response,omitempty"`
	// Session is the runtime session id that was sent, if any.
	Session string `json:"session,omitempty"`
	// At is when the request was sent, from the container's start.
	At Millis `json:"at"`
	// HeadersAfter, FirstByteAfter and Took count from At: to the status line, the first body byte, and the end.
	HeadersAfter   Millis `json:"headersAfter,omitempty"`
	FirstByteAfter Millis `json:"firstByteAfter,omitempty"`
	Took           Millis `json:"took"`
	// Timeout is the deadline that applied.
	Timeout Millis `json:"timeout,omitempty"`
	// Events holds the answer's events when it was an event stream.
	Events *EventStream `json:"events,omitempty"`
}

// Status returns the response's status, or 0 when none arrived.
func (e *Exchange) Status() int {
	if e == nil || e.Response == nil {
		return 0
	}
	return e.Response.Status
}

// OK reports a complete answer with a 2xx status.
func (e *Exchange) OK() bool {
	return e != nil && e.Outcome == Answered && e.Status() >= 200 && e.Status() < 300
}

// Reached reports that the application answered with any status at all.
func (e *Exchange) Reached() bool { return e.Status() != 0 }

// Refusal reports a complete answer with a 4xx status.
func (e *Exchange) Refusal() bool {
	return e != nil && e.Outcome == Answered && e.Status() >= 400 && e.Status() < 500
}

// HeaderValue returns the first value of the response header, by case-insensitive name.
func (e *Exchange) HeaderValue(name string) string {
	if e == nil || e.Response == nil {
		return ""
	}
	return FieldValue(e.Response.Header, name)
}

// EventStream is a body read as server-sent events, with arrival times.
type EventStream struct {
	Events []Event `json:"events,omitempty"`
	// Count is the number of dispatched events, of which Events may hold only the first MaxEvents.
	Count int `json:"count"`
	// Tail holds the last events, at most MaxTail, that Events has no room for: errors come at the end (SSE-07).
	Tail []Event `json:"tail,omitempty"`
	// Comments counts comment lines (heartbeats).
	Comments int `json:"comments,omitempty"`
	// Undispatched holds what was buffered when the stream ended without the blank line that dispatches it.
	Undispatched string `json:"undispatched,omitempty"`
	// Reads holds the arrival offsets and sizes of the chunks as read from the socket, at most MaxEvents.
	Reads []Read `json:"reads,omitempty"`
	// LongestSilence is the longest time between two arrivals, the head and the end of the stream included.
	LongestSilence Millis `json:"longestSilence,omitempty"`
	// LargestEvent is the size of the biggest event's data in bytes, dispatched or not.
	LargestEvent int64 `json:"largestEvent,omitempty"`
	// BOM says that the stream began with a byte order mark.
	BOM bool `json:"bom,omitempty"`
}

// Event is one dispatched event. After counts from the request.
type Event struct {
	Type  string `json:"type,omitempty"`
	Data  string `json:"data"`
	ID    string `json:"id,omitempty"`
	After Millis `json:"after"`
	// Lines is the number of data lines that were joined.
	Lines int `json:"lines,omitempty"`
	// Size is the true size of Data, which is kept up to MaxEventData.
	Size int64 `json:"size"`
}

// Read is one arrival of bytes.
type Read struct {
	After Millis `json:"after"`
	Size  int    `json:"size"`
}
