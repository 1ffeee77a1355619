package sec

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var leaks = checks.Check{Clause: "SEC-04", Needs: []record.Kind{record.KindCalls}, Wants: []record.Kind{record.KindMalformed}, Judge: judgeLeaks}

func judgeLeaks(set *record.Set) []checks.Verdict {
	c := set.Calls
	var out []checks.Verdict
	identity := c.Variants[record.Identity]
	if c.LeakedToken || holds(identity, record.IdentityToken) {
		out = append(out, checks.Found("token", "tokens stay inside the agent", "the token of a call came back in its answer or in the output: see SES-12",
			checks.Wire("the call with a token", identity)))
	}
	errors := 0
	for _, x := range refusals(set) {
		errors++
		if what := innards(x.Response.Body); what != "" {
			return append(out, checks.Found("stack-trace", "errors in a few words", fmt.Sprintf("%s shows %s", reading.Says(x), what), checks.Wire("the error", x)))
		}
	}
	if len(out) > 0 {
		return out
	}
	if errors == 0 && reading.FateOf(identity) == reading.NotSent {
		return []checks.Verdict{checks.CannotTell("no error was answered and no token was sent")}
	}
	return []checks.Verdict{checks.Passed("no stack trace in %d error answers, and no token came back", errors)}
}

func holds(x *record.Exchange, text string) bool {
	return x != nil && x.Response != nil && strings.Contains(x.Response.Body, text)
}

// refusals are the complete 4xx and 5xx of ordinary and of odd requests.
func refusals(set *record.Set) []*record.Exchange {
	all := reading.Answers(set.Calls)
	if set.Malformed != nil {
		for i := range set.Malformed.Probes {
			all = append(all, &set.Malformed.Probes[i].Call)
		}
	}
	var out []*record.Exchange
	for _, x := range all {
		if f := reading.FateOf(x); f == reading.Refused || f == reading.Failed {
			out = append(out, x)
		}
	}
	return out
}

// traces are the beginnings of stack traces and debug pages. A short message, even one made of an exception, is none.
var traces = []struct {
	what string
	form *regexp.Regexp
}{
	{"a Python traceback", regexp.MustCompile(`Traceback \(most recent call last\)|(?s)File \\?"[^"]+\.py\\?", line \d+`)},
	{"a JavaScript stack", regexp.MustCompile(`\bat (?:[\w.<>\[\] $]+ \()?(?:file://)?/[^\s()]+\.(?:m|c)?[jt]s:\d+:\d+|\bat [\w.<>]+ \(node:[\w/]+:\d+:\d+\)`)},
	{"a Java stack", regexp.MustCompile(`(?:\\t|\b)at [\w$]+(?:\.[\w$<>]+)+\([\w$]+\.java:\d+\)`)},
	{"a Go stack", regexp.MustCompile(`goroutine \d+ \[running\]`)},
	{"a debug page", regexp.MustCompile(`Werkzeug Debugger|You're seeing this error because you have <code>DEBUG = True`)},
}

func innards(body string) string {
	for _, t := range traces {
		if t.form.MatchString(body) {
			return t.what
		}
	}
	return ""
}
