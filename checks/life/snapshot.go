package life

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var snapshot = checks.Check{
	Clause: "LIFE-15", Needs: []record.Kind{record.KindCalls, record.KindLongSession}, Wants: []record.Kind{record.KindImage}, Judge: judgeSnapshot,
}

// judgeSnapshot compares what two processes of one image call unique. Neither was restored from a snapshot, so only what a
// snapshot would surely share is held against the image: ids that repeat even without one, and ids that a process makes once.
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
	if len(out) == 0 {
		out = append(out, c.nothingFound())
	}
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
	one, two := saidIn(main, set.Calls.Logs), saidIn(later, set.LongSession.Logs)
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

// saying is an answer, or a line of the log that names the call or the session that it is about.
type saying struct {
	session string
	ids     []reading.ID
	shown   checks.Evidence
}

func saidIn(calls []*record.Exchange, logs record.Logs) []saying {
	var out []saying
	for _, x := range calls {
		out = append(out, saying{x.Session, reading.IDs(x), checks.Wire("an answer", x)})
	}
	for _, line := range logs.Lines {
		if session, named := namedIn(line, calls); named {
			out = append(out, saying{session, reading.LineIDs(line), checks.Text("a line of the log", line)})
		}
	}
	return out
}

// namedIn finds the session of the call that a line is about.
func namedIn(line string, calls []*record.Exchange) (string, bool) {
	plain := reading.Plain(line)
	for _, x := range calls {
		for _, id := range []string{x.Session, record.FieldValue(x.Request.Header, "x-amzn-requestid")} {
			if id != "" && strings.Contains(plain, reading.Plain(id)) {
				return x.Session, true
			}
		}
	}
	return "", false
}

// ids are the ids that one process put into one place of what it said.
type ids struct {
	sayings  int
	sessions map[string]bool
	// times says in how many of the sayings an id stood, session of which session they were; empty for several.
	times   map[string]int
	session map[string]string
	// shown is one that has an id.
	shown checks.Evidence
}

func placesOf(all []saying, known string) map[string]*ids {
	out := map[string]*ids{}
	for _, s := range all {
		counted := map[string]bool{}
		for _, id := range s.ids {
			if strings.Contains(known, id.Value) {
				continue
			}
			p := out[id.Place]
			if p == nil {
				p = &ids{sessions: map[string]bool{}, times: map[string]int{}, session: map[string]string{}, shown: s.shown}
				out[id.Place] = p
			}
			p.add(id.Value, s.session)
			if !counted[id.Place] {
				counted[id.Place] = true
				p.sayings++
			}
		}
	}
	return out
}

func (p *ids) add(id, session string) {
	p.sessions[session] = true
	if p.times[id]++; p.times[id] > 1 && p.session[id] != session {
		session = ""
	}
	p.session[id] = session
}

// standing are the ids that are in every answer, passing those that are not.
func (p *ids) standing() []string { return p.which(func(times int) bool { return times == p.sayings }) }
func (p *ids) passing() []string  { return p.which(func(times int) bool { return times < p.sayings }) }

func (p *ids) which(is func(times int) bool) []string {
	var out []string
	for id, times := range p.times {
		if is(times) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// place is one place of the answers, and what the two processes put there.
type place struct {
	name        string
	main, later *ids
}

// How many answers and sessions it takes to call an id one of the process, and how many ids in common to call them a sequence.
const (
	leastAnswers  = 3
	leastSessions = 2
	leastShared   = 2
)

// reason is the catalogue's reason that the place shows, if any.
func (p place) reason() string {
	switch {
	case len(p.shared()) > 0:
		return "same-ids"
	case len(p.ownIDs()) > 0:
		return "made-at-start"
	}
	return ""
}

// shared are the ids of a sequence that both processes went through. A generator makes each once: what one process says in
// several answers and another says too is something that the image knows, such as the id of a document. Nor does it ask for
// whom it makes one: what is made of a session's id is in common for the same session alone, which both processes served.
func (p place) shared() []string {
	main, later := p.main.passing(), p.later.passing()
	repeats := func(of *ids) func(string) bool { return func(id string) bool { return of.times[id] > 1 } }
	if slices.ContainsFunc(main, repeats(p.main)) || slices.ContainsFunc(later, repeats(p.later)) {
		return nil
	}
	both := slices.DeleteFunc(slices.Clone(main), func(id string) bool { return p.later.times[id] == 0 })
	if len(both) < leastShared || 2*len(both) < min(len(main), len(later)) || !slices.ContainsFunc(both, p.strayed) {
		return nil
	}
	return both
}

// strayed reports an id that the processes have in common although they made it for different sessions.
func (p place) strayed(id string) bool {
	return p.later.times[id] > 0 && p.main.session[id] != p.later.session[id]
}

// ownIDs are the main process's id, and the later one's, where each has one that is in all of its answers and in none of the
// other's. What is made of the session is not in all: the main process served several.
func (p place) ownIDs() []string {
	if p.main.sayings < leastAnswers || len(p.main.sessions) < leastSessions || p.later.sayings < leastAnswers {
		return nil
	}
	main := slices.DeleteFunc(p.main.standing(), func(id string) bool { return p.later.times[id] > 0 })
	later := slices.DeleteFunc(p.later.standing(), func(id string) bool { return p.main.times[id] > 0 })
	if len(main) == 0 || len(later) == 0 {
		return nil
	}
	return []string{main[0], later[0]}
}

// fresh reports ids that are made for a session at least.
func (p place) fresh() bool {
	main := p.main.passing()
	return len(main) > 0 && !slices.ContainsFunc(main, p.strayed)
}

func (p place) says() string {
	if both := p.shared(); len(both) > 0 {
		return fmt.Sprintf("%d of %d in %q, such as %s", len(both), min(len(p.main.times), len(p.later.times)), p.name, begin(both[0]))
	}
	own := p.ownIDs()
	return fmt.Sprintf("%s in all %d answers or lines of one and %s in all %d of another, in %q", begin(own[0]), p.main.sayings, begin(own[1]), p.later.sayings, p.name)
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
		of("one process", places[0].main.shown), of("another process", places[0].later.shown),
	}
}

func of(process string, shown checks.Evidence) checks.Evidence {
	shown.Title += " of " + process
	return shown
}

func (c comparison) nothingFound() checks.Verdict {
	if c.fresh == 0 {
		return checks.DoesNotApply("what two processes said holds no id of their own making (%d answers and lines of the log); what is in memory when a snapshot is made cannot be seen", c.said)
	}
	return checks.Passed("two processes made no id in common, and neither has one in all of its answers (%d answers and lines of the log)", c.said)
}
