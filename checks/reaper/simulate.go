package reaper

import (
	"cmp"
	"math"
	"slices"
)

// session is the platform's view of a session while time goes by.
type session struct {
	settings Settings
	reading  Reading
	log      log
	now      float64

	// began is the start of the session, since that of the idle clock, called the end of the last call, worked that of the
	// last call or recognised HealthyBusy, busyFrom the start of HealthyBusy without a call.
	began, since, called, worked, busyFrom float64
	// answered is the end of the last call of any session.
	answered float64
	// calling, busy and ignored are the state: a call runs, HealthyBusy counts, HealthyBusy is said and does not.
	calling, busy, ignored bool
	// ended is how the session ended, empty while it lives, and at when. A later call begins another.
	ended Kind
	at    float64

	// heard says that some health check was answered well, said that the last such one said HealthyBusy; marks holds the
	// stamp that was last seen.
	heard, said bool
	marks       marks
	// restarts counts how often the idle clock began anew since the session's last work, stops how often it ran out.
	restarts, stops int
	// recognised and unheeded count the health checks without a call that said HealthyBusy, by whether that counts; keptAlive
	// is the time in seconds for which it did.
	recognised, unheeded int
	keptAlive            float64
	// free says that some health check did not say HealthyBusy.
	free bool
}

// moment is something that happens at a time.
type moment struct {
	at   float64
	does func(*session)
}

