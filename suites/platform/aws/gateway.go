package aws

import (
	"encoding/json"
	"net/http"
	"slices"
)

// rpc is one JSON-RPC 2.0 message.
type rpc struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// rpcError is an error of JSON-RPC 2.0, with its own codes.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// mcpVersions are the protocol versions that the Gateway takes, the newest first.
var mcpVersions = []string{"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"}

// echoTool is the one tool. The Gateway prefixes a tool's name with its target's.
const echoTool = "conformance___echo"

var echoSchema = map[string]any{
	"type": "object", "required": []string{"text"},
	"properties": map[string]any{"text": map[string]string{"type": "string", "description": "The text to give back."}},
}

// methods are those that the Gateway answers; notifications need no answer.
var methods = map[string]func(params json.RawMessage) (any, *rpcError){
	"initialize": initialize,
	"ping":       func(json.RawMessage) (any, *rpcError) { return struct{}{}, nil },
	"tools/list": listTools,
	"tools/call": callTool,
}

// answerGateway is an MCP server over streamable HTTP without sessions and without streams: each POST is answered in
// JSON.
func answerGateway(a *ask) answer {
	if a.r.Method != http.MethodPost {
		// Every client asks for a stream of the server's own; that there is none is no error.
		return answer{status: http.StatusMethodNotAllowed, header: map[string]string{"Allow": "POST"}}
	}
	if v := a.r.Header.Get("Mcp-Protocol-Version"); v != "" && !slices.Contains(mcpVersions, v) {
		return rpcRefusal(http.StatusBadRequest, nil, rpcError{-32600, "the protocol version is not supported"})
	}
	var in rpc
	if a.cut || json.Unmarshal(a.body, &in) != nil {
		return rpcRefusal(http.StatusBadRequest, nil, rpcError{-32700, "the body is no JSON-RPC message"})
	}
	if in.Version != "2.0" || in.Method == "" || !plainID(in.ID) {
		return rpcRefusal(http.StatusBadRequest, nil, rpcError{-32600, "the body is no JSON-RPC 2.0 request"})
	}
	a.operation = methodName(in.Method)
	if in.ID == nil {
		return answer{status: http.StatusAccepted}
	}
	do := methods[in.Method]
	if do == nil {
		return rpcRefusal(http.StatusOK, in.ID, rpcError{-32601, "the Gateway has no such method"})
	}
	result, failed := do(in.Params)
	if failed != nil {
		return rpcRefusal(http.StatusOK, in.ID, *failed)
	}
	return answer{status: http.StatusOK, mime: "application/json", body: mustJSON(map[string]any{"jsonrpc": "2.0", "id": in.ID, "result": result})}
}

// methodName keeps the methods of the protocol apart from the container's inventions.
func methodName(method string) string {
	if methods[method] != nil || method == "notifications/initialized" || method == "notifications/cancelled" {
		return method
	}
	return "other"
}

// plainID tells texts, numbers and an absent id from what is no id.
func plainID(id json.RawMessage) bool {
	return id == nil || len(id) < 256 && (id[0] == '"' || id[0] == '-' || id[0] >= '0' && id[0] <= '9')
}

func rpcRefusal(status int, id json.RawMessage, e rpcError) answer {
	if id == nil {
		id = json.RawMessage("null")
	}
	return answer{status: status, mime: "application/json", body: mustJSON(map[string]any{"jsonrpc": "2.0", "id": id, "error": e}), fault: "JSON-RPC"}
}

func initialize(params json.RawMessage) (any, *rpcError) {
	var in struct {
		Version string `json:"protocolVersion"`
	}
	if json.Unmarshal(params, &in) != nil || !slices.Contains(mcpVersions, in.Version) {
		in.Version = mcpVersions[0]
	}
	return map[string]any{
		"protocolVersion": in.Version,
		"capabilities":    map[string]any{"tools": map[string]bool{"listChanged": false}},
		"serverInfo":      map[string]string{"name": "agentcore-conform-gateway", "version": "1"},
	}, nil
}

func listTools(json.RawMessage) (any, *rpcError) {
	return map[string]any{"tools": []any{map[string]any{
		"name": echoTool, "description": "Gives the text back, so that a call through the Gateway can be seen.", "inputSchema": echoSchema,
	}}}, nil
}

// callTool tells of wrong arguments in a result, where the model sees them.
func callTool(params json.RawMessage) (any, *rpcError) {
	var in struct {
		Name      string `json:"name"`
		Arguments struct {
			Text *string `json:"text"`
		} `json:"arguments"`
	}
	if err := json.Unmarshal(params, &in); err != nil {
		return nil, &rpcError{-32602, "the call's parameters cannot be read"}
	}
	if in.Name != echoTool {
		return nil, &rpcError{-32602, "Unknown tool: " + in.Name}
	}
	if in.Arguments.Text == nil {
		return toolResult("the argument text is required", true), nil
	}
	return toolResult(*in.Arguments.Text, false), nil
}

func toolResult(text string, failed bool) any {
	return map[string]any{"content": []any{map[string]string{"type": "text", "text": text}}, "isError": failed}
}
