package watchdog

import (
	"encoding/json"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
)

// encodeTLS writes the paths of the certificates, not their contents, into one variable.
func encodeTLS(t *dial.TLS) string {
	if t == nil {
		return ""
	}
	text, _ := json.Marshal(t)
	return string(text)
}

func decodeTLS(text string) (*dial.TLS, error) {
	if text == "" {
		return nil, nil
	}
	t := &dial.TLS{}
	return t, json.Unmarshal([]byte(text), t)
}
