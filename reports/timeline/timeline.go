// Package timeline draws what a container did while it was watched: memory, processor, latencies, health status, turns
// and ends of the process over one axis of time. The picture is an SVG, a fragment of HTML around it, or a few lines of
// a console. Nothing in it needs a script, a font or a network.
//
// It reads records and writes bytes: no I/O, no clock. What is drawn is bounded whatever was recorded, and every text is
// made harmless, because all of it may come from a container.
package timeline

import (
	"cmp"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// About is what the reader of the picture should know beside the records.
type About struct {
	// Image names what was tested; "" where no image is known.
	Image string
	// Interrupted says that the run was stopped before its end.
	Interrupted bool
	// Fits are lines to draw over the measured ones, by the key of their series: Memory, CPU, Processes, Turns, Health, or
	// the name of any other field of record.Sample.
	Fits map[string]Fit
}

// Keys of the series that every run may have.
const (
	Memory      = "Memory"
	CPU         = "CPU"
	Processes   = "PIDs"
	Threads     = "Threads"
	Descriptors = "Descriptors"
	Sockets     = "Sockets"
	Turns       = "Turns"
	Health      = "Health"
)

// Line is one time line. Offsets count from the container's start; where the main container was started again, from its
// first start.
type Line struct {
	About
	// Session says that it shows the long session, and not the main container beside all that was played on it.
	Session bool
	// Missing says why there is nothing to show, where nothing is.
	Missing string
	// From and To are the first and the last moment that is shown.
	From, To record.Millis
	Series   []Series
	Turns    []Turn
	Checks   []Check
	Marks    []Mark
	// Notes are sentences that a reader of the picture should know.
	Notes []string
	// attached says that a server was tested which ran already, so that there is no image.
	attached bool
	// watched is the time from the first to the last thing seen.
	watched record.Millis
}

// Series is one measured quantity. Its parts belong to one process each: between them no line is drawn.
type Series struct {
	Key   string
	Title string
	// Hint says in a few words what exactly is meant.
	Hint  string
	Unit  Unit
	Parts [][]Point
}

// Point is one value at one moment.
type Point struct {
	At    record.Millis
	Value float64
}

// Turn is one call of the session. Failed says in a few words why it does not count as answered.
type Turn struct {
	At, Took record.Millis
	Failed   string
}

// Mark is a moment that everything else is to be seen by: the end of a process.
type Mark struct {
	At   record.Millis
	Text string
}

// longest is the latest offset that is believed: a run ends within a day.
const longest = record.Millis(48 * 3_600_000)

// believed reports that an offset lies in a run.
func believed(at record.Millis) bool { return at >= 0 && at <= longest }

// Read takes the time line from the records: that of the long session or, where none was observed, that of the main
// container. Nil records make an empty line, which every writer can show.
func Read(set *record.Set, about About) *Line {
	l := &Line{About: about}
	if set == nil {
		l.Missing = "the run left no records"
		return l
	}
	l.attached = set.Terms.Attached
	if about.Interrupted {
		l.Notes = append(l.Notes, "The run was interrupted: this is what was seen until then.")
	}
	l.add(sessionLives(set.LongSession))
	if l.Session = l.observed(); !l.Session {
		l.addMain(set.End)
	}
	if !l.observed() {
		l.Missing = missing(set)
		return l
	}
	if set.Terms.Emulated {
		l.Notes = append(l.Notes, "Under emulation: times and processor use are not those of the platform.")
	}
	l.bounds()
	return l
}

// observed reports that there is something to draw.
func (l *Line) observed() bool { return len(l.Series)+len(l.Turns)+len(l.Checks) > 0 }

// addMain puts the main container's processes on the line instead of the session's, of which nothing was seen.
func (l *Line) addMain(e *record.End) {
	lives, whole := mainLives(e)
	if !whole {
		l.Notes = append(l.Notes, "Memory and the like are left out: it is not known which process they belong to.")
	}
	l.Marks = nil
	l.add(lives)
}

// missing says why nothing was observed.
func missing(set *record.Set) string {
	for _, kind := range []record.Kind{record.KindLongSession, record.KindEnd} {
		if gap := set.GapOf(kind); gap != nil && outside(gap.Text) != "" {
			return gap.Text
		}
	}
	if b := set.Boot; b != nil && !b.Ready && outside(b.Detail) != "" {
		return "the container never became ready: " + b.Detail
	}
	return "no container was watched in this run"
}

// add puts what was seen of each process on the line.
func (l *Line) add(lives []life) {
	parts := make([]part[record.Sample], 0, len(lives))
	for _, one := range lives {
		parts = append(parts, part[record.Sample]{one.start, one.samples})
		l.Checks = append(l.Checks, checksOf(one)...)
		l.Turns = append(l.Turns, turnsOf(one)...)
		if at := one.start + one.endAt; one.end != "" && believed(at) {
			l.Marks = append(l.Marks, Mark{at, one.end})
		}
	}
	l.Series = onlyOnce(seriesOf(parts))
	slices.SortStableFunc(l.Checks, func(a, b Check) int { return cmp.Compare(a.At, b.At) })
	slices.SortStableFunc(l.Turns, func(a, b Turn) int { return cmp.Compare(a.At, b.At) })
	slices.SortStableFunc(l.Marks, func(a, b Mark) int { return cmp.Compare(a.At, b.At) })
}

// leadIn is the share of the picture that may lie before the first thing seen; a longer start is cut off.
const leadIn = 0.15

// bounds settles what is shown: from the container's start, or from the first thing seen where that came late.
func (l *Line) bounds() {
	first, last := longest, record.Millis(0)
	see := func(from, to record.Millis) { first, last = min(first, from), max(last, to) }
	for _, s := range l.Series {
		for _, p := range s.Parts {
			for _, v := range p {
				see(v.At, v.At)
			}
		}
	}
	for _, c := range l.Checks {
		see(c.At, c.At+c.Took)
	}
	for _, t := range l.Turns {
		see(t.At, t.At+t.Took)
	}
	for _, m := range l.Marks {
		see(m.At, m.At)
	}
	l.From, l.To = min(first, last), last
	l.watched = l.To - l.From
	if l.From < leadIn*l.To {
		l.From = 0
	}
	if l.To-l.From < 1 {
		l.From, l.To = max(l.From-500, 0), l.To+500
	}
}

// span is the time that is shown.
func (l *Line) span() record.Millis { return l.To - l.From }

// empty reports that there is nothing to draw.
func (l *Line) empty() bool { return l.Missing != "" }
