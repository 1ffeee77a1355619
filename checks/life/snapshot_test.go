package life

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// idOf is an id that is made of a text.
func idOf(parts ...any) string {
	sum := sha256.Sum256(fmt.Append(nil, parts...))
	return hex.EncodeToString(sum[:16])
}

// asked is one call as an agent sees it: which process, how many it had, of which session, how many that had.
type asked struct {
	process      string
	call         int
	session      string
	turn         int
	request, log string
}

// processes are twelve calls of as many sessions on one process, and six turns of the first session on another.
func processes(answer func(*asked) string) *record.Set {
	play := func(c *asked) record.Exchange {
		c.request = idOf("request", c.process, c.call)
		x := checktest.Answer(200, answer(c))
		x.ID, x.At, x.Session = fmt.Sprintf("%s/%d", c.process, c.call), record.Millis(c.call), c.session
		x.Request.Header = []record.Field{{Name: "x-amzn-requestid", Value: c.request}, {Name: "x-amzn-trace-id", Value: "Root=1-67891233-" + c.request[:24]}}
		return *x
	}
	calls, later := checktest.Calls(nil), &record.LongSession{Resumed: true}
	calls.Ladder, calls.Variants, calls.Logs = nil, map[record.Variant]*record.Exchange{}, &record.Logs{}
	for i := range 12 {
		c := &asked{process: "main", call: i, session: idOf("session", max(i, 1)), turn: 1}
		if i == 0 {
			c.turn = 0
		}
		x := play(c)
		calls.Variants[record.Variant(fmt.Sprint(i))] = &x
		calls.Logs.Lines = append(calls.Logs.Lines, c.log)
	}
	for i := range 6 {
		c := &asked{process: "later", call: i, session: idOf("session", 1), turn: i}
		later.Turns = append(later.Turns, play(c))
		later.Logs.Lines = append(later.Logs.Lines, c.log)
	}
	return &record.Set{Calls: calls, LongSession: later}
}

func onV2(set *record.Set) *record.Set {
	set.Terms.PlatformVersion = record.PlatformV2
	return set
}

