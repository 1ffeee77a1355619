package timeline

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// cut is the piece of the line from one moment until before another. What lies on the line's very end belongs to its last
// piece.
func (l *Line) cut(from, to record.Millis) *Line {
	out := &Line{About: l.About, Session: l.Session, From: from, To: to}
	for _, s := range l.Series {
		var parts [][]Point
		for _, p := range s.Parts {
			parts = append(parts, within(l, p, from, to, func(p Point) record.Millis { return p.At }))
		}
		s.Parts = parts
		out.Series = append(out.Series, s)
	}
	out.Turns = within(l, l.Turns, from, to, func(t Turn) record.Millis { return t.At })
	out.Checks = within(l, l.Checks, from, to, func(c Check) record.Millis { return c.At })
	out.Marks = within(l, l.Marks, from, to, func(m Mark) record.Millis { return m.At })
	return out
}

// within are those of some things, sorted by time, that lie in a piece of the line.
func within[T any](l *Line, all []T, from, to record.Millis, at func(T) record.Millis) []T {
	first := slices.IndexFunc(all, func(v T) bool { return at(v) >= from })
	if first < 0 {
		return nil
	}
	all = all[first:]
	last := slices.IndexFunc(all, func(v T) bool { return at(v) >= to && !(to == l.To && at(v) == to) })
	if last < 0 {
		return all
	}
	return all[:last]
}
