package ses

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// begun is an exchange whose status came and whose end did not.
func begun(o record.Outcome) *record.Exchange {
	return change(checktest.OK(), func(x *record.Exchange) { x.Outcome = o })
}

// A call that was lost is told from one that began, and from one that an end of the process took away.
func TestOddIDsThatGetNoAnswer(t *testing.T) {
	end := func(x *record.Exchange) *record.Set {
		return change(with(record.NoSession, x), func(s *record.Set) { s.Calls.After = checktest.Dead(1) })
	}
	checktest.Judge(t, Checks, "SES-04", []checktest.Case{
		{Name: "nothing accepts it", Set: with(record.NoSession, checktest.Ended(record.Refused)), Want: "hang"},
		{Name: "begins and never ends", Set: with(record.NoSession, begun(record.TimedOut)), Want: "hang"},
		{Name: "begins and breaks off: SSE-08's", Set: with(record.NoSession, begun(record.Truncated)), Want: "untestable"},
		{Name: "begins, and the process ends", Set: end(begun(record.TimedOut)), Want: "hang"},
	})
}

func TestResumedWithoutAnAnswer(t *testing.T) {
	resumed := func(turns ...*record.Exchange) *record.Set {
		l := &record.LongSession{Resumed: true, Boot: *checktest.Ready(900)}
		for _, x := range turns {
			l.Turns = append(l.Turns, *x)
		}
		return &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(nil), LongSession: l}
	}
	failed := checktest.Answer(500, "{}")
	always := resumed(failed, failed)
	always.Boot.First = failed
	never := change(resumed(failed), func(s *record.Set) { s.LongSession.Boot = *checktest.Never(record.Hung) })
	attached := change(resumed(checktest.OK()), func(s *record.Set) { s.Terms.Attached = true })
	checktest.Judge(t, Checks, "SES-08", []checktest.Case{
		{Name: "nothing accepts the call", Set: resumed(checktest.Ended(record.Refused)), Want: "no-answer"},
		{Name: "both processes fail their first call, and the second never serves the session", Set: always, Want: "not-served"},
		{Name: "never ready again", Set: never, Want: "untestable", Says: "never became ready"},
		{Name: "the harness could not send it", Set: resumed(checktest.Ended(record.Unsent)), Want: "untestable", Says: "no call was made"},
		{Name: "a session that was resumed on a server that already runs", Set: attached, Want: "pass"},
		{Name: "no calls", Want: "untestable", Says: "no calls record",
			Set: change(resumed(checktest.OK()), func(s *record.Set) { s.Calls = nil })},
	})
}

func TestSideBySideKnowsQueuesFromLosses(t *testing.T) {
	overlap := func(after *record.Exchange, together ...*record.Exchange) *record.Set {
		o := &record.Overlap{Before: checktest.Alive(), StateAfter: checktest.Alive(), Solo: record.Turn{Call: *checktest.OK()}, After: record.Turn{Call: *after}}
		for _, x := range together {
			o.Turns = append(o.Turns, record.Turn{Call: *x})
		}
		return &record.Set{Calls: checktest.Calls(nil), Overlap: o}
	}
	// waited is a call that got no answer within that time; one alone takes 12 ms, so 3 may take 5 times 36.
	waited := func(limit record.Millis) *record.Exchange {
		return change(checktest.Ended(record.TimedOut), func(x *record.Exchange) { x.Timeout, x.Took = limit, limit })
	}
	ok, broken := checktest.OK(), checktest.Ended(record.Reset)
	checktest.Judge(t, Checks, "SES-07", []checktest.Case{
		{Name: "as long as a slow queue may take", Set: overlap(ok, ok, ok, waited(180)), Want: "one-at-a-time", Says: "2 of 3"},
		{Name: "a little longer", Set: overlap(ok, ok, ok, waited(181)), Want: "hang", Says: "1 of 3"},
		{Name: "broken off at once, with patience", Set: overlap(ok, ok, broken, change(checktest.Answer(500, "{}"), func(x *record.Exchange) { x.Timeout = 30_000 })),
			Want: "one-at-a-time"},
		{Name: "nobody called afterwards", Set: overlap(checktest.Ended(record.Unsent), ok, ok), Want: "pass"},
		{Name: "busy afterwards", Set: overlap(checktest.Answer(429, "{}"), ok, ok), Want: "pass"},
		{Name: "one call is served", Set: overlap(ok, ok), Want: "pass"},
		{Name: "no calls", Want: "untestable", Says: "no calls record", Set: change(overlap(ok, ok), func(s *record.Set) { s.Calls = nil })},
	})
	set := overlap(ok, ok, broken)
	if v := judgeSideBySide(set)[0]; len(v.Evidence) != 1 || v.Evidence[0].Exchange == nil || v.Evidence[0].Exchange.Outcome != record.Reset {
		t.Errorf("the call that was not served is shown, got %+v", v.Evidence)
	}
}
