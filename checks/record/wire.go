package record

// InjectedField is what a prompt tries to become: a header field of the answer (INV-20).
const InjectedField = "x-conform-injected"

// Oddity is a departure of an answer from RFC 9112 that a lenient client reads over and a strict proxy need not (INV-20).
type Oddity string

// The oddities of an answer, each with its section of RFC 9112.
const (
	// TwoFramings: Content-Length beside Transfer-Encoding (6.2).
	TwoFramings Oddity = "two-framings"
	// BareLF: lines of the head, or of chunks, that end with LF alone (2.2).
	BareLF Oddity = "bare-lf"
	// FoldedField: a header field that goes on in a further line (5.2).
	FoldedField Oddity = "folded-field"
)

// Wire is what an agent's server makes of the less usual shapes of HTTP: everything that a proxy before it may do.
type Wire struct {
	Before State `json:"before"`
	// Line is one connection that carries one request after the other (NET-11); its first is the happy path.
	Line []LineCall `json:"line"`
	// Idle is a connection that lay idle; nil when none could be kept that long (NET-11).
	Idle *IdleLine `json:"idle,omitempty"`
	// Chunked are calls without a declared length: in chunks of one byte with a pause among them, and in a single chunk when
	// that was not served (NET-03).
	Chunked []ChunkedCall `json:"chunked,omitempty"`
	// Large are calls with custom fields, largest first until one was served (NET-05).
	Large []LargeFields `json:"large,omitempty"`
	// Odd are calls with legal fields of unusual shape: all at once, then one by one when that was not served (NET-05).
	Odd []OddField `json:"odd,omitempty"`
	// Texts are prompts beyond ASCII and what came back of them (INV-22).
	Texts []Text `json:"texts,omitempty"`
	// Slow are callers who stop reading for a while (NET-11).
	Slow []SlowReader `json:"slow,omitempty"`
	// Last names what was played last, for an agent that did not survive it.
	Last  string `json:"last"`
	After State  `json:"after"`
}

// LineEnd says how a server ended a connection that nobody used.
type LineEnd string

// The ends of an idle connection. The zero value is an open one.
const (
	// LineOpen: it was still there.
	LineOpen LineEnd = ""
	// LineClosed: the server closed it, as is its right.
	LineClosed LineEnd = "closed"
	// LineReset: the server reset it.
	LineReset LineEnd = "reset"
	// LineStray: bytes came that no request had asked for.
	LineStray LineEnd = "stray"
)

// LineCall is one request on a connection that is used again.
type LineCall struct {
	// Name is stable: call, call-again, refused, ping.
	Name string   `json:"name"`
	Call Exchange `json:"call"`
	// Reused says that an earlier request had been answered on the same connection.
	Reused bool `json:"reused,omitempty"`
	// Stale says that nothing came back on a reused connection: the server had given it up.
	Stale bool `json:"stale,omitempty"`
	// Own and Earlier say whose marker the answer held: its own, and that of the call before.
	Own     bool `json:"own,omitempty"`
	Earlier bool `json:"earlier,omitempty"`
	// Fresh is the same request on a connection of its own, sent when this one went wrong.
	Fresh *Exchange `json:"fresh,omitempty"`
	// End is what became of the connection in the moment after the answer; Stray quotes what no request had asked for.
	End   LineEnd `json:"end,omitempty"`
	Stray string  `json:"stray,omitempty"`
}

// IdleLine is a connection that lay idle between two health checks.
type IdleLine struct {
	// Gap is how long the second request was held back; EndedAfter how long the server kept the connection if it ended it.
	Gap        Millis  `json:"gap"`
	End        LineEnd `json:"end,omitempty"`
	EndedAfter Millis  `json:"endedAfter,omitempty"`
	Stray      string  `json:"stray,omitempty"`
	// Next is the request after the gap; nil when the connection was gone. Fresh is the same on one of its own.
	Next  *Exchange `json:"next,omitempty"`
	Stale bool      `json:"stale,omitempty"`
	Fresh *Exchange `json:"fresh,omitempty"`
}

// ChunkedCall is the happy path with its body in chunks of that size in bytes, 0 for one chunk. Own says that the answer held
// the call's marker.
type ChunkedCall struct {
	Size int      `json:"size"`
	Call Exchange `json:"call"`
	Own  bool     `json:"own,omitempty"`
}

// LargeFields is a call with that many bytes of custom fields, of 4 KB each (LIM-11).
type LargeFields struct {
	Fields int      `json:"fields"`
	Bytes  int      `json:"bytes"`
	Call   Exchange `json:"call"`
}

// OddField is a call with one unusual field, or with all of them.
type OddField struct {
	// Name is stable: all, empty, repeated, long-name, punctuation, obs-text.
	Name string   `json:"name"`
	Call Exchange `json:"call"`
}

// Text is a prompt beyond ASCII and what came back of it.
type Text struct {
	// Way says how the prompt was written: plain (UTF-8) or escaped (\u escapes, surrogate pairs included).
	Way string `json:"way"`
	// Other says that the answer was asked for in the agent's other form: a stream where it answers JSON by itself, or JSON.
	Other bool `json:"other,omitempty"`
	// Sent and Got are the pieces between two markers, as sent and as they came back. Echoed says that both markers did.
	Sent   string   `json:"sent"`
	Got    string   `json:"got,omitempty"`
	Echoed bool     `json:"echoed,omitempty"`
	Call   Exchange `json:"call"`
}

// SlowReader is a caller who stops reading once the answer has begun.
type SlowReader struct {
	Call Exchange `json:"call"`
	// From and To are the offsets, from the container's start, between which nothing was read; To is 0 when no answer began.
	From Millis `json:"from,omitempty"`
	To   Millis `json:"to,omitempty"`
	// Pings were sent meanwhile.
	Pings []Ping `json:"pings,omitempty"`
}
