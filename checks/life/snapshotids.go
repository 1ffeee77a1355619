package life

import (
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// saying is an answer, or a line of the log that names the call or the session that it is about.
type saying struct {
	session string
	ids     []reading.ID
	// call is the answer's exchange; nil for a line.
	call *record.Exchange
	line string
}

func (s saying) evidence(process string) checks.Evidence {
	if s.call == nil {
		return checks.Text("a line in the log of "+process, s.line)
	}
	return checks.Wire("an answer of "+process, s.call)
}

func saidIn(calls []*record.Exchange, logs *record.Logs) []saying {
	var out []saying
	for _, x := range calls {
		out = append(out, saying{session: x.Session, ids: reading.IDs(x), call: x})
	}
	if logs == nil {
		return out
	}
	for _, line := range logs.Lines {
		if session, named := namedIn(line, calls); named {
			out = append(out, saying{session: session, ids: reading.LineIDs(line), line: line})
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
	shown saying
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
				p = &ids{sessions: map[string]bool{}, times: map[string]int{}, session: map[string]string{}, shown: s}
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
