package inv

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestLargeBodies(t *testing.T) {
	bodies := func(fates ...*record.Exchange) *record.Set {
		b := &record.Bodies{Before: checktest.Alive(), After: checktest.Alive()}
		for i, x := range fates {
			b.Calls = append(b.Calls, record.BodyCall{Size: []int64{128 << 10, 1_100_000, 2_000_000, 20_000_000, 100_000_000}[i], Call: *x})
		}
		return &record.Set{Calls: checktest.Calls(nil), Bodies: b}
	}
	declare := func(n int64) func(*record.Set) { return func(s *record.Set) { s.Terms.MaxPayload = n } }
	ok, tooLarge, reset := checktest.OK(), checktest.Answer(413, "{}"), checktest.Ended(record.Reset)
	dead := changed(bodies(ok, reset), func(s *record.Set) { s.Bodies.After = checktest.Dead(137) })
	silent := *dead
	silent.Calls = checktest.NoModel(500)
	checktest.Judge(t, Checks, "INV-12", []checktest.Case{
		{Name: "20 MB taken", Set: bodies(ok, ok, ok, ok), Want: "pass"},
		{Name: "express: 100 kB", Set: bodies(tooLarge), Want: "below-2mb"},
		{Name: "TypeScript SDK: 1 MiB, then a reset", Set: bodies(ok, reset), Want: "below-2mb"},
		{Name: "10 MB", Set: bodies(ok, ok, ok, tooLarge), Want: "below-100mb"},
		{Name: "the platform's own limit", Set: bodies(ok, ok, ok, ok, tooLarge), Want: "pass"},
		{Name: "a declared limit", Set: changed(bodies(ok, tooLarge), declare(1_000_000)), Want: "pass"},
		{Name: "below the declared limit", Set: changed(bodies(ok, tooLarge), declare(50_000_000)), Want: "below-declared"},
		{Name: "500 at 2 MB", Set: bodies(ok, ok, checktest.Answer(500, "{}")), Want: "refused"},
		{Name: "no answer at 20 MB", Set: bodies(ok, ok, ok, checktest.Ended(record.TimedOut)), Want: "no-answer"},
		{Name: "exits", Set: dead, Want: "exit"},
		{Name: "the padding itself is refused: INV-21's", Set: bodies(checktest.Answer(422, "{}"), checktest.Answer(422, "{}")), Want: "untestable"},
		{Name: "no model", Want: "untestable", Set: changed(bodies(checktest.Answer(500, "{}")), func(s *record.Set) { s.Calls = checktest.NoModel(500) })},
		{Name: "no model and it exits", Set: &silent, Want: "untestable"},
	})
}
