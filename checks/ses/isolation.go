package ses

import "github.com/agentcore-conform/agentcore-conform/checks/record"

// Leak is text of one session in the answer of another, or in what its call asked the model.
type Leak struct {
	// Round is the index of the round in the record.
	Round int
	// Heard is the turn whose answer holds the text, Said the turn whose prompt brought it.
	Heard, Said *record.Turn
	// Quote is the piece of the answer around the foreign marker.
	Quote string
	// Asked is the request to the model that holds the text, where no answer shows it.
	Asked *record.ModelRequest
	// Through is the request to a store outside of the process that gave the text back, where both sessions keep theirs in
	// one place there.
	Through *record.ServiceRequest
}

// Isolation is what conversations of many sessions with one process showed (SES-06).
type Isolation struct {
	Leaks []Leak
	// LeakyRounds is how many rounds had a leak, Rounds how many were played.
	LeakyRounds, Rounds int
	// Mode, Sessions, Own and Answers describe the round that shows most: in how many of its sessions an answer carried
	// a marker of the session itself, without which the absence of foreign ones means nothing.
	Mode           string
	Sessions, Own  int
	Answers, Turns int
}

// Isolate reads the rounds. History that an agent forgot is no leak, and a marker counts wherever it came back: in a
// good answer, a stream, or an error.
func Isolate(s *record.Sessions) Isolation {
	iso := Isolation{Rounds: len(s.Rounds)}
	for i := range s.Rounds {
		r := &s.Rounds[i]
		leaks := append(roundLeaks(i, r), modelLeaks(i, r)...)
		throughStores(r, leaks)
		if len(leaks) > 0 {
			iso.LeakyRounds++
		}
		iso.Leaks = append(iso.Leaks, leaks...)
		iso.keepBest(r)
	}
	return iso
}

// Telling reports that markers came back to at least two sessions, so that foreign ones could have.
func (i Isolation) Telling() bool { return i.Own >= 2 }

func (i *Isolation) keepBest(r *record.SessionRound) {
	own, answers, turns := map[string]bool{}, 0, 0
	all := map[string]bool{}
	for j := range r.Turns {
		t := &r.Turns[j]
		if t.Session == "" {
			continue
		}
		turns++
		all[t.Session] = true
		if t.Call.OK() {
			answers++
		}
		for _, m := range t.Found {
			own[t.Session] = own[t.Session] || m == t.Marker
		}
	}
	n := 0
	for _, ok := range own {
		if ok {
			n++
		}
	}
	if i.Sessions == 0 || n*i.Sessions > i.Own*len(all) {
		i.Mode, i.Sessions, i.Own, i.Answers, i.Turns = r.Mode, len(all), n, answers, turns
	}
}

// speakers maps each marker of a round to the turn that said it.
func speakers(r *record.SessionRound) map[string]*record.Turn {
	said := map[string]*record.Turn{}
	for i := range r.Turns {
		if t := &r.Turns[i]; t.Marker != "" {
			said[t.Marker] = t
		}
	}
	return said
}

// roundLeaks lists one leak per answer that holds a marker of another session.
func roundLeaks(index int, r *record.SessionRound) []Leak {
	said := speakers(r)
	var out []Leak
	for i := range r.Turns {
		t := &r.Turns[i]
		for _, m := range t.Found {
			by := said[m]
			if by == nil || by.Session == t.Session {
				continue
			}
			quote := t.Quote
			if quote == "" {
				quote = m
			}
			out = append(out, Leak{Round: index, Heard: t, Said: by, Quote: quote})
			break
		}
	}
	return out
}

// modelLeaks lists one leak per request to the model that was made for one session and holds a marker of another.
// Embeddings are no conversation: they come in batches.
func modelLeaks(index int, r *record.SessionRound) []Leak {
	said := speakers(r)
	var out []Leak
	for i := range r.Model {
		q := &r.Model[i]
		own := askedFor(q, said)
		if own == nil || q.API == "embeddings" {
			continue
		}
		for _, m := range q.Markers {
			if by := said[m]; by != nil && by.Session != own.Session {
				out = append(out, Leak{Round: index, Heard: own, Said: by, Quote: m, Asked: q})
				break
			}
		}
	}
	return out
}

// askedFor is the turn that a request to the model was made for: the last one that its last user turn names, or where
// that names none, its conversation.
func askedFor(q *record.ModelRequest, said map[string]*record.Turn) *record.Turn {
	for _, names := range [][]string{q.Last, q.Markers} {
		for i := len(names) - 1; i >= 0; i-- {
			if t := said[names[i]]; t != nil {
				return t
			}
		}
	}
	return nil
}
