package life

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// judgeCredentials rules on a process whose credentials ended while it stood still. It is at fault where it signs with them all
// the same and asks for no others: one that asks may have been answered too late, and SDKs go on with what they have then.
// Where that leaves nothing to find, seen is what was seen; it is empty where nothing was played.
func judgeCredentials(set *record.Set) (found []checks.Verdict, seen checks.Verdict) {
	c := set.Credentials
	switch {
	case c == nil:
		return nil, checks.Verdict{}
	case c.Untold != "":
		return nil, checks.DoesNotApply("not played with credentials that end: %s", c.Untold)
	case c.Resumed <= 0 || len(c.After) == 0:
		return nil, checks.DoesNotApply("not played with credentials that end: nothing was seen of it")
	case unwell(set):
		return nil, checks.DoesNotApply("the agent fails while its credentials are good as well, so that nothing is told by their end")
	}
	late := lateKeys(c)
	switch {
	case len(late) == 0 || c.LastAsked >= c.Resumed:
		return nil, renewed(c, len(late) > 0)
	case lost(c.After) && signedLate(late, &c.After[len(c.After)-1]):
		return []checks.Verdict{expired(set, "expired-credentials", late, "; the call ended so: "+reading.Says(&c.After[len(c.After)-1]))}, seen
	case served(c.After):
		return []checks.Verdict{expired(set, "signs-with-expired", late, "; calls were answered all the same ("+reading.Says(first(c.After))+")")}, seen
	}
	return nil, checks.DoesNotApply("once its credentials had ended, its calls came to nothing for another reason")
}

// lateKeys are those that were signed with after they had ended and the process had gone on.
func lateKeys(c *record.Credentials) []record.Key {
	return slices.DeleteFunc(slices.Clone(c.Keys), func(k record.Key) bool { return k.Late == 0 || k.LastLate < c.Resumed })
}

// signedLate reports that a call had something signed with one of these credentials, which had ended.
func signedLate(late []record.Key, x *record.Exchange) bool {
	return slices.ContainsFunc(late, func(k record.Key) bool { return k.LastLate >= x.At })
}

// renewed is what was seen of a process that is at no fault. Only one that was served, and signed with what it was handed out
// since, has shown that it renews what it has.
func renewed(c *record.Credentials, late bool) checks.Verdict {
	fresh := slices.ContainsFunc(c.Keys, func(k record.Key) bool { return k.Issued >= c.Resumed && k.Signed > 0 })
	switch {
	case fresh && served(c.After):
		return checks.Passed("once its credentials had ended it signed with new ones")
	case late:
		return checks.DoesNotApply("once its credentials had ended it asked for others, and went on with those that it had")
	}
	return checks.DoesNotApply("once its credentials had ended it signed nothing")
}

func expired(set *record.Set, reason string, late []record.Key, end string) checks.Verdict {
	c := set.Credentials
	requests, to := 0, []string{}
	for _, k := range late {
		requests += k.Late
		for _, p := range k.To {
			to = append(to, "the "+peers[p])
		}
	}
	slices.Sort(to)
	said := fmt.Sprintf("its credentials, good for %s, ended while it stood still for %s; it asked for no others, and signed %d requests to %s with them",
		reading.Span(c.Life), reading.Span(c.Paused), requests, strings.Join(slices.Compact(to), " and "))
	return checks.Found(onVersion(set, reason), "credentials are asked for again when they end", said+end, expiryEvidence(c)...)
}

// mostKeys is how many credentials the evidence lists.
const mostKeys = 8

func expiryEvidence(c *record.Credentials) []checks.Evidence {
	var lines []string
	for _, k := range c.Keys[max(0, len(c.Keys)-mostKeys):] {
		lines = append(lines, fmt.Sprintf("handed out %s after the start, ended at %s: %d requests were signed with it, %d of them after its end",
			reading.Seconds(k.Issued), reading.Seconds(k.Expires), k.Signed, k.Late))
	}
	lines = append(lines, fmt.Sprintf("the process went on at %s; the metadata service was last asked at %s", reading.Seconds(c.Resumed), reading.Seconds(c.LastAsked)))
	out := []checks.Evidence{checks.Wire("the first call after its credentials had ended", first(c.After)), checks.Text("credentials", lines...)}
	if c.Logs != nil {
		out = append(out, checks.LogLines("what it logged since", *c.Logs))
	}
	return out
}
