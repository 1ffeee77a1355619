package life

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// thawed is an agent on V2 without ids, of which one process stood still for 20 s and was served as before.
func thawed(changes ...func(*record.Freeze)) *record.Set {
	set := onV2(processes(func(*asked) string { return `{}` }))
	set.LongSession.Before, set.LongSession.After = checktest.Alive(), checktest.Alive()
	ok, healthy := *checktest.OK(), checktest.Body("Healthy", 1_790_000_000)
	ping := checktest.Ping(32, healthy)
	after := ok
	after.At = 32_000
	f := &record.Freeze{
		Boot: *checktest.Ready(900), Planned: 20_000, Paused: 20_000, Resumed: 31_000, Before: []record.Exchange{ok, ok}, PingBefore: &ping,
		StateBefore: checktest.Alive(), After: checktest.Alive(), Pings: []record.Ping{ping}, Same: []record.Exchange{after}, New: []record.Exchange{ok},
		Beside: checktest.Pings(32, 2, healthy), PingAfter: &ping, Logs: &record.Logs{Lines: []string{"served"}, TotalLines: 1},
	}
	for _, change := range changes {
		change(f)
	}
	set.Freeze = f
	return set
}

// calls replaces the calls that came after it: of the session, and of another one where there is a second list.
func callsAfter(same []*record.Exchange, other ...*record.Exchange) func(*record.Freeze) {
	return func(f *record.Freeze) {
		f.Same = values(same)
		if other != nil {
			f.New = values(other)
		}
	}
}

func values(all []*record.Exchange) (out []record.Exchange) {
	for _, x := range all {
		out = append(out, *x)
	}
	return out
}

func tookSo(x *record.Exchange, took record.Millis) *record.Exchange {
	x.Took = took
	return x
}

func took(d record.Millis) *record.Exchange { return tookSo(checktest.OK(), d) }

// deadPool is a connection to AWS that was opened at the start, and written to since.
func deadPool(f *record.Freeze) {
	f.Severed = []record.Severed{{To: record.PeerServices, Opened: 400, Swallowed: 71, Asked: 32_001}}
}

