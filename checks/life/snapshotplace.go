package life

import (
	"fmt"
	"slices"
)

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
