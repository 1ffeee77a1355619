package life

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var snapshot = checks.Check{
	Clause: "LIFE-15", Needs: []record.Kind{record.KindCalls, record.KindLongSession}, Wants: []record.Kind{record.KindImage, record.KindFreeze, record.KindClock, record.KindCredentials}, Judge: judgeSnapshot,
}

// judgeSnapshot compares what two processes of one image call unique, and looks how one goes on that stood still. None was
// restored from a snapshot, so only what a snapshot would surely share is held against the image: ids that repeat even
// without one, ids that a process makes once, and connections that it had before its first call. A
// third process had a clock that was as wrong as that of a snapshot, and a fourth credentials that were as old.
func judgeSnapshot(set *record.Set) []checks.Verdict {
	if set.Terms.Attached {
		return []checks.Verdict{checks.DoesNotApply("a server that already runs is one process, and it takes two to compare")}
	}
	if v, none := reading.Unanswered(set); none {
		return []checks.Verdict{v}
	}
	c := compare(set)
	var out []checks.Verdict
	for _, f := range []struct{ reason, expected, says string }{
		{"same-ids", "no id of one process in the answers of another", "two processes of the image made the same ids, one after the other"},
		{"made-at-start", "ids that are made for a call or a session", "each process has an id of its own and puts it into every answer: sessions restored from one snapshot would share it"},
	} {
		if places := c.found[f.reason]; len(places) > 0 {
			out = append(out, checks.Found(onVersion(set, f.reason), f.expected, f.says+": "+places[0].says(), evidenceOf(places)...))
		}
	}
	frozen := judgeFreeze(set)
	late, clock := judgeClock(set)
	kept, credentials := judgeCredentials(set)
	if out = slices.Concat(out, frozen.found, kept, late); len(out) == 0 {
		out = append(out, frozen.beside(c.nothingFound()))
	}
	out[0] = andSeen(andSeen(out[0], clock), credentials)
	return out
}

// onVersion is the reason's row for the platform version: what only a snapshot makes wrong is advice without one.
func onVersion(set *record.Set, reason string) string {
	if set.Terms.OnV2() {
		return reason
	}
	return reason + "-on-v1"
}

// mostAnswers is how many answers of each process are compared.
const mostAnswers = 64

// comparison is what two processes of an image said.
type comparison struct {
	// said counts the answers and lines that were compared.
	said  int
	found map[string][]place
	// fresh counts the places whose ids are new each time.
	fresh int
}

func compare(set *record.Set) comparison {
	later := calls(set.LongSession.Turns)
	main := mainCalls(set.Calls)
	known := knownText(set, main, later)
	one, two := saidIn(main, set.Calls.Logs), saidIn(later, &set.LongSession.Logs)
	c := comparison{said: len(one) + len(two), found: map[string][]place{}}
	first, second := placesOf(one, known), placesOf(two, known)
	for _, name := range slices.Sorted(maps.Keys(first)) {
		if second[name] == nil {
			continue
		}
		p := place{name, first[name], second[name]}
		switch reason := p.reason(); {
		case reason != "":
			c.found[reason] = append(c.found[reason], p)
		case p.fresh():
			c.fresh++
		}
	}
	return c
}

// mainCalls are the first calls of the main container in their order.
func mainCalls(c *record.Calls) []*record.Exchange {
	out := calls(c.Ladder)
	for _, x := range c.Variants {
		if x != nil {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b *record.Exchange) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return out[:min(len(out), mostAnswers)]
}

func calls(all []record.Exchange) []*record.Exchange {
	var out []*record.Exchange
	for i := range all {
		out = append(out, &all[i])
	}
	return out[:min(len(out), mostAnswers)]
}

// knownText is all that came from outside of the processes: the image, and what they were sent.
func knownText(set *record.Set, calls ...[]*record.Exchange) string {
	var b strings.Builder
	say := func(texts ...string) {
		for _, t := range texts {
			b.WriteString(reading.Plain(t))
			b.WriteByte('\n')
		}
	}
	if i := set.Image; i != nil {
		say(i.Reference, i.Digest, i.IndexDigest, i.ConfigDigest, i.RegistryDigest)
		say(i.Env...)
		say(i.History...)
		say(slices.Sorted(maps.Values(i.Labels))...)
		for _, l := range i.Layers {
			say(l.Digest)
		}
	}
	for _, of := range calls {
		for _, x := range of {
			say(x.Session, x.Request.Path, x.Request.Body, string(x.Request.Raw))
			for _, f := range x.Request.Header {
				say(f.Value)
			}
		}
	}
	return b.String()
}

// begin is enough of an id to find it: it may be a secret to somebody.
func begin(id string) string {
	const most = 8
	if runes := []rune(id); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return id
}

// mostPlaces is how many places a finding lists.
const mostPlaces = 5

func evidenceOf(places []place) []checks.Evidence {
	var lines []string
	for _, p := range places[:min(len(places), mostPlaces)] {
		lines = append(lines, p.says())
	}
	return []checks.Evidence{
		checks.Text("where the ids stand", lines...),
		places[0].main.shown.evidence("one process"), places[0].later.shown.evidence("another process"),
	}
}

func (c comparison) nothingFound() checks.Verdict {
	if c.fresh == 0 {
		return checks.DoesNotApply("what two processes said holds no id of their own making (%d answers and lines of the log); what is in memory when a snapshot is made cannot be seen", c.said)
	}
	return checks.Passed("two processes made no id in common, and neither has one in all of its answers (%d answers and lines of the log)", c.said)
}