func TestSnapshot(t *testing.T) {
	says := func(id func(*asked) string) func(*asked) string {
		return func(c *asked) string { return `{"id":"` + id(c) + `"}` }
	}
	logs := func(line func(*asked) string) *record.Set {
		return onV2(processes(func(c *asked) string { c.log = line(c); return `{}` }))
	}
	seeded := says(func(c *asked) string { return idOf(c.call) })
	instance := says(func(c *asked) string { return idOf(c.process) })
	fresh := func(c *asked) string { return idOf(c.process, c.call) }
	both := func(c *asked) string {
		return fmt.Sprintf(`{"request":%q,"instance":%q}`, idOf(c.call), idOf(c.process))
	}
	stamped := onV2(processes(func(c *asked) string { return `"` + idOf(c.process) + " for " + fresh(c) + `"` }))
	labelled := onV2(processes(says(func(c *asked) string { return idOf("build", c.call%3) })))
	labelled.Image = &record.Image{Labels: map[string]string{"a": strings.ToUpper(idOf("build", 0)), "b": idOf("build", 1)}, Env: []string{"C=" + idOf("build", 2)}}
	attached := processes(seeded)
	attached.Terms.Attached = true
	few := processes(instance)
	few.LongSession.Turns = few.LongSession.Turns[:2]
	alone := processes(instance)
	for _, x := range alone.Calls.Variants {
		x.Session = "one"
	}
	two := processes(instance)
	for name, x := range two.Calls.Variants {
		x.Session = map[bool]string{true: "one", false: "two"}[name == "0"]
	}
	// The later process makes an id at those of its calls; the main one makes one at each. At call 2 and at call 3 both make the same.
	common := func(calls string) *record.Set {
		return onV2(processes(func(c *asked) string {
			switch {
			case c.process == "later" && !strings.Contains(calls, fmt.Sprint(c.call)):
				return `{}`
			case c.call == 2 || c.call == 3:
				return `{"id":"` + idOf(c.call) + `"}`
			}
			return `{"id":"` + fresh(c) + `"}`
		}))
	}
	// One process has an id of its own in all of its answers; the other makes a fresh one for each.
	only := func(process string) *record.Set {
		return onV2(processes(says(func(c *asked) string {
			if c.process == process {
				return idOf(process)
			}
			return fresh(c)
		})))
	}
	back := onV2(processes(says(func(c *asked) string { return idOf("document", c.call%4) })))
	for i := 8; i < 12; i++ {
		back.Calls.Variants[record.Variant(fmt.Sprint(i))].Session = idOf("session", 1)
	}
	long := onV2(processes(func(*asked) string { return `{}` }))
	for range 64 {
		long.LongSession.Turns = append(long.LongSession.Turns, long.LongSession.Turns[0])
	}
	mute := processes(seeded)
	mute.Calls.Worked = false
	first := idOf(0)
	for call := range 6 {
		first = min(first, idOf(call))
	}
	checktest.Judge(t, Checks, "LIFE-15", []checktest.Case{
		{Name: "a generator with a constant seed", Set: onV2(processes(seeded)), Want: "same-ids", Says: `6 of 6 in "body id", such as ` + first[:8] + "…"},
		{Name: "half of the ids in common", Set: common("2345"), Want: "same-ids", Says: "2 of 4 in"},
		{Name: "less than half", Set: common("12345"), Want: "not-applicable"},
		{Name: "one alone in common", Set: common("24"), Want: "not-applicable"},
		{Name: "the same on V1", Set: processes(seeded), Want: "same-ids-on-v1"},
		{Name: "an id of the process", Set: onV2(processes(instance)), Want: "made-at-start", Says: "all 12 answers"},
		{Name: "the same on V1", Set: processes(instance), Want: "made-at-start-on-v1"},
		{Name: "both", Set: onV2(processes(both)), Want: "same-ids", Also: []string{"made-at-start"}},
		{Name: "an id of the process beside fresh ones", Set: stamped, Want: "made-at-start"},
		{Name: "span ids of a seeded generator in the log", Set: logs(func(c *asked) string {
			return "INFO span=" + idOf("span", c.call) + " session=" + c.session
		}), Want: "same-ids"},
		{Name: "ids in the log that belong to no call", Set: logs(func(c *asked) string { return "loaded " + idOf("shard", c.call) }), Want: "not-applicable"},
		{Name: "fresh span ids in the log", Set: logs(func(c *asked) string { return "INFO span=" + fresh(c) + " request=" + c.request }), Want: "pass"},

		{Name: "fresh ids", Set: onV2(processes(says(fresh))), Want: "pass"},
		{Name: "no ids", Set: onV2(processes(func(*asked) string { return `{"result":"hello"}` })), Want: "not-applicable"},
		{Name: "the request's id", Set: onV2(processes(says(func(c *asked) string { return strings.ToUpper(c.request) }))), Want: "not-applicable"},
		{Name: "the request's trace", Set: onV2(processes(says(func(c *asked) string { return "00-67891233" + c.request[:24] + "-" + fresh(c)[:16] + "-01" }))), Want: "pass"},
		{Name: "the session's id", Set: onV2(processes(says(func(c *asked) string { return c.session }))), Want: "not-applicable"},
		{Name: "made of the session", Set: onV2(processes(says(func(c *asked) string { return idOf("thread", c.session) }))), Want: "pass"},
		{Name: "made of session and turn", Set: onV2(processes(says(func(c *asked) string { return idOf(c.session, c.turn) }))), Want: "pass"},
		{Name: "made of the turn", Set: onV2(processes(says(func(c *asked) string { return idOf("turn", c.turn) }))), Want: "not-applicable"},
		{Name: "a constant of the build", Set: onV2(processes(says(func(*asked) string { return idOf("build") }))), Want: "not-applicable"},
		{Name: "documents of the image", Set: onV2(processes(says(func(c *asked) string { return idOf("document", c.call%4) }))), Want: "not-applicable"},
		{Name: "documents of the image that come twice", Set: onV2(processes(says(func(c *asked) string { return idOf("document", c.call%6) }))), Want: "not-applicable"},
		{Name: "documents of the image, and the first session comes back", Set: back, Want: "not-applicable"},
		{Name: "labels and variables of the image", Set: labelled, Want: "not-applicable"},
		{Name: "too few answers to call it an id of the process", Set: few, Want: "not-applicable"},
		{Name: "one session alone", Set: alone, Want: "not-applicable"},
		{Name: "two sessions", Set: two, Want: "made-at-start-on-v1"},
		{Name: "an id of the main process alone", Set: only("main"), Want: "not-applicable"},
		{Name: "an id of the later process alone", Set: only("later"), Want: "pass"},
		{Name: "64 answers of each at most", Set: long, Want: "not-applicable", Says: "(76 answers"},
		{Name: "a server that already runs", Set: attached, Want: "not-applicable"},
		{Name: "no answer", Set: mute, Want: "untestable"},
	})
}

func TestIDsComeInOneOrder(t *testing.T) {
	p := &ids{sayings: 1, sessions: map[string]bool{}, times: map[string]int{}, session: map[string]string{}}
	for i := range 50 {
		p.add(idOf(i), "one")
	}
	if all := p.standing(); len(all) != 50 || !slices.IsSorted(all) {
		t.Errorf("%d ids are in the order of the map", len(all))
	}
}
