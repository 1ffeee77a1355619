package record

// Model is what a container asked of the scripted model, and how the model was told to answer.
type Model struct {
	// Requests are in the order of their arrival; Dropped counts those past MaxModelRequests.
	Requests []ModelRequest `json:"requests,omitempty"`
	Dropped  int            `json:"dropped,omitempty"`
}

// Bounds on what is kept of a container's requests to the model.
const (
	// MaxModelRequests is how many requests a record keeps.
	MaxModelRequests = 2000
	// MaxModelText is how many bytes of a conversation a record keeps, from its end.
	MaxModelText = 4 << 10
	// MaxModelMarkers is how many markers of one request a record keeps.
	MaxModelMarkers = 256
)

// ModelRequest is one request that the container sent to the model.
type ModelRequest struct {
	// At counts from the start of the container's process; Took is until the last byte of the answer.
	At   Millis `json:"at"`
	Took Millis `json:"took"`
	// Provider is bedrock, openai, anthropic or gemini; empty for a path that no provider has. API is the operation: chat,
	// responses, embeddings, models, messages, converse, invoke, generate.
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