func TestFreeze(t *testing.T) {
	one := func(x *record.Exchange) []*record.Exchange { return []*record.Exchange{x} }
	bad, hung := checktest.Answer(500, "{}"), checktest.Ended(record.TimedOut)
	usual := func(d record.Millis) func(*record.Freeze) {
		return func(f *record.Freeze) { f.Before = []record.Exchange{*took(d), *took(d)} }
	}
	logged := func(line string) func(*record.Freeze) {
		return func(f *record.Freeze) { f.Logs.Lines = append(f.Logs.Lines, line) }
	}
	state := func(s record.State) func(*record.Freeze) { return func(f *record.Freeze) { f.After = s } }
	deaf := func(f *record.Freeze) { f.Pings = []record.Ping{{At: 31_000, Outcome: record.TimedOut, Took: 10_000}} }
	word := func(word string, stamp int) func(*record.Freeze) {
		return func(f *record.Freeze) {
			p := checktest.Ping(33, checktest.Body(word, stamp))
			f.PingAfter = &p
		}
	}
	const unseen = "nothing was seen of a process that stood still"
	onV1 := func(set *record.Set) *record.Set {
		set.Terms.PlatformVersion = ""
		return set
	}
	checktest.Judge(t, Checks, "LIFE-15", []checktest.Case{
		{Name: "served", Set: thawed(), Want: "pass", Says: "stood still for 20.0 s answered its session (200 application/json in 12 ms)"},
		{Name: "the same on V1", Set: onV1(thawed()), Want: "pass"},
		{Name: "a dead connection was written to, and given up for another one", Set: thawed(deadPool), Want: "pass", Says: "lost the connection that it had opened before its first call"},
		{Name: "served late, but not too late", Set: thawed(deadPool, callsAfter(one(took(35_000)))), Want: "pass"},
		{Name: "hangs on a dead connection", Set: thawed(deadPool, callsAfter(one(hung), hung)), Want: "lost-after-freeze", Says: "it wrote to a connection to the AWS services that is dead since"},
		{Name: "the same on V1", Set: onV1(thawed(deadPool, callsAfter(one(hung), hung))), Want: "lost-after-freeze-on-v1"},
		{Name: "hangs, and nothing was connected", Set: thawed(callsAfter(one(hung), hung)), Want: "lost-after-freeze"},
		{Name: "only the session that was there hangs", Set: thawed(callsAfter(one(hung))), Want: "lost-after-freeze"},
		{Name: "only a new session hangs", Set: thawed(callsAfter(one(checktest.OK()), hung)), Want: "lost-after-freeze"},
		{Name: "fails for good", Set: thawed(callsAfter([]*record.Exchange{bad, bad}, bad, bad)), Want: "lost-after-freeze", Says: "500"},
		{Name: "an error inside the stream, for good", Set: thawed(callsAfter(one(checktest.Stream(1, 1, `{"error":"ConnectionError","error_type":"x"}`)))), Want: "lost-after-freeze"},
		{Name: "fails once", Set: thawed(callsAfter([]*record.Exchange{bad, checktest.OK()})), Want: "fails-once-after-freeze", Says: "500 application/json in 12 ms, then 200"},
		{Name: "the same on V1", Set: onV1(thawed(callsAfter([]*record.Exchange{bad, checktest.OK()}))), Want: "fails-once-after-freeze-on-v1"},
		{Name: "a new session fails once", Set: thawed(callsAfter(one(checktest.OK()), bad, checktest.OK())), Want: "fails-once-after-freeze"},
		{Name: "busy at first", Set: thawed(callsAfter([]*record.Exchange{checktest.Answer(429, "{}"), checktest.OK()})), Want: "pass"},
		{Name: "busy all the time", Set: thawed(callsAfter(one(checktest.Answer(429, "{}")))), Want: "not-applicable"},
		{Name: "the harness did not send it", Set: thawed(callsAfter(one(checktest.Ended(record.Unsent)))), Want: "not-applicable"},
		{Name: "a new session is told to come later", Set: thawed(callsAfter(one(checktest.OK()), checktest.Answer(429, "{}"))), Want: "not-applicable"},
		{Name: "hangs, and nobody kept its log", Set: thawed(callsAfter(one(hung), hung), func(f *record.Freeze) { f.Logs = nil }), Want: "lost-after-freeze"},

		{Name: "late on a dead connection", Set: thawed(deadPool, callsAfter(one(took(35_001)))), Want: "slow-after-freeze", Says: "where calls before took 12 ms at most"},
		{Name: "the same on V1", Set: onV1(thawed(deadPool, callsAfter(one(took(35_001))))), Want: "slow-after-freeze-on-v1"},
		{Name: "late, the next one soon", Set: thawed(callsAfter(one(took(40_000)))), Want: "slow-after-freeze"},
		{Name: "late, and so is the next one: the machine is slow", Set: thawed(callsAfter(one(took(40_000)), took(38_000))), Want: "pass"},
		{Name: "the same, and a dead connection was left alone", Set: thawed(deadPool, func(f *record.Freeze) { f.Severed[0].Swallowed = 0 }, callsAfter(one(took(40_000)), took(38_000))), Want: "pass"},
		{Name: "late as ever", Set: thawed(usual(20_000), callsAfter(one(took(59_000)))), Want: "pass"},
		{Name: "later than ever", Set: thawed(usual(20_000), callsAfter(one(took(61_000)))), Want: "slow-after-freeze"},
		{Name: "late under emulation", Set: changed(thawed(deadPool, callsAfter(one(took(100_000)))), emulated(8)), Want: "pass"},

		{Name: "the process ended", Set: thawed(state(checktest.Dead(1))), Want: "ends-after-freeze", Says: "the process exited with code 1"},
		{Name: "the same on V1", Set: onV1(thawed(state(checktest.Dead(1)))), Want: "ends-after-freeze-on-v1"},
		{Name: "the process was restarted", Set: thawed(state(checktest.Other())), Want: "ends-after-freeze"},
		{Name: "never healthy again", Set: thawed(deaf), Want: "ends-after-freeze", Says: "no answer within 10.0 s"},
		{Name: "killed for memory", Set: thawed(func(f *record.Freeze) { f.After = checktest.Dead(137); f.After.OOMKilled = true }), Want: "pass"},

		{Name: "binds its port again", Set: thawed(logged("OSError: [Errno 98] Address already in use")), Want: "address-in-use-after-freeze"},
		{Name: "and says so first of all", Set: thawed(func(f *record.Freeze) { f.Logs.Lines = nil }, logged("address already in use")), Want: "address-in-use-after-freeze"},
		{Name: "the same in Node's words, on V1", Set: onV1(thawed(logged("Error: listen EADDRINUSE: :::8080"))), Want: "address-in-use-after-freeze-on-v1"},
		{Name: "and calls are lost with it", Set: thawed(callsAfter([]*record.Exchange{bad, bad}), logged("address already in use")), Want: "lost-after-freeze", Also: []string{"address-in-use-after-freeze"}},

		{Name: "busy with the stamp of the start", Set: thawed(word("HealthyBusy", 1_790_000_000)), Want: "stamp-before-freeze", Says: "from Healthy to HealthyBusy"},
		{Name: "the same on V1", Set: onV1(thawed(word("HealthyBusy", 1_790_000_000))), Want: "pass"},
		{Name: "busy since the call", Set: thawed(word("HealthyBusy", 1_790_000_032)), Want: "pass"},
		{Name: "busy with a clock that is behind", Set: thawed(word("HealthyBusy", 1_790_000_027)), Want: "pass"},
		{Name: "busy with a clock that is too far behind", Set: thawed(word("HealthyBusy", 1_790_000_026)), Want: "stamp-before-freeze"},
		{Name: "busy since the call, then healthy with the stamp of the start", Set: thawed(func(f *record.Freeze) {
			f.Beside = checktest.Pings(32, 1, checktest.Body("HealthyBusy", 1_790_000_032))
		}), Want: "stamp-before-freeze", Says: "from HealthyBusy to Healthy"},
		{Name: "the stamp of the start without a status", Set: thawed(func(f *record.Freeze) {
			p := checktest.Ping(33, `{"time_of_last_update":1790000000}`)
			f.PingAfter = &p
		}), Want: "pass"},
		{Name: "the first status of all, with the stamp of the start", Set: thawed(func(f *record.Freeze) {
			f.Pings = checktest.Pings(31, 1, `{}`)
		}), Want: "pass"},
		{Name: "the stamp of the start, but no change", Set: thawed(), Want: "pass"},

		{Name: "fails without standing still as well", Set: changed(thawed(callsAfter(one(hung), hung)), func(s *record.Set) { s.LongSession.Turns[3] = *bad }), Want: "not-applicable", Says: "fails without standing still as well"},
		{Name: "ends without standing still as well", Set: changed(thawed(state(checktest.Dead(1))), func(s *record.Set) { s.LongSession.After = checktest.Dead(1) }), Want: "not-applicable"},
		{Name: "a real model hangs", Set: changed(thawed(callsAfter(one(hung), hung)), func(s *record.Set) { s.Terms.Model = modelReal }), Want: "not-applicable", Says: "whose time is its own"},
		{Name: "the engine cannot", Set: thawed(func(f *record.Freeze) { *f = record.Freeze{Untold: "no cgroup freezer"} }), Want: "not-applicable", Says: "no cgroup freezer"},
		{Name: "it did not stand still", Set: thawed(callsAfter(one(hung), hung), func(f *record.Freeze) { f.Paused = 0 }), Want: "not-applicable", Says: unseen},
		{Name: "it was not ready", Set: thawed(callsAfter(one(hung), hung), func(f *record.Freeze) { f.Boot.Ready = false }), Want: "not-applicable", Says: unseen},
		{Name: "it was not called before", Set: thawed(callsAfter(one(hung), hung), func(f *record.Freeze) { f.Before = nil }), Want: "not-applicable", Says: unseen},
		{Name: "its health was not asked for", Set: thawed(callsAfter(one(hung), hung), func(f *record.Freeze) { f.Pings = nil }), Want: "not-applicable", Says: unseen},
		{Name: "played, and not all of it", Set: changed(thawed(callsAfter(one(hung), hung)), func(s *record.Set) {
			s.Gaps = []record.Gap{{Kind: record.KindFreeze, Why: record.GapScope, Text: "no process was made to stand still (--freeze 0)"}}
		}), Want: "lost-after-freeze"},
		{Name: "not played", Want: "not-applicable", Says: "--freeze 0", Set: changed(thawed(), func(s *record.Set) {
			s.Freeze, s.Gaps = nil, []record.Gap{{Kind: record.KindFreeze, Why: record.GapScope, Text: "no process was made to stand still (--freeze 0)"}}
		})},
		{Name: "ids of two processes beside it", Set: changed(onV2(processes(func(c *asked) string { return `{"id":"` + idOf(c.call) + `"}` })), func(s *record.Set) {
			s.Freeze = thawed(callsAfter(one(hung), hung)).Freeze
		}), Want: "same-ids", Also: []string{"lost-after-freeze"}},
	})
}
