package aws

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// agentcore is what requests to AgentCore are signed for, those to its control plane too.
const agentcore = "bedrock-agentcore"

// operation is one of AgentCore's, which are all of the dialect rest-json. Without an answer it is denied.
type operation struct {
	name, method, path string
	status             int
	answer             func(*Server, *ask) (any, *fault)
}

// operations follow the API references of AgentCore's data plane and control plane.
var operations = slices.Concat(eventOperations, recordOperations, controlOperations, identityOperations, deniedOperations)

// deniedOperations are known so that the records can name them.
var deniedOperations = []operation{
	{name: "StartCodeInterpreterSession", method: "PUT", path: "/code-interpreters/{id}/sessions/start"},
	{name: "StopCodeInterpreterSession", method: "PUT", path: "/code-interpreters/{id}/sessions/stop"},
	{name: "GetCodeInterpreterSession", method: "GET", path: "/code-interpreters/{id}/sessions/get"},
	{name: "ListCodeInterpreterSessions", method: "POST", path: "/code-interpreters/{id}/sessions/list"},
	{name: "InvokeCodeInterpreter", method: "POST", path: "/code-interpreters/{id}/tools/invoke"},
	{name: "StartBrowserSession", method: "PUT", path: "/browsers/{id}/sessions/start"},
	{name: "StopBrowserSession", method: "PUT", path: "/browsers/{id}/sessions/stop"},
	{name: "GetBrowserSession", method: "GET", path: "/browsers/{id}/sessions/get"},
	{name: "ListBrowserSessions", method: "POST", path: "/browsers/{id}/sessions/list"},
	{name: "UpdateBrowserStream", method: "PUT", path: "/browsers/{id}/sessions/streams/update"},
	{name: "InvokeBrowser", method: "POST", path: "/browsers/{id}/sessions/invoke"},
	{name: "SaveBrowserSessionProfile", method: "PUT", path: "/browser-profiles/{id}/save"},
	{name: "InvokeAgentRuntime", method: "POST", path: "/runtimes/{id}/invocations"},
	{name: "InvokeAgentRuntimeCommand", method: "POST", path: "/runtimes/{id}/commands"},
	{name: "StopRuntimeSession", method: "POST", path: "/runtimes/{id}/stopruntimesession"},
	{name: "GetAgentCard", method: "GET", path: "/runtimes/{id}/invocations/.well-known/agent-card.json"},
	{name: "InvokeHarness", method: "POST", path: "/harnesses/invoke"},
	{name: "Evaluate", method: "POST", path: "/evaluations/evaluate/{id}"},
	{name: "SearchRegistryRecords", method: "POST", path: "/registry-records/search"},
	{name: "ProcessPayment", method: "POST", path: "/payments/processPayment"},
}

// find is the operation of a request, and the labels of its path.
func find(r *http.Request) (operation, map[string]string, bool) {
	for _, o := range operations {
		if o.method != r.Method {
			continue
		}
		if names, ok := match(o.path, r.URL.EscapedPath()); ok {
			return o, names, true
		}
	}
	return operation{}, nil, false
}

// match compares segment by segment before unescaping, since the ids of actors and events hold slashes and hashes.
func match(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	names := map[string]string{}
	for i, w := range want {
		value, err := url.PathUnescape(got[i])
		if err != nil {
			return nil, false
		}
		label, isLabel := strings.CutPrefix(w, "{")
		if !isLabel && w != value || isLabel && value == "" {
			return nil, false
		}
		if isLabel {
			names[strings.TrimSuffix(label, "}")] = value
		}
	}
	return names, true
}

// answer does what a request asks, or denies it.
func (s *Server) answer(a *ask) answer {
	if s.Expired != nil && s.Expired(a.r) {
		return ended(a)
	}
	switch a.service {
	case gateway:
		return answerGateway(a)
	case "sts":
		return answerSTS(a)
	case agentcore:
		if o, names, found := find(a.r); found && o.answer != nil {
			a.names = names
			return s.perform(o, a)
		}
	}
	return deny(a)
}

func (s *Server) perform(o operation, a *ask) answer {
	// A memory may be named by its ARN.
	if id, named := a.names["memoryId"]; named {
		a.names["memoryId"] = id[strings.LastIndex(id, "/")+1:]
	}
	a.scope = scope{memory: a.names["memoryId"], actor: a.names["actorId"], session: a.names["sessionId"]}
	if a.cut || len(a.body) > maxRequest && o.name != "CreateEvent" {
		return refusal(a, invalid("the request is larger than the service takes"))
	}
	out, failed := o.answer(s, a)
	a.scope = a.scope.clipped()
	if failed != nil {
		return refusal(a, *failed)
	}
	return answer{status: o.status, mime: "application/json", body: mustJSON(out)}
}

// decode reads a request's body; an empty one is a request without parameters.
func decode(a *ask, into any) *fault {
	if len(a.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		f := invalid("the request's body is no valid JSON of this operation: " + err.Error())
		return &f
	}
	return nil
}

func invalid(message string) fault {
	return fault{http.StatusBadRequest, "ValidationException", message}
}

func missing(what, id string) *fault {
	return &fault{http.StatusNotFound, "ResourceNotFoundException", "Unable to find " + what + " with id " + id}
}
