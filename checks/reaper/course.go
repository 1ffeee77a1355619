package reaper

import (
	"fmt"
	"slices"
)

// Class is what a session costs, by when it ends.
type Class string

const (
	// Idle: stopped when the idle timeout has passed after the last call.
	Idle Class = "idle"
	// Replaced: ended as unhealthy, with nothing after it.
	Replaced Class = "replaced"
	// BusyWhileWorking: kept alive by HealthyBusy as long as it works, then idle.
	BusyWhileWorking Class = "busy-while-working"
	// KilledWhileBusy: HealthyBusy is not recognised, so that work which outlives its call ends at the idle timeout.
	KilledWhileBusy Class = "killed-while-busy"
	// NeverIdle: lives, and bills, to the maximum lifetime although nothing happens.
	NeverIdle Class = "never-idle"
)

// grave ranks classes, the worst last.
var grave = map[Class]int{Idle: 1, Replaced: 2, BusyWhileWorking: 3, KilledWhileBusy: 4, NeverIdle: 5}

// Kind tells the events of a course apart.
type Kind string

const (
	// Active: a call runs.
	Active Kind = "active"
	// KeptAlive: no call, and HealthyBusy counts as activity.
	KeptAlive Kind = "kept-alive"
	// Quiet: neither; the idle clock runs.
	Quiet Kind = "idle"
	// Restarted: the same, but the idle clock began anew at moves of time_of_last_update.
	Restarted Kind = "idle-clock-restarted"
	// Ignored: HealthyBusy does not count, and the idle clock runs.
	Ignored Kind = "busy-ignored"
	// Unhealthy: the session is ended and replaced.
	Unhealthy Kind = "unhealthy"
	// StoppedIdle, KilledBusy and Expired end a session: at the idle timeout, there although it says HealthyBusy, and at
	// the maximum lifetime.
	StoppedIdle Kind = "stopped-idle"
	KilledBusy  Kind = "killed-busy"
	Expired     Kind = "max-lifetime"
)

// Event is one piece of a course, in seconds from the start of the container.
type Event struct {
	Kind Kind `json:"kind"`
	// From and To are the same where it is a moment.
	From float64 `json:"from"`
	To   float64 `json:"to"`
	// Count is how many calls, restarts of the idle clock or unhealthy answers it stands for.
	Count int `json:"count,omitempty"`
	// Predicted says that it lies beyond the record: the last state, gone on with.
	Predicted bool   `json:"predicted,omitempty"`
	Text      string `json:"text"`
}

// Course is what the platform would have done with a session.
type Course struct {
	// Readings are those of the platform that agree on it.
	Readings []Reading `json:"readings"`
	Class    Class     `json:"costClass"`
	// EndsAt is when the session ends, in seconds from the start of the container.
	EndsAt float64 `json:"endsAt"`
	// Billed is how long it has lived then, in seconds from its first call or health check.
	Billed float64 `json:"billed"`
	// InsteadOf is how long it would have lived, in seconds, had it been idle from its last work on; only of a session that
	// never is.
	InsteadOf float64 `json:"insteadOf,omitempty"`
	// Because says in one line what the class rests on.
	Because string  `json:"because"`
	Events  []Event `json:"events"`
	// LeftOut counts events in the middle that are too many to tell.
	LeftOut int `json:"leftOut,omitempty"`
}

// maxEvents is how many events of a course are told.
const maxEvents = 40

// breath is the pause between two calls, in seconds, that is not worth telling.
const breath = 10

// log gathers events.
type log struct{ events []Event }

// span adds time spent in one state to the state that it goes on with, if it does.
func (l *log) span(kind Kind, from, to float64) {
	if to <= from {
		return
	}
	if last := l.last(0); last != nil && last.Kind == kind {
		last.To = to
		return
	}
	l.events = append(l.events, Event{Kind: kind, From: from, To: to})
}

// call adds the start of a call. One that follows another within a breath goes on with it.
func (l *log) call(at float64) {
	pause, before := l.last(0), l.last(1)
	if before != nil && before.Kind == Active && pause.Kind == Quiet && at-pause.From < breath {
		before.To = at
		before.Count++
		l.drop()
		return
	}
	l.events = append(l.events, Event{Kind: Active, From: at, To: at, Count: 1})
}

// restart turns the quiet time up to now into one after which the idle clock began anew.
func (l *log) restart() {
	quiet := l.last(0)
	if quiet == nil || quiet.Kind != Quiet {
		return
	}
	if before := l.last(1); before != nil && before.Kind == Restarted {
		before.To = quiet.To
		before.Count++
		l.drop()
	} else {
		quiet.Kind, quiet.Count = Restarted, 1
	}
}

// unhealthy adds an answer that ends the session; those in a row are one.
func (l *log) unhealthy(at float64) {
	last := l.last(0)
	if last == nil || last.Kind != Unhealthy {
		l.events = append(l.events, Event{Kind: Unhealthy, From: at})
		last = l.last(0)
	}
	last.To = at
	last.Count++
}

// last is the event that lies so many before the newest; nil where there is none.
func (l *log) last(before int) *Event {
	if i := len(l.events) - 1 - before; i >= 0 {
		return &l.events[i]
	}
	return nil
}

func (l *log) drop() { l.events = l.events[:len(l.events)-1] }

// told are the events with their texts, those in the middle left out where they are too many.
func (l *log) told() (events []Event, left int) {
	last := len(l.events) - 1
	left = max(len(l.events)-maxEvents, 0)
	events = slices.Delete(l.events, last-left, last)
	for i := range events {
		e := &events[i]
		e.From, e.To = rounded(e.From), rounded(e.To)
		e.Text = e.text()
	}
	return events, left
}

func (e *Event) text() string {
	if e.Predicted {
		return "would be " + e.what()
	}
	return e.what()
}

func (e *Event) what() string {
	switch e.Kind {
	case Active:
		return counted(e.Count, "call")
	case KeptAlive:
		return "kept alive: HealthyBusy counts as activity"
	case Quiet:
		return "idle: the idle clock runs"
	case Restarted:
		return fmt.Sprintf("idle, but the idle clock begins anew %s: time_of_last_update moves", times(e.Count))
	case Ignored:
		return "HealthyBusy is ignored: the idle clock runs on"
	case Unhealthy:
		return counted(e.Count, "failed health check") + ": the session is ended and replaced"
	case StoppedIdle:
		return "stopped as idle"
	case KilledBusy:
		return "killed at the idle timeout although it says HealthyBusy"
	case Expired:
		return "ended at the maximum lifetime"
	}
	return ""
}
