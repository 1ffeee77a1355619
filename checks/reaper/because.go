package reaper

import "fmt"

// because puts into one line what a class rests on, with its numbers.
func (s *session) because(c *Course, idle *Habit, stuck bool) string {
	switch {
	case c.Class == NeverIdle:
		return s.never(c, idle, stuck)
	case c.Class == KilledWhileBusy:
		return s.killed(c)
	case s.works():
		return fmt.Sprintf("still kept alive by HealthyBusy at the end of the record; if it is Healthy from then on, %s", s.ends(c))
	case c.Class == BusyWhileWorking:
		return fmt.Sprintf("kept alive by HealthyBusy for %s without a call; %s", Span(s.keptAlive), s.ends(c))
	case s.log.last(0).Kind == StoppedIdle:
		return fmt.Sprintf("%s, after %s without a call", s.ends(c), Span(c.EndsAt-s.called))
	}
	return s.ends(c)
}

// works reports a session that lives at the end of the record and says HealthyBusy.
func (s *session) works() bool { return s.busy && s.ended == "" }

func (s *session) killed(c *Course) string {
	why := fmt.Sprintf("HealthyBusy without a usable time_of_last_update is ignored: work that outlives its call by %s is killed", Span(s.settings.Idle))
	if s.log.last(0).Kind == KilledBusy {
		why += fmt.Sprintf(", here at %s", Span(c.EndsAt))
	}
	return why
}

func (s *session) never(c *Course, idle *Habit, stuck bool) string {
	moves, within := len(idle.Moves), idle.Quiet
	if !idle.GoesOn(s.settings.Idle) {
		moves, within = s.restarts, s.lived()-s.worked
	}
	why := fmt.Sprintf("time_of_last_update moves although nothing happens (%s in %s), so the idle clock never runs out", times(moves), Span(within))
	if stuck {
		why = fmt.Sprintf("HealthyBusy without a call for %s up to the end of the record", Span(s.lived()-s.busyFrom))
	}
	return fmt.Sprintf("%s: it lives, and bills, to the maximum lifetime, %s in place of %s", why, Span(c.Billed), Span(c.InsteadOf))
}

// ends says how the session ends.
func (s *session) ends(c *Course) string {
	switch s.log.last(0).Kind {
	case Unhealthy:
		return fmt.Sprintf("ended as unhealthy at %s and replaced", Span(c.EndsAt))
	case Expired:
		return fmt.Sprintf("ended at its maximum lifetime of %s", Span(s.settings.Lifetime))
	}
	return fmt.Sprintf("stopped as idle at %s", Span(c.EndsAt))
}
