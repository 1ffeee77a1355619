package inv

import (
	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var jsonBody = checks.Check{Clause: "INV-02", Needs: []record.Kind{record.KindCalls}, Judge: judgeJSONBody}

func judgeJSONBody(set *record.Set) []checks.Verdict {
	happy := reading.Happy(set.Calls)
	settled := reading.Settled(set.Calls)
	for _, x := range []*record.Exchange{happy, settled} {
		if x.Status() == 415 {
			return []checks.Verdict{checks.Found("json-refused", "Content-Type: application/json is taken", reading.Says(x), checks.Wire("the invocation", x))}
		}
	}
	if s := settled.Status(); set.Terms.PayloadDeclared && !set.Calls.Worked && (s == 400 || s == 422) {
		return []checks.Verdict{checks.Found("payload-refused", "the declared --payload is taken", reading.Says(settled)+", body "+reading.Quote(settled.Response.Body),
			checks.Wire("the invocation", settled))}
	}
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	for _, v := range []record.Variant{record.Charset, record.CompactCharset} {
		if x := set.Calls.Variants[v]; happy.OK() && reading.Denied(set.Calls, x) {
			return []checks.Verdict{checks.Found("charset-refused", "JSON is taken with a charset, however it is spelt",
				reading.Quote(record.FieldValue(x.Request.Header, "content-type"))+": "+reading.Says(x), checks.Wire("with a charset", x), checks.Wire("without", happy))}
		}
	}
	for _, v := range []record.Variant{record.OctetStream, record.NoContentType} {
		if x := set.Calls.Variants[v]; happy.OK() && reading.Denied(set.Calls, x) {
			return []checks.Verdict{checks.Found("other-type-refused", "JSON under another content type, as some command lines send it", string(v)+": "+reading.Says(x),
				checks.Wire(string(v), x))}
		}
	}
	if !happy.OK() && !settled.OK() {
		return []checks.Verdict{checks.CannotTell("no complete answer was kept")}
	}
	return []checks.Verdict{checks.Passed("JSON is taken: %s", reading.Says(happy))}
}
