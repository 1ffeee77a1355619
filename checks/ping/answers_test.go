package ping

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestAnswers(t *testing.T) {
	elsewhere := checktest.BadAnswer(404)
	elsewhere.OtherPaths = []string{"/health"}
	checktest.Judge(t, Checks, "PING-01", []checktest.Case{
		{Name: "200", Set: &record.Set{Boot: checktest.Ready(900)}, Want: "pass"},
		{Name: "serves /health only", Set: &record.Set{Boot: elsewhere}, Want: "not-found"},
		{Name: "POST only", Set: &record.Set{Boot: checktest.BadAnswer(405)}, Want: "not-found"},
		{Name: "500", Set: &record.Set{Boot: checktest.BadAnswer(500)}, Want: "not-200"},
		{Name: "204", Set: &record.Set{Boot: checktest.BadAnswer(204)}, Want: "not-200"},
		{Name: "401 is another clause's", Set: &record.Set{Boot: checktest.BadAnswer(401)}, Want: "untestable"},
		{Name: "exited", Set: &record.Set{Boot: checktest.Never(record.ProcessExited)}, Want: "untestable"},
		{Name: "MCP has no /ping", Want: "not-applicable",
			Set: changed(&record.Set{Boot: checktest.Ready(900)}, func(s *record.Set) { s.Terms.Protocol = "MCP" })},
	})
}

func TestOpen(t *testing.T) {
	bare := func(status int) *record.Set {
		return changed(said(healthy), func(s *record.Set) { s.Idle.Bare = checktest.Get(checktest.Answer(status, "{}"), "/ping") })
	}
	dressed := checktest.BadAnswer(400)
	dressed.Dressed = checktest.Get(checktest.OK(), "/ping")
	token := checktest.BadAnswer(401)
	token.Dressed = dressed.Dressed
	checktest.Judge(t, Checks, "PING-12", []checktest.Case{
		{Name: "400 from the start, served with a session", Set: &record.Set{Boot: dressed}, Want: "field-required"},
		{Name: "401 from the start, served with a token", Set: &record.Set{Boot: token}, Want: "auth-required"},
		{Name: "400 from the start, whatever comes with it: another clause's", Set: &record.Set{Boot: checktest.BadAnswer(400)}, Want: "untestable"},
		{Name: "served bare", Set: bare(200), Want: "pass"},
		{Name: "ready by a bare probe", Set: &record.Set{Boot: checktest.Ready(900)}, Want: "pass"},
		{Name: "401 from the start", Set: &record.Set{Boot: checktest.BadAnswer(401)}, Want: "auth-required"},
		{Name: "400 without a session", Set: bare(400), Want: "field-required"},
		{Name: "404 is another clause's", Set: &record.Set{Boot: checktest.BadAnswer(404)}, Want: "untestable"},
	})
}

func TestReady(t *testing.T) {
	dropped := checktest.Calls(map[record.Variant]*record.Exchange{record.Platform: checktest.Ended(record.Reset), record.Localhost: checktest.OK()})
	dropped.Ladder[0] = *checktest.Ended(record.Reset)
	first := func(x *record.Exchange, calls *record.Calls) *record.Set {
		b := checktest.Ready(900)
		b.First = x
		return &record.Set{Boot: b, Calls: calls}
	}
	slow := checktest.OK()
	slow.Took = 9000
	checktest.Judge(t, Checks, "PING-10", []checktest.Case{
		{Name: "served at once", Set: first(checktest.OK(), checktest.Calls(nil)), Want: "pass"},
		{Name: "a slow first call", Set: first(slow, checktest.Calls(nil)), Want: "pass"},
		{Name: "another body shape was wanted", Set: first(checktest.Answer(422, "{}"), checktest.Calls(nil)), Want: "pass"},
		{Name: "503 at first", Set: first(checktest.Answer(503, ""), checktest.Calls(nil)), Want: "too-early"},
		{Name: "refused at first", Set: first(checktest.Ended(record.Refused), checktest.Calls(nil)), Want: "too-early"},
		{Name: "dropped at first", Set: first(checktest.Ended(record.Reset), checktest.Calls(nil)), Want: "too-early"},
		{Name: "dropped for its Host: NET-04's", Set: first(checktest.Ended(record.Reset), dropped), Want: "untestable"},
		{Name: "503 for good, without a model", Set: first(checktest.Answer(503, ""), checktest.NoModel(503)), Want: "untestable"},
		{Name: "not sent", Set: first(nil, checktest.Calls(nil)), Want: "untestable"},
	})
}

func TestFirstCall(t *testing.T) {
	failed := checktest.Answer(500, "not yet")
	named := func(x *record.Exchange, id string) record.Exchange {
		x.ID = id
		return *x
	}
	set := func(ladder []record.Exchange, turns ...record.Exchange) *record.Set {
		b, c := checktest.Ready(900), checktest.Calls(nil)
		c.Ladder, c.Rung = ladder, len(ladder)-1
		b.First = &c.Ladder[0]
		s := &record.Set{Boot: b, Calls: c}
		if turns != nil {
			s.LongSession = &record.LongSession{Turns: turns}
		}
		return s
	}
	again := func() []record.Exchange {
		return []record.Exchange{named(checktest.Answer(500, ""), "ladder/declared"), named(checktest.OK(), "ladder/declared#3")}
	}
	otherShape := []record.Exchange{named(checktest.Answer(500, ""), "ladder/prompt"), named(checktest.OK(), "ladder/input")}
	attached := set(again(), *failed, *checktest.OK())
	attached.Terms.Attached = true
	checktest.Judge(t, Checks, "PING-10", []checktest.Case{
		{Name: "two processes fail it and serve the next", Set: set(again(), *failed, *checktest.OK()), Want: "first-call-fails"},
		{Name: "one process once", Set: set(again(), *checktest.OK(), *checktest.OK()), Want: "pass"},
		{Name: "no second process", Set: set(again()), Want: "untestable"},
		{Name: "a second process with one turn", Set: set(again(), *failed), Want: "untestable"},
		{Name: "a second process that fails on", Set: set(again(), *failed, *failed), Want: "untestable"},
		{Name: "a second process that refuses", Set: set(again(), *checktest.Answer(409, ""), *checktest.OK()), Want: "untestable"},
		{Name: "a body of another shape was wanted", Set: set(otherShape, *failed, *checktest.OK()), Want: "pass"},
		{Name: "a server that already ran", Set: attached, Want: "untestable"},
	})
}

func TestSelfContained(t *testing.T) {
	p := checktest.Ping(40, healthy)
	down := p
	down.Status = 503
	clean := func(b *record.Boot, p *record.Ping) *record.Set {
		return &record.Set{Boot: checktest.Ready(900), Clean: &record.Clean{Boot: *b, Ping: p}}
	}
	checktest.Judge(t, Checks, "PING-13", []checktest.Case{
		{Name: "works alone", Set: clean(checktest.Ready(900), &p), Want: "pass"},
		{Name: "503 from the start, alone", Set: clean(checktest.BadAnswer(503), nil), Want: "needs-surroundings"},
		{Name: "503 alone", Set: clean(checktest.Ready(900), &down), Want: "needs-surroundings"},
		{Name: "needs a key to start: another clause's", Set: clean(checktest.Never(record.ProcessExited), nil), Want: "untestable"},
		{Name: "exited meanwhile", Set: clean(checktest.Ready(900), nil), Want: "untestable"},
	})
}
