package sse

import (
	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var errorInside = checks.Check{Clause: "SSE-07", Needs: needs, Judge: judgeErrorInside}

// judgeErrorInside looks for failures that travel inside a 200. Whether they are the image's own depends on what else was
// answered: without a model every stream fails, and that says nothing.
func judgeErrorInside(set *record.Set) []checks.Verdict {
	all := streams(set)
	if len(all) == 0 {
		return none(set)
	}
	failed, text, clean := sorted(all)
	wire := checks.Wire("the failed invocation", failed)
	const want = "a streamed answer without an error inside"
	switch {
	case failed == nil && clean == 0:
		return []checks.Verdict{checks.CannotTell("no stream came to its end with an event in it")}
	case failed == nil:
		return []checks.Verdict{checks.Passed("no error inside %d streamed answers", clean)}
	case clean > 0 && !set.Terms.StreamDeclared:
		return []checks.Verdict{checks.Found("error-sometimes", want, "one of several streams failed inside a 200: "+reading.Quote(text), wire)}
	case answersJSON(set) || set.Terms.StreamDeclared && set.Calls.Worked:
		return []checks.Verdict{checks.Found("error-inside", want, "failed invocation, inside a 200: "+reading.Quote(text), wire)}
	}
	return []checks.Verdict{failedWithoutModel(set, text).With(wire)}
}

// sorted is the first stream with an error inside, its text, and how many came to a good end.
func sorted(all []*record.Exchange) (failed *record.Exchange, text string, clean int) {
	for _, x := range all {
		t, bad := record.ErrorInStream(x.Events)
		switch {
		case bad && failed == nil:
			failed, text = x, t
		case !bad && x.Outcome == record.Answered && x.Events.Count > 0:
			clean++
		}
	}
	return failed, text, clean
}

func failedWithoutModel(set *record.Set, text string) checks.Verdict {
	if v, unanswered := reading.Unanswered(set); unanswered {
		return v
	}
	return checks.CannotTell("failed invocation, inside a 200 (%s): give the agent credentials or a model that answers, or a body that it can answer with --payload",
		reading.Quote(text))
}

// answersJSON reports that the agent answers with a filled JSON body, so that a stream has something to say too.
func answersJSON(set *record.Set) bool {
	x := set.Calls.Variants[record.AcceptJSON]
	return set.Stream.JSONAnswers && !wordless(reading.Happy(set.Calls)) ||
		reading.Success(x) && x.Events == nil && x.Response.BodySize > 0 && !wordless(x)
}

// wordless reports a JSON answer in which every text is empty: what frameworks send that swallow the failure of their
// model.
func wordless(x *record.Exchange) bool {
	if x == nil || x.Response == nil || !x.Response.ValidJSON {
		return false
	}
	return !says(gjson.Parse(x.Response.Body))
}

// says reports a value that is not empty all through.
func says(v gjson.Result) bool {
	if !v.IsObject() && !v.IsArray() {
		return v.Type != gjson.Null && v.String() != ""
	}
	said := false
	v.ForEach(func(_, inner gjson.Result) bool {
		said = says(inner)
		return !said
	})
	return said
}
