package ping

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// stamped are polls two seconds apart whose stamps lie that many seconds after the start.
func stamped(stamps ...int) []record.Ping {
	var out []record.Ping
	for i, s := range stamps {
		out = append(out, checktest.Ping(10+2*float64(i), checktest.Body("Healthy", start+s)))
	}
	return out
}

func TestRestamped(t *testing.T) {
	active := stamped(10, 12, 14, 16)
	for i := range active {
		active[i].Activity = i
	}
	beside := stamped(10, 12, 14, 16)
	for i := range beside {
		beside[i].InFlight = 1
	}
	transitions := stamped(0, 0, 13, 13)
	for i := 2; i < 4; i++ {
		transitions[i].Body = checktest.Body("HealthyBusy", start+13)
	}
	millis := stamped(0, 0, 0, 0)
	for i := range millis {
		millis[i].Body = checktest.Body("Healthy", (start+10+2*i)*1000)
	}
	close := stamped(10, 11, 12, 13)
	for i := range close {
		close[i] = checktest.Ping(10+0.4*float64(i), close[i].Body)
	}
	// A job of a moment after each call: the status was back before the next poll, and the stamp moved.
	after := stamped(0, 0, 13, 13, 13, 21, 21, 21, 31, 31)
	for i := range after {
		after[i].Activity = []int{0, 1, 1, 1, 2, 2, 2, 3, 3, 3}[i]
	}
	heartbeat := append(stamped(0, 0, 0, 0), stamped(0, 0, 0, 0, 18, 20, 22, 24, 26)[4:]...)
	for i := 4; i < len(heartbeat); i++ {
		heartbeat[i].Body = checktest.Body("HealthyBusy", start+10+2*i)
	}
	both := stamped(10, 12, 14, 16, 18, 20, 22)
	for i := 4; i < len(both); i++ {
		both[i].Body = checktest.Body("HealthyBusy", start+10+2*i)
	}
	quick := changed(idle(stamped(0, 0, 0, 4, 4, 8, 8, 8)...), func(s *record.Set) { s.Terms.IdleTimeout = 30_000 })
	// Polls of a job that lie too close together to tell anything, for longer than the idle timeout.
	closely := changed(idle(stamped(0, 0, 0, 0)...), func(s *record.Set) {
		s.Terms.IdleTimeout = 60_000
		s.Async = &record.Async{}
		for i := range 200 {
			at := 20 + 0.5*float64(i)
			s.Async.Pings = append(s.Async.Pings, checktest.Ping(at, checktest.Body("Healthy", start+int(at))))
		}
	})
	// One short job after the other, seen Healthy by each slow poll, and beside the job as what it is.
	jobs := changed(idle(stamped(0, 0, 0, 0)...), func(s *record.Set) {
		s.End = &record.End{Polls: stamped(10, 12, 14, 16, 18)}
		s.Async = &record.Async{}
		for i := range 20 {
			at := 9.75 + 0.5*float64(i)
			s.Async.Pings = append(s.Async.Pings, checktest.Ping(at, checktest.Body([]string{"Healthy", "HealthyBusy", "HealthyBusy", "Healthy"}[i%4], start+int(at))))
		}
	})
	// A timer in one process, and two transitions that the clock happens to explain in another.
	timer := changed(idle(stamped(0, 0, 10, 20)...), func(s *record.Set) {
		s.Terms.IdleTimeout = 60_000
		s.LongSession = &record.LongSession{Polls: stamped(0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4)}
	})
	long := changed(idle(), func(s *record.Set) { s.LongSession = &record.LongSession{Polls: stamped(10, 12, 14, 16, 18)} })
	inJobs := func(f func(i int, p *record.Ping)) *record.Set {
		polls := stamped(10, 12, 14, 16, 18, 20)
		for i := range polls {
			polls[i].Body = checktest.Body("HealthyBusy", start+10+2*i)
			f(i, &polls[i])
		}
		return changed(idle(), func(s *record.Set) { s.End = &record.End{Polls: polls} })
	}
	checktest.Judge(t, Checks, "PING-06", []checktest.Case{
		{Name: "one short job after the other", Want: "heartbeat", Set: inJobs(func(i int, p *record.Ping) {
			if i > 3 {
				p.Body = checktest.Body("Healthy", start+18)
			}
		})},
		{Name: "nothing but short jobs between two looks", Want: "heartbeat", Set: inJobs(func(i int, p *record.Ping) {
			if i == 0 {
				p.Body = checktest.Body("Healthy", start+10)
			}
		})},
		{Name: "now at every answer, and always busy", Set: inJobs(func(int, *record.Ping) {}), Want: "heartbeat"},
		{Name: "now at every answer, also when idle", Want: "restamped", Set: inJobs(func(i int, p *record.Ping) {
			if i > 2 {
				p.Body = checktest.Body("Healthy", start+10+2*i)
			}
		})},
		{Name: "a single change while it works", Want: "pass", Says: "changed in 1 of 4", Set: inJobs(func(i int, p *record.Ping) {
			p.Body = checktest.Body("HealthyBusy", start+i/3*13)
		})},
		{Name: "constant, as both AWS SDKs keep it", Set: idle(stamped(0, 0, 0, 0)...), Want: "pass"},
		{Name: "stamped once at the first answer, as the Python SDK does", Set: idle(stamped(0, 10, 10, 10)...), Want: "pass"},
		{Name: "now at every answer", Set: idle(stamped(10, 12, 14, 16)...), Want: "restamped"},
		{Name: "now in milliseconds", Set: idle(millis...), Want: "restamped"},
		{Name: "only the long session shows it", Set: long, Want: "restamped"},
		{Name: "a single change", Set: idle(stamped(0, 0, 13, 13)...), Want: "pass"},
		{Name: "a change of status", Set: idle(transitions...), Want: "pass"},
		{Name: "a timer moves it", Set: idle(stamped(0, 0, 10, 20)...), Want: "unsteady"},
		{Name: "a clock in steps of ten seconds", Set: idle(stamped(0, 0, 0, 0, 10, 10, 10, 10, 10, 20)...), Want: "unsteady"},
		{Name: "calls lay between the polls", Set: idle(active...), Want: "untestable"},
		{Name: "calls ran beside the polls", Set: idle(beside...), Want: "untestable"},
		{Name: "too close together for whole seconds", Set: idle(close...), Want: "untestable"},
		{Name: "work of a moment after each call", Set: idle(after...), Want: "pass", Says: "unchanged over"},
		{Name: "short jobs between the polls, seen beside them", Set: jobs, Want: "pass"},
		{Name: "polls too close together to tell", Set: closely, Want: "pass"},
		{Name: "a timer, and transitions that look like a clock elsewhere", Set: timer, Want: "unsteady"},
		{Name: "a heartbeat in one of two series", Set: changed(idle(heartbeat...), func(s *record.Set) { s.End = &record.End{Polls: stamped(0, 0, 0, 0)} }), Want: "heartbeat"},
		{Name: "now in one of two series", Set: changed(idle(stamped(10, 12, 14, 16)...), func(s *record.Set) { s.End = &record.End{Polls: stamped(0, 0, 0, 0)} }), Want: "restamped"},
		{Name: "a heartbeat while it works", Set: idle(heartbeat...), Want: "heartbeat", Says: "with HealthyBusy"},
		{Name: "now, while it works as well", Set: idle(both...), Want: "restamped"},
		{Name: "too seldom for a short idle timeout", Set: quick, Want: "pass", Says: "changed in 2 of 6"},
		{Name: "no stamp", Set: said(checktest.Body("Healthy", nil)), Want: "not-applicable"},
	})
}

