package ses

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// afterKill is an agent whose session of a living process is served, and one of whose processes was killed in a call.
func afterKill(other *record.Exchange, calls ...*record.Exchange) *record.Set {
	ok := checktest.OK()
	k := &record.Killed{
		Session: "s-1", Boot: *checktest.Ready(900), First: ok, Call: &record.Exchange{Outcome: record.Reset, At: 2000, Took: 1000}, Signalled: 2900,
		State: checktest.Dead(137), Next: checktest.Ready(900), Tries: len(calls), Waited: 6000, Other: other,
	}
	for _, x := range calls {
		k.Calls = append(k.Calls, *x)
	}
	return &record.Set{
		Calls: checktest.Calls(nil), Killed: k,
		LongSession: &record.LongSession{Resumed: true, Boot: *checktest.Ready(900), Turns: []record.Exchange{*ok}, Before: checktest.Alive(), After: checktest.Alive()},
	}
}

func TestKilled(t *testing.T) {
	ok, conflict, hung := checktest.OK(), checktest.Answer(409, "{}"), checktest.Ended(record.TimedOut)
	untold := afterKill(nil, ok)
	untold.Killed = &record.Killed{Untold: "a fresh process never became ready"}
	between := change(afterKill(nil, ok), func(s *record.Set) { s.Killed.Call.Took = 100 })
	afterwards := change(afterKill(nil, ok), func(s *record.Set) { s.Killed.Call.At = s.Killed.Signalled })
	uncalled := change(afterKill(nil, ok), func(s *record.Set) { s.Killed.Call = nil })
	neverReady := change(afterKill(nil), func(s *record.Set) { s.Killed.Next = checktest.Never(record.Hung) })
	unserved := change(afterKill(ok, conflict, conflict), func(s *record.Set) { s.LongSession.Turns[0] = *checktest.Answer(404, "{}") })
	checktest.Judge(t, Checks, "SES-08", []checktest.Case{
		{Name: "served", Set: afterKill(nil, ok), Want: "pass", Says: "so it does where the earlier process was killed in the middle of a call: 200"},
		{Name: "killed between two calls", Set: between, Want: "pass", Says: "where the earlier process was killed: 200"},
		{Name: "killed before a call", Set: afterwards, Want: "pass", Says: "where the earlier process was killed: 200"},
		{Name: "killed without a call", Set: uncalled, Want: "pass", Says: "where the earlier process was killed: 200"},
		{Name: "a lease runs out", Set: afterKill(ok, conflict, ok), Want: "pass", Says: "at first 409 application/json in 12 ms, in 2 calls and 6.0 s"},
		{Name: "a lock for good", Set: afterKill(ok, conflict, conflict), Want: "killed-not-served", Says: "while another session is served"},
		{Name: "waits for a lock for good", Set: afterKill(ok, hung), Want: "killed-not-served", Says: "no answer within 30.0 s"},
		{Name: "an error inside the stream", Set: afterKill(ok, checktest.Stream(1, 1, `{"error":"locked","error_type":"Locked"}`)), Want: "killed-not-served"},
		{Name: "the next process serves no session", Set: afterKill(conflict, conflict), Want: "pass", Says: "serves no session"},
		{Name: "what no earlier session gets is told once", Set: unserved, Want: "not-served"},
		{Name: "another process never became ready: LIFE-22's", Set: neverReady, Want: "pass"},
		{Name: "no other process was started", Want: "pass", Says: "was not called on another one",
			Set: change(afterKill(ok, conflict), func(s *record.Set) { s.Killed.Next = nil })},
		{Name: "a call on another process that never became ready says nothing", Want: "pass", Says: "was not called on another one",
			Set: change(afterKill(ok, conflict), func(s *record.Set) { s.Killed.Next = checktest.Never(record.Hung) })},
		{Name: "the harness did not send it", Set: afterKill(nil, checktest.Ended(record.Unsent)), Want: "pass", Says: "was not called on another one"},
		{Name: "not played", Set: untold, Want: "pass", Says: "never became ready"},
	})
}

// TestWhatIsSaidOfAKilledSession adds it to a pass, and to nothing else.
func TestWhatIsSaidOfAKilledSession(t *testing.T) {
	served := afterKill(nil, checktest.OK())
	alone := judgeFresh(served).Actual
	if got, want := judgeResumed(served)[0].Actual, alone+"; "+judgeKilled(served.Killed).Actual; got != want {
		t.Errorf("both are served: it says %q, want %q", got, want)
	}
	if got := judgeResumed(change(served, func(s *record.Set) { s.Killed = nil }))[0].Actual; got != alone {
		t.Errorf("none was killed: it says %q, want %q", got, alone)
	}
	unserved := change(afterKill(nil, checktest.OK()), func(s *record.Set) { s.LongSession.Turns[0] = *checktest.Answer(404, "{}") })
	if got, want := judgeResumed(unserved)[0].Actual, judgeFresh(unserved).Actual; got != want {
		t.Errorf("the one of a living process is not served: it says %q, want %q", got, want)
	}
}
