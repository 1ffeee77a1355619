package record

import "slices"

// Model is what one container asked of the scripted model so far.
type Model struct {
	// Requests are in the order of their arrival; Dropped counts those past MaxModelRequests.
	Requests []ModelRequest `json:"requests,omitempty"`
	Dropped  int            `json:"dropped,omitempty"`
}

// ModelUse sums up what the containers of a run asked of the scripted model.
type ModelUse struct {
	// Spoken lists the operations that were asked for, the most frequent first.
	Spoken []ModelOperation `json:"spoken,omitempty"`
	// Unknown lists requests that no provider answers, as METHOD path, different ones only, at most MaxUnknown.
	Unknown []string `json:"unknown,omitempty"`
	// Requests counts all, Dropped those past MaxModelRequests, of which nothing else is known.
	Requests int `json:"requests"`
	Dropped  int `json:"dropped,omitempty"`
	// Services are the other AWS services that were called, the most frequent first.
	Services []ServiceCalls `json:"services,omitempty"`
	// Spans is what was exported to the collector; nil when that was nothing.
	Spans *Spans `json:"spans,omitempty"`
}

// ModelOperation counts the requests for one operation of one provider.
type ModelOperation struct {
	Provider string `json:"provider"`
	API      string `json:"api"`
	Requests int    `json:"requests"`
	Streamed int    `json:"streamed,omitempty"`
	// Models are the ids that were asked for, different ones only, at most MaxUnknown.
	Models []string `json:"models,omitempty"`
	// Agent is the User-Agent of the first of them.
	Agent string `json:"agent,omitempty"`
}

// MaxUnknown is how many different paths or ids a list keeps.
const MaxUnknown = 20

// ModelFaults are calls during which the model failed on purpose, and what became of the agent (INV-05, INV-06, INV-09,
// SSE-07).
type ModelFaults struct {
	Before State `json:"before"`
	// First is the happy path before the model fails; without it no round is played.
	First  *Exchange         `json:"first,omitempty"`
	Rounds []ModelFaultRound `json:"rounds"`
	After  State             `json:"after"`
}

// ModelFaultRound is one call while the model failed in one way, and the look at the agent once the model was well again.
type ModelFaultRound struct {
	// Fault is throttled, server-error, context-length or cut.
	Fault string   `json:"fault"`
	Call  Exchange `json:"call"`
	// Model are the requests that the agent sent for this call; Later counts those that came after its answer.
	Model []ModelRequest `json:"model,omitempty"`
	Later int            `json:"later,omitempty"`
	// Healed says that the model was well again before the call ended, because the agent went on trying or forgot the call.
	Healed bool `json:"healed,omitempty"`
	// Silent is for how long the container had asked neither the model nor another service anything when the call ran out of
	// its time. It is 0 for a call that ended, and while one of them owed an answer.
	Silent Millis `json:"silent,omitempty"`
	// Ping and Again came afterwards: the health check and the happy path.
	Ping  *Ping     `json:"ping,omitempty"`
	Again *Exchange `json:"again,omitempty"`
	// Waited is how long the harness waited for Again to be answered well, retries included.
	Waited Millis `json:"waited,omitempty"`
	State  State  `json:"state"`
}

// forgottenAfter is the part of a call's time without a sign of work on it from which on it counts as forgotten. It is three
// times as long as all that was done before: pauses between tries double, so that an agent which still tried would have
// asked again by then.
const forgottenAfter = 0.75

// leastSilence is the least that this is, for calls that are given little time: longer than the longest pause between two
// tries of the vendors' SDKs, which is the 20 s of AWS's.
const leastSilence = Millis(30_000)

// Forgotten reports a call that nobody worked on any more after the model had failed it: what is left of it waits for the
// caller to give up. An agent that goes on trying is none, however long it takes.
func (r *ModelFaultRound) Forgotten() bool {
	return r.Call.Outcome == TimedOut && r.Silent >= max(leastSilence, forgottenAfter*r.Call.Timeout) &&
		slices.ContainsFunc(r.Model, func(q ModelRequest) bool { return q.Fault != "" })
}

// Bounds on what is kept of a container's requests to the model.
const (
	// MaxModelRequests is how many requests a record keeps.
	MaxModelRequests = 2000
	// MaxModelText is how many bytes of a conversation a record keeps, from its end.
	MaxModelText = 1 << 10
	// MaxModelMarkers is how many markers of one request a record keeps.
	MaxModelMarkers = 256
)

// ModelRequest is one request that the container sent to the model.
type ModelRequest struct {
	// At counts from the start of the container's process; Took is until the last byte of the answer.
	At   Millis `json:"at"`
	Took Millis `json:"took"`
	// Provider is bedrock, openai, anthropic or gemini; empty for a path that no provider has. API is the operation: chat,
	// responses, embeddings, models, messages, count, converse, invoke, generate.
	Provider string `json:"provider,omitempty"`
	API      string `json:"api,omitempty"`
	Method   string `json:"method"`
	Path     string `json:"path"`
	// Proto is HTTP/1.1 or HTTP/2.0; Agent the client's User-Agent.
	Proto string `json:"proto"`
	Agent string `json:"agent,omitempty"`
	// Model is the id of the model that was asked for.
	Model  string `json:"model,omitempty"`
	Stream bool   `json:"stream,omitempty"`
	// Turns counts the messages of the conversation, Tools those that were offered, ToolResults those that came back.
	Turns       int `json:"turns,omitempty"`
	Tools       int `json:"tools,omitempty"`
	ToolResults int `json:"toolResults,omitempty"`
	// Markers are all markers of the conversation, in order of their first appearance; Last those of its last user turn.
	Markers []string `json:"markers,omitempty"`
	Last    []string `json:"last,omitempty"`
	// Text is the end of the conversation; Size the body's length in bytes.
	Text string `json:"text,omitempty"`
	Size int64  `json:"size"`
	// Script names the script that answered, Fault the fault that it played.
	Script string `json:"script,omitempty"`
	Fault  string `json:"fault,omitempty"`
	Status int    `json:"status"`
	// Outcome says how it ended: answered in full, abandoned by the container, or cut by the script.
	Outcome ModelOutcome `json:"outcome"`
	// Tokens were sent, FirstToken and LastToken at these offsets from At.
	Tokens     int    `json:"tokens,omitempty"`
	FirstToken Millis `json:"firstToken,omitempty"`
	LastToken  Millis `json:"lastToken,omitempty"`
}

// ModelOutcome says how a request to the model ended.
type ModelOutcome string

// The ends of a request to the model.
const (
	// ModelAnswered: the whole answer was written.
	ModelAnswered ModelOutcome = "answered"
	// ModelAbandoned: the container closed the connection before the end.
	ModelAbandoned ModelOutcome = "abandoned"
	// ModelCut: the script broke the answer off, or never gave one.
	ModelCut ModelOutcome = "cut"
	// ModelUnknown: no provider has such a path, or the body could not be read; an error was answered.
	ModelUnknown ModelOutcome = "unknown"
	// ModelOpen: the answer was still going on when the records were taken.
	ModelOpen ModelOutcome = "open"
)
