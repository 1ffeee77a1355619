package ses

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var header = checks.Check{Clause: "SES-01", Needs: []record.Kind{record.KindCalls}, Wants: []record.Kind{record.KindSessions}, Judge: judgeHeader}

// judgeHeader needs an answer that depends on the header. Agents without memory give none: nothing is wrong with them,
// and nothing is proven.
func judgeHeader(set *record.Set) []checks.Verdict {
	c := set.Calls
	happy, mixed, without := c.Happy(), c.Variants[record.MixedCase], c.Variants[record.NoSession]
	if mixed.OK() && reading.Rejected(happy) || echoes(mixed) && happy.OK() && !echoes(happy) {
		return []checks.Verdict{checks.Found("lower-case-lost", "the session id is found under a name in lower case, as it arrives",
			"lower case: "+reading.Says(happy)+"; mixed case: "+reading.Says(mixed),
			checks.Wire("lower-case name", happy), checks.Wire("mixed-case name", mixed))}
	}
	if without.OK() && reading.Rejected(happy) {
		return []checks.Verdict{checks.Found("refused-with-id", "a session id of 33 to 256 characters is taken from the header",
			"with the header: "+reading.Says(happy)+"; without it: "+reading.Says(without),
			checks.Wire("with the header", happy), checks.Wire("without it", without))}
	}
	if asksForSession(happy) {
		return []checks.Verdict{checks.Found("header-ignored", "the session id is taken from the header",
			"refused although the header was sent: "+reading.Quote(happy.Response.Body), checks.Wire("with the header", happy))}
	}
	if v, unanswered := reading.Unanswered(set); unanswered {
		return []checks.Verdict{v}
	}
	if n := remembered(set.Sessions); n > 0 && !inBody(happy) {
		return []checks.Verdict{checks.Passed("%d answers remember an earlier turn of their own session", n)}
	}
	switch {
	case echoes(happy):
		return []checks.Verdict{checks.Passed("the session id comes back in the answer")}
	case happy.OK() && reading.Rejected(without):
		return []checks.Verdict{checks.Passed("the header is asked for: without it %s", reading.Says(without))}
	case inBody(happy):
		return []checks.Verdict{checks.Remark("the payload carries the session id as well, so nothing shows whether the header is read")}
	}
	return []checks.Verdict{checks.Remark("no answer depends on the session id: an agent without memory, as far as can be seen")}
}

// sessionWord finds the name of a session id in the text of a refusal.
var sessionWord = regexp.MustCompile(`(?i)session[ _-]?id`)

// asksForSession reports a refusal that names the session id although the header carried one.
func asksForSession(x *record.Exchange) bool {
	return reading.FateOf(x) == reading.Refused && !reading.Busy(x) && x.Session != "" && !inBody(x) && sessionWord.MatchString(x.Response.Body)
}

func inBody(x *record.Exchange) bool {
	return x != nil && x.Session != "" && strings.Contains(x.Request.Body, x.Session)
}

// echoes reports that the answer holds the session id that was sent in the header alone.
func echoes(x *record.Exchange) bool {
	return x.OK() && x.Session != "" && strings.Contains(x.Response.Body, x.Session) && !inBody(x)
}

var continuity = checks.Check{Clause: "SES-05", Needs: []record.Kind{record.KindCalls, record.KindSessions}, Judge: judgeContinuity}

// judgeContinuity says what was seen. Many templates build a new agent per call, which is no fault.
func judgeContinuity(set *record.Set) []checks.Verdict {
	if n := remembered(set.Sessions); n > 0 {
		return []checks.Verdict{checks.Passed("%d answers hold what an earlier turn of their session said", n)}
	}
	if n := carried(set.Sessions); n > 0 {
		return []checks.Verdict{checks.Passed("%d requests to the model carry what an earlier turn of their session said", n)}
	}
	if !set.Calls.Prompt {
		return []checks.Verdict{checks.Remark("the payload has no place for a prompt, so memory cannot be asked for")}
	}
	return []checks.Verdict{checks.Remark("no answer held what an earlier turn of its session said: stateless, or an agent that does not repeat things")}
}

// remembered counts answers that hold a marker of an earlier turn of their own session.
func remembered(s *record.Sessions) int {
	n := 0
	if s == nil {
		return n
	}
	for i := range s.Rounds {
		said := speakers(&s.Rounds[i])
		for j := range s.Rounds[i].Turns {
			t := &s.Rounds[i].Turns[j]
			for _, m := range t.Found {
				if by := said[m]; by != nil && by.Session == t.Session && by.Number < t.Number {
					n++
					break
				}
			}
		}
	}
	return n
}

// carried counts requests to the model that hold a marker of an earlier turn of the session they were made for.
func carried(s *record.Sessions) int {
	n := 0
	for i := range s.Rounds {
		said := speakers(&s.Rounds[i])
		for j := range s.Rounds[i].Model {
			q := &s.Rounds[i].Model[j]
			own := askedFor(q, said)
			if own != nil && slices.ContainsFunc(q.Markers, func(m string) bool {
				by := said[m]
				return by != nil && by.Session == own.Session && by.Number < own.Number
			}) {
				n++
			}
		}
	}
	return n
}

var probeIDs = checks.Check{Clause: "SES-02", Needs: []record.Kind{record.KindBoot}, Wants: []record.Kind{record.KindCalls}, Judge: judgeProbeIDs}

// judgeProbeIDs shows what was sent: a rule for whoever tests, this tool included.
func judgeProbeIDs(set *record.Set) []checks.Verdict {
	x := reading.Happy(set.Calls)
	if x == nil || x.Session == "" {
		return []checks.Verdict{checks.Remark("no call with a session id was made")}
	}
	return []checks.Verdict{checks.Remark("%s", fmt.Sprintf("this run sent ids of %d characters, and of 100 and 256 once each", len(x.Session)))}
}
