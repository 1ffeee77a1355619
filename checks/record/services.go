package record

// Services is what one container asked of the AWS services other than the model, and of the Gateway.
type Services struct {
	// Requests are in the order of their arrival; Dropped counts those past MaxModelRequests.
	Requests []ServiceRequest `json:"requests,omitempty"`
	Dropped  int              `json:"dropped,omitempty"`
	// Called counts the requests by operation, those that were dropped included, the most frequent first; at most
	// MaxServiceCalls, the rest is counted under an empty service.
	Called []ServiceCalls `json:"called,omitempty"`
}

// MaxServiceCalls is how many different operations a record counts apart.
const MaxServiceCalls = 100

// ServiceCalls counts the requests for one operation of one service.
type ServiceCalls struct {
	Service   string `json:"service"`
	Operation string `json:"operation,omitempty"`
	Requests  int    `json:"requests"`
	// Denied counts those that were answered with an error.
	Denied int `json:"denied,omitempty"`
}

// ServiceRequest is one request that the container sent to an AWS service or to the Gateway.
type ServiceRequest struct {
	// At counts from the start of the container's process; Took is until the last byte of the answer.
	At   Millis `json:"at"`
	Took Millis `json:"took"`
	// Service is the name that requests are signed for (bedrock-agentcore, sts, s3 …), or gateway; empty where nothing in
	// the request tells. Operation is the API's name for what was asked, or the Gateway's method; empty where only the
	// path tells.
	Service   string `json:"service,omitempty"`
	Operation string `json:"operation,omitempty"`
	Method    string `json:"method"`
	Path      string `json:"path"`
	Host      string `json:"host,omitempty"`
	// Proto is HTTP/1.1 or HTTP/2.0; Agent the client's User-Agent.
	Proto string `json:"proto"`
	Agent string `json:"agent,omitempty"`
	// Memory, Actor and Session say whose memory was written or read, as far as the operation names them; Namespace is
	// that of long-term records.
	Memory    string `json:"memory,omitempty"`
	Actor     string `json:"actor,omitempty"`
	Session   string `json:"session,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	// Markers are those that the request carried, Returned those that the answer gave back; different ones only, in the
	// order of their first appearance, at most MaxModelMarkers each.
	Markers  []string `json:"markers,omitempty"`
	Returned []string `json:"returned,omitempty"`
	// Size is the body's length in bytes, as far as it was read.
	Size   int64 `json:"size"`
	Status int   `json:"status"`
	// Error is the service's name for the error that was answered (AccessDeniedException …); empty for a success.
	Error string `json:"error,omitempty"`
}

// Spans is what one container exported by OTLP over HTTP: the traces in some detail, metrics and logs as counts.
type Spans struct {
	// Exports are the requests in the order of their arrival; Dropped counts those past MaxExports, whose content is
	// counted below all the same.
	Exports []Export `json:"exports,omitempty"`
	Dropped int      `json:"dropped,omitempty"`
	// Spans, Points (of metrics) and Logs count what arrived.
	Spans  int `json:"spans"`
	Points int `json:"points"`
	Logs   int `json:"logs"`
	// WithSession counts the spans that carry the attribute session.id; Sessions are its values, different ones only.
	WithSession int      `json:"withSession"`
	Sessions    []string `json:"sessions,omitempty"`
	// Services are the values of the resource attribute service.name, Resource the names of all resource attributes,
	// Scopes the instrumentation libraries, Names the spans' names; different ones only, in the order of their first
	// appearance, as Sessions at most MaxSpanTerms each.
	Services []string `json:"services,omitempty"`
	Resource []string `json:"resource,omitempty"`
	Scopes   []string `json:"scopes,omitempty"`
	Names    []string `json:"names,omitempty"`
}

// Bounds on what is kept of a container's telemetry.
const (
	// MaxExports is how many requests a record keeps.
	MaxExports = 2000
	// MaxSpanTerms is how many different values a list keeps.
	MaxSpanTerms = 100
)

// Export is one request to the telemetry collector.
type Export struct {
	// At counts from the start of the container's process.
	At Millis `json:"at"`
	// Signal is traces, metrics or logs; empty for a path that OTLP over HTTP does not have. Path is as it was sent.
	Signal string `json:"signal,omitempty"`
	Path   string `json:"path"`
	// Encoding is protobuf or json; Compressed tells of gzip.
	Encoding   string `json:"encoding,omitempty"`
	Compressed bool   `json:"compressed,omitempty"`
	Agent      string `json:"agent,omitempty"`
	// Size is the body's length in bytes as it was sent, Items how many spans, points or log records were in it.
	Size  int64 `json:"size"`
	Items int   `json:"items"`
	// WithSession counts the spans among them that carry session.id.
	WithSession int `json:"withSession,omitempty"`
	Status      int `json:"status"`
	// Problem says in one line why a request was refused; empty for one that was taken.
	Problem string `json:"problem,omitempty"`
}
