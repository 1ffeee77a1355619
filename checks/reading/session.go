package reading

import (
	"cmp"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// SessionTurn is a turn of a long session.
type SessionTurn struct {
	// Number counts from 1.
	Number int
	// Call is the exchange; of a turn that is kept in brief it has neither an ID nor any text.
	Call *record.Exchange
	// Success is what Success says of the whole exchange, Streamed that the answer was an event stream.
	Success, Streamed bool
}

// SessionTurns are all turns of a long session in their order, those that are kept in brief among them.
func SessionTurns(l *record.LongSession) []SessionTurn {
	out := make([]SessionTurn, 0, len(l.Turns))
	for i := range l.Turns {
		out = append(out, SessionTurn{Call: &l.Turns[i], Success: Success(&l.Turns[i]), Streamed: l.Turns[i].Events != nil})
	}
	for _, b := range l.Brief {
		if b.Kind == "" {
			out = append(out, SessionTurn{Call: skeleton(b), Success: !b.Failed, Streamed: b.Streamed})
		}
	}
	if len(out) > len(l.Turns) {
		slices.SortStableFunc(out, func(a, b SessionTurn) int { return cmp.Compare(a.Call.At, b.Call.At) })
	}
	for i := range out {
		out[i].Number = i + 1
	}
	return out
}

func skeleton(b record.Brief) *record.Exchange {
	x := &record.Exchange{Outcome: b.Outcome, At: b.At, Took: b.Took}
	if b.Status != 0 {
		x.Response = &record.Response{Status: b.Status, BodySize: b.Bytes}
	}
	return x
}
