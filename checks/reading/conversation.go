package reading

import "github.com/agentcore-conform/agentcore-conform/checks/record"

// ConversationKinds are the records that Conversation reads.
var ConversationKinds = []record.Kind{
	record.KindCalls, record.KindStream, record.KindInFlight, record.KindOverlap, record.KindSessions, record.KindLongSession,
	record.KindBodies, record.KindClean,
}

// Conversation is all the ordinary invocations of a scenario during which the process lived on: what broke there, broke
// without the excuse of an end.
func Conversation(set *record.Set) []*record.Exchange {
	var out []*record.Exchange
	if c := set.Calls; c != nil && lived(c.Before, c.After) {
		out = append(out, Answers(c)...)
	}
	if s := set.Stream; s != nil && s.Call != nil {
		out = append(out, s.Call)
	}
	if f := set.InFlight; f != nil {
		for i := range f.Rounds {
			out = appendCalls(out, f.Rounds[i].Calls)
		}
	}
	if o := set.Overlap; o != nil && lived(o.Before, o.StateAfter) {
		out = appendTurns(append(out, &o.Solo.Call, &o.After.Call), o.Turns)
	}
	if s := set.Sessions; s != nil && lived(s.Before, s.After) {
		for i := range s.Rounds {
			out = appendTurns(out, s.Rounds[i].Turns)
		}
	}
	if l := set.LongSession; l != nil && lived(l.Before, l.After) {
		out = appendAsides(appendCalls(out, l.Turns), l.Beside)
	}
	if b := set.Bodies; b != nil && lived(b.Before, b.After) {
		for i := range b.Calls {
			if x := &b.Calls[i].Call; x.Status()/100 == 2 { // a refusal for size may well break off
				out = append(out, x)
			}
		}
	}
	if c := set.Clean; c != nil && c.Call != nil && c.State.Running {
		out = append(out, c.Call)
	}
	return out
}

func lived(before, after record.State) bool {
	_, ended := Ended(before, after)
	return !ended
}

func appendCalls(out []*record.Exchange, calls []record.Exchange) []*record.Exchange {
	for i := range calls {
		out = append(out, &calls[i])
	}
	return out
}

// appendAsides leaves out what was not meant to be answered with success.
func appendAsides(out []*record.Exchange, asides []record.Aside) []*record.Exchange {
	for i := range asides {
		if a := &asides[i]; a.Kind != record.AsideLeft && a.Kind != record.AsideMalformed {
			out = append(out, &a.Call)
		}
	}
	return out
}

func appendTurns(out []*record.Exchange, turns []record.Turn) []*record.Exchange {
	for i := range turns {
		out = append(out, &turns[i].Call)
	}
	return out
}
