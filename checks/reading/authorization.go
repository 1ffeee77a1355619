package reading

import (
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// AsksForToken returns a call without Authorization that was refused with 401, 403 or 407, and whether it is sure that
// the container's own guard refused it (SEC-03, SES-11). It is nil when no happy call was refused so. Without a sure sign
// the refusal may be a model's, handed on: an agent without credentials that answers with its provider's status.
func AsksForToken(set *record.Set) (call *record.Exchange, sure bool) {
	call = Happy(set.Calls)
	if !Unauthorized(call) {
		return nil, false
	}
	if call.HeaderValue("www-authenticate") != "" || call.HeaderValue("proxy-authenticate") != "" {
		return call, true
	}
	return call, Unauthorized(set.Calls.Variants[record.Get]) || guardsNonsense(set.Malformed)
}

// Unauthorized reports a complete answer that asks for credentials.
func Unauthorized(x *record.Exchange) bool {
	if FateOf(x) != Refused {
		return false
	}
	s := x.Status()
	return s == 401 || s == 403 || s == 407
}

// guardsNonsense reports that a body which cannot be parsed was refused for want of credentials: no model was asked.
func guardsNonsense(m *record.Malformed) bool {
	if m == nil {
		return false
	}
	for i := range m.Probes {
		if p := &m.Probes[i]; p.Name == "truncated-json" && Unauthorized(&p.Call) {
			return true
		}
	}
	return false
}