// moments are those of a time line in their order: what a health check says comes before a call that begins just then.
func (l *TimeLine) moments() []moment {
	var out []moment
	for _, i := range l.inOrder() {
		p := &l.Polls[i]
		out = append(out, moment{p.At, func(s *session) { s.poll(p) }})
	}
	for _, c := range l.merged() {
		out = append(out, moment{c.Start, func(s *session) { s.call(c.Start) }}, moment{c.End, func(s *session) { s.answer(c.End) }})
	}
	slices.SortStableFunc(out, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	return out
}

// Simulate plays a time line in one reading. It reports false where the time line holds nothing.
func Simulate(l *TimeLine, settings Settings, r Reading) (Course, bool) {
	s, ok := played(l, settings, r)
	if !ok {
		return Course{}, false
	}
	return s.foretell(l), true
}

// played is the session at the end of the record.
func played(l *TimeLine, settings Settings, r Reading) (*session, bool) {
	all := l.moments()
	if len(all) == 0 {
		return nil, false
	}
	s := &session{settings: settings, reading: r, answered: math.Inf(-1), now: all[0].at}
	s.begin(s.now)
	for _, m := range all {
		s.pass(m.at)
		m.does(s)
	}
	return s, true
}

func (s *session) begin(at float64) {
	s.began, s.since, s.called, s.worked, s.busyFrom = at, at, at, at, at
	s.busy, s.ignored, s.ended, s.restarts = false, false, "", 0
}

// pass lets time go by until the session would have ended, or until then.
func (s *session) pass(to float64) {
	end, how := s.deadline()
	if s.ended == "" && end <= to {
		s.spend(max(end, s.now))
		s.end(how, s.now)
	}
	if s.ended == "" {
		s.spend(to)
	}
	s.now = to
}

// deadline is when the session ends if nothing more happens, and how.
func (s *session) deadline() (float64, Kind) {
	life, idle := s.began+s.settings.Lifetime, s.since+s.settings.Idle
	switch {
	case s.calling || s.busy || life <= idle:
		return life, Expired
	case s.ignored:
		return idle, KilledBusy
	}
	return idle, StoppedIdle
}

// spend notes the state until then.
func (s *session) spend(to float64) {
	switch {
	case s.calling:
		s.log.span(Active, s.now, to)
	case s.busy:
		s.log.span(KeptAlive, s.now, to)
		s.keptAlive += to - s.now
	case s.ignored:
		s.log.span(Ignored, s.now, to)
	default:
		s.log.span(Quiet, s.now, to)
	}
	s.now = to
}

func (s *session) end(how Kind, at float64) {
	s.ended, s.at = how, at
	if how == StoppedIdle || how == KilledBusy {
		s.stops++
	}
	s.log.events = append(s.log.events, Event{Kind: how, From: at, To: at})
}

// call begins one, and with it another session where the last has ended.
func (s *session) call(at float64) {
	if s.ended != "" {
		s.begin(at)
	}
	s.calling = true
	s.log.call(at)
}

func (s *session) answer(at float64) {
	s.calling, s.answered = false, at
	s.since, s.called, s.worked, s.busyFrom, s.restarts = at, at, at, at, 0
}

func (s *session) poll(p *Poll) {
	switch {
	case p.unhealthy():
		if s.ended == "" || s.ended == Unhealthy {
			s.ended, s.at, s.busy, s.ignored = Unhealthy, p.At, false, false
			s.log.unhealthy(p.At)
		}
	case p.good():
		if s.ended == Unhealthy {
			s.begin(p.At) // the process goes on here, and stands for the one that takes its place
		}
		s.hear(p)
	}
}

// hear takes in what a good health check says.
func (s *session) hear(p *Poll) {
	said := p.busy()
	changed := s.heard && said != s.said
	restart := s.restarted(p, changed)
	s.heard, s.said, s.free = true, said, s.free || !said
	s.marks.look(p)
	if s.ended != "" {
		return
	}
	before := s.busy
	s.work(p, said)
	switch {
	case before:
		s.worked, s.restarts = p.At, 0
	case s.busy:
		s.busyFrom = p.At
	case restart && !s.calling && !changed:
		s.log.restart()
		s.restarts++
	}
	if restart {
		s.since = p.At
	}
}

// work takes in whether the agent works without a call. HealthyBusy beside a call says nothing of that.
func (s *session) work(p *Poll, said bool) {
	beside := s.calling || p.Sent < s.answered
	switch {
	case !said:
		s.busy, s.ignored = false, false
	case beside:
	case s.reading.recognises(p):
		s.busy, s.ignored = true, false
		s.recognised++
	default:
		s.busy, s.ignored = false, true
		s.unheeded++
	}
}

// restarted reports that the idle clock begins anew: the stamp is another than before, or, where the platform keeps its own
// record, the status is.
func (s *session) restarted(p *Poll, changed bool) bool {
	switch p.Stamp.Kind {
	case Number:
		return s.marks.known && s.marks.last != p.Stamp.Seconds || !s.marks.known && changed
	case Absent:
		return changed && s.reading == Documented
	}
	return false
}

// LongBusy is how long after the last work HealthyBusy is nobody's fault, in seconds (PING-14).
const LongBusy = 30

// stuck reports HealthyBusy up to the end of the record that no work explains.
func (s *session) stuck() bool {
	alone := s.lived() - s.busyFrom
	return s.busy && (alone > LongBusy || alone > 0 && !s.free)
}

// stamps reports that moves of the stamp keep the session from ever being idle: they are a habit, or were seen to do so for
// longer than the idle timeout.
func (s *session) stamps(idle *Habit) bool {
	if s.stops > 0 || s.ended == Unhealthy {
		return false
	}
	return idle.GoesOn(s.settings.Idle) || !s.busy && s.restarts >= 2 && s.lived()-s.worked > s.settings.Idle
}

// lived is until when the session has lived, as far as the record goes.
func (s *session) lived() float64 {
	if s.ended != "" {
		return s.at
	}
	return s.now
}

// EndlessBy reports that moves of the stamp keep a process from ever being idle. Readings do not differ in that.
func EndlessBy(l *TimeLine, settings Settings) bool {
	s, ok := played(l, settings, Documented)
	if !ok {
		return false
	}
	idle, _ := Habits(l)
	return s.stamps(&idle)
}

// foretell goes on with the last state until the session ends.
func (s *session) foretell(l *TimeLine) Course {
	idle, _ := Habits(l)
	stamps, stuck := s.stamps(&idle), s.stuck()
	c := Course{Readings: []Reading{s.reading}, Class: s.class(stamps, stuck), EndsAt: s.at}
	if s.ended == "" {
		var how Kind
		c.EndsAt, how = s.predicted(stamps || stuck)
		s.log.events = append(s.log.events, Event{Kind: how, From: c.EndsAt, To: c.EndsAt, Predicted: true})
	}
	c.Billed = rounded(c.EndsAt - s.began)
	switch {
	case stamps:
		c.InsteadOf = s.insteadOf(s.worked)
	case stuck:
		c.InsteadOf = s.insteadOf(s.called)
	}
	c.Because = s.because(&c, &idle, stuck)
	c.EndsAt = rounded(c.EndsAt)
	c.Events, c.LeftOut = s.log.told()
	return c
}

func (s *session) class(stamps, stuck bool) Class {
	switch {
	case stamps || stuck:
		return NeverIdle
	case s.unheeded > 0:
		return KilledWhileBusy
	case s.recognised > 0:
		return BusyWhileWorking
	case s.ended == Unhealthy:
		return Replaced
	}
	return Idle
}

// predicted is when and how the session ends that lives at the end of the record. One that still works ends at the earliest
// when the idle timeout has passed from then on.
func (s *session) predicted(never bool) (float64, Kind) {
	life := s.began + s.settings.Lifetime
	switch {
	case never:
		return life, Expired
	case s.works() && s.now+s.settings.Idle < life:
		return s.now + s.settings.Idle, StoppedIdle
	}
	return s.deadline()
}

// insteadOf is how long the session would have lived, idle from then on.
func (s *session) insteadOf(from float64) float64 {
	return rounded(math.Min(from+s.settings.Idle-s.began, s.settings.Lifetime))
}