func TestTransition(t *testing.T) {
	busy := func(stamp int) *record.Set {
		p := stamped(0, 0, 0, 0)
		p[2].Body = checktest.Body("HealthyBusy", start+stamp)
		p[3].Body = checktest.Body("HealthyBusy", start+stamp)
		return idle(p...)
	}
	away := func(by int, set *record.Set) *record.Set {
		for i := range set.Idle.Poll {
			set.Idle.Poll[i].Unix += float64(by)
		}
		return set
	}
	late := stamped(0, 0, 0)
	late[0].Body, late[1].Body = checktest.Body("Healthy", nil), checktest.Body("Healthy", nil)
	late[2].Body = checktest.Body("HealthyBusy", start)
	checktest.Judge(t, Checks, "PING-07", []checktest.Case{
		{Name: "moves with the status", Set: busy(13), Want: "pass"},
		{Name: "stays old", Set: busy(0), Want: "stale"},
		{Name: "moves back", Set: busy(-1), Want: "stale"},
		{Name: "the container's clock is an hour behind", Set: away(3600, busy(13)), Want: "pass"},
		{Name: "the container's clock is an hour ahead", Set: away(-3600, busy(0)), Want: "stale"},
		{Name: "the first stamp of all", Set: idle(late...), Want: "pass"},
		{Name: "no change of status", Set: said(healthy), Want: "not-applicable"},
	})
}

func TestIdleAgain(t *testing.T) {
	busy := checktest.Body("HealthyBusy", start)
	end := func(pings []record.Ping) *record.Set {
		return changed(said(healthy), func(s *record.Set) { s.End = &record.End{Polls: pings} })
	}
	working := checktest.Pings(20, 30, busy)
	for i := range working {
		working[i].Activity = i
	}
	checktest.Judge(t, Checks, "PING-14", []checktest.Case{
		{Name: "never busy", Set: said(healthy), Want: "not-applicable"},
		{Name: "busy for a while", Set: end(checktest.Pings(20, 5, busy)), Want: "pass"},
		{Name: "busy as long as calls go on", Set: end(working), Want: "pass"},
		{Name: "busy a minute after the last call", Set: end(checktest.Pings(20, 30, busy)), Want: "stays-busy"},
		{Name: "busy from the first poll to the last", Set: said(busy), Want: "always-busy"},
	})
}
