package ses

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var customHeaders = checks.Check{Clause: "SES-09", Needs: []record.Kind{record.KindCalls}, Judge: judgeCustom}

func judgeCustom(set *record.Set) []checks.Verdict {
	happy, x := reading.Happy(set.Calls), set.Calls.Variants[record.CustomHeader]
	if x.OK() && reading.Rejected(happy) {
		return []checks.Verdict{checks.Found("required", "a call without custom fields is served", reading.Says(happy)+"; with one: "+reading.Says(x),
			checks.Wire("without custom fields", happy), checks.Wire("with one", x))}
	}
	return []checks.Verdict{reading.Pair(set, record.CustomHeader, "refused", "a call with a custom field is served")}
}

var noAuthorization = checks.Check{Clause: "SES-11", Needs: []record.Kind{record.KindCalls}, Judge: judgeNoAuthorization}

func judgeNoAuthorization(set *record.Set) []checks.Verdict {
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	return []checks.Verdict{checks.Passed("calls without Authorization are served")}
}

var identity = checks.Check{Clause: "SES-12", Needs: []record.Kind{record.KindCalls}, Judge: judgeIdentity}

func judgeIdentity(set *record.Set) []checks.Verdict {
	c, x := set.Calls, set.Calls.Variants[record.Identity]
	const want = "identity tokens stay inside the agent"
	switch {
	case c.LeakedToken:
		return []checks.Verdict{checks.Found("token-logged", want, "the dummy token was found in the container's output")}
	case holdsToken(x):
		return []checks.Verdict{checks.Found("token-echoed", want, "the dummy token came back in the answer", checks.Wire("the call with a token", x))}
	}
	return []checks.Verdict{reading.Pair(set, record.Identity, "refused", "a call with identity fields is served")}
}

func holdsToken(x *record.Exchange) bool {
	if x == nil || x.Response == nil {
		return false
	}
	for _, f := range x.Response.Header {
		if strings.Contains(f.Value, record.IdentityToken) {
			return true
		}
	}
	return strings.Contains(x.Response.Body, record.IdentityToken)
}
