package life

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// outlived is an agent on V2 without ids, of which one process was handed out credentials for 22 minutes, stood still for 25
// and signed with new ones then.
func outlived(changes ...func(*record.Credentials)) *record.Set {
	set := onV2(processes(func(*asked) string { return `{}` }))
	set.LongSession.Before, set.LongSession.After = checktest.Alive(), checktest.Alive()
	ok := *checktest.OK()
	after := ok
	after.At = 1_502_000
	c := &record.Credentials{
		Boot: *checktest.Ready(900), Life: 1_320_000, Paused: 1_485_000, Resumed: 1_500_000, Before: []record.Exchange{ok, ok}, After: []record.Exchange{after},
		State: checktest.Alive(), Asked: 6, LastAsked: 1_502_100, Logs: &record.Logs{Lines: []string{"served"}, TotalLines: 1},
		Keys: []record.Key{{Issued: 500, Expires: 1_320_000, Signed: 2}, {Issued: 1_502_200, Expires: 2_822_000, Signed: 1}},
	}
	for _, change := range changes {
		change(c)
	}
	set.Credentials = c
	return set
}

// keeps has the process sign three more requests with its first credentials, the last of them during its last call, and ask for
// no others.
func keeps(c *record.Credentials) {
	c.LastAsked, c.Keys = 600, c.Keys[:1]
	c.Keys[0].Signed, c.Keys[0].Late, c.Keys[0].LastLate = 5, 3, 1_502_300
	c.Keys[0].To = []record.Peer{record.PeerServices, record.PeerModel}
}

func TestCredentials(t *testing.T) {
	calls := func(all ...*record.Exchange) func(*record.Credentials) {
		return func(c *record.Credentials) {
			c.After = nil
			for _, x := range all {
				x.At = 1_502_000
				c.After = append(c.After, *x)
			}
		}
	}
	late := func(at record.Millis) func(*record.Credentials) {
		return func(c *record.Credentials) { c.Keys[0].LastLate = at }
	}
	asked := func(c *record.Credentials) { c.LastAsked = 1_500_000 }
	bad := checktest.Answer(500, "ExpiredTokenException")
	onV1 := func(set *record.Set) *record.Set {
		set.Terms.PlatformVersion = ""
		return set
	}
	unplayed := outlived(keeps, calls(bad))
	unplayed.Credentials = nil
	failing := outlived(keeps, calls(bad))
	failing.LongSession.Turns[0] = *checktest.Answer(500, "{}")
	checktest.Judge(t, Checks, "LIFE-15", []checktest.Case{
		{Name: "renewed", Set: outlived(), Want: "pass", Says: "once its credentials had ended it signed with new ones"},
		{Name: "the same on V1", Set: onV1(outlived()), Want: "pass"},
		{Name: "kept, and calls fail", Set: outlived(keeps, calls(bad, bad)), Want: "expired-credentials",
			Says: "its credentials, good for 22 min, ended while it stood still for 24 min; it asked for no others, and signed 3 requests to the AWS services and the model with them; the call ended so: 500"},
		{Name: "the same on V1", Set: onV1(outlived(keeps, calls(bad, bad))), Want: "expired-credentials-on-v1"},
		{Name: "kept, and an error inside the stream", Set: outlived(keeps, calls(checktest.Stream(1, 1, `{"error":"ExpiredToken","error_type":"x"}`))), Want: "expired-credentials"},
		{Name: "kept, and calls are served", Set: outlived(keeps), Want: "signs-with-expired", Says: "calls were answered all the same (200"},
		{Name: "the same on V1", Set: onV1(outlived(keeps)), Want: "signs-with-expired-on-v1"},
		{Name: "kept, and the last call is served", Set: outlived(keeps, calls(bad, checktest.OK())), Want: "signs-with-expired"},
		{Name: "the last late request came as the call began", Set: outlived(keeps, calls(bad), late(1_502_000)), Want: "expired-credentials"},
		{Name: "the last late request came before the call", Set: outlived(keeps, calls(bad), late(1_501_999)), Want: "not-applicable", Says: "for another reason"},
		{Name: "the late requests came before it stood still", Set: outlived(keeps, calls(bad), late(1_499_999)), Want: "not-applicable", Says: "it signed nothing"},
		{Name: "the first late request came as it went on", Set: outlived(keeps, late(1_500_000)), Want: "signs-with-expired"},
		{Name: "kept, and too busy to serve", Set: outlived(keeps, calls(checktest.Answer(429, "{}"))), Want: "not-applicable"},
		{Name: "asked for others and went on with its own", Set: outlived(keeps, calls(bad), asked), Want: "not-applicable", Says: "asked for others, and went on with those that it had"},
		{Name: "refused, then renewed", Set: outlived(func(c *record.Credentials) { c.Keys[0].Late, c.Keys[0].LastLate = 1, 1_502_050 }), Want: "pass"},
		{Name: "renewed, and calls fail", Set: outlived(calls(bad)), Want: "not-applicable"},
		{Name: "new ones were not used", Set: outlived(func(c *record.Credentials) { c.Keys[1].Signed = 0 }), Want: "not-applicable"},
		{Name: "signed nothing since", Set: outlived(func(c *record.Credentials) { c.Keys, c.LastAsked = c.Keys[:1], 600 }), Want: "not-applicable", Says: "it signed nothing"},
		{Name: "those of the last moment", Set: outlived(func(c *record.Credentials) { c.Keys[1].Issued = 1_500_000 }), Want: "pass"},
		{Name: "those of the moment before", Set: outlived(func(c *record.Credentials) { c.Keys[1].Issued = 1_499_999 }), Want: "not-applicable"},
		{Name: "untold", Set: outlived(keeps, calls(bad), func(c *record.Credentials) { c.Untold = "it signs nothing" }), Want: "not-applicable", Says: "not played with credentials that end: it signs nothing"},
		{Name: "never went on", Set: outlived(keeps, calls(bad), func(c *record.Credentials) { c.Resumed = 0 }), Want: "not-applicable", Says: "nothing was seen of it"},
		{Name: "not called", Set: outlived(keeps, func(c *record.Credentials) { c.After = nil }), Want: "not-applicable", Says: "nothing was seen of it"},
		{Name: "fails with good ones as well", Set: failing, Want: "not-applicable", Says: "the agent fails while its credentials are good"},
		{Name: "not played", Set: unplayed, Want: "not-applicable"},
	})
}

// TestEvidenceOfCredentials lists the last few of them, and what was logged if anything was.
func TestEvidenceOfCredentials(t *testing.T) {
	c := outlived(keeps).Credentials
	if all := expiryEvidence(c); len(all) != 3 || len(all[1].Lines) != 2 {
		t.Errorf("%+v", all)
	}
	for range mostKeys {
		c.Keys = append(c.Keys, record.Key{Issued: 700, Expires: 1_320_700})
	}
	c.Logs = nil
	if all := expiryEvidence(c); len(all) != 2 || len(all[1].Lines) != mostKeys+1 {
		t.Errorf("%+v", all)
	}
}
