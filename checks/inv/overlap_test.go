package inv

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestOverlap(t *testing.T) {
	turn := func(marker string, x *record.Exchange, found ...string) record.Turn {
		return record.Turn{Session: "s", Marker: marker, Call: *x, Found: found}
	}
	set := func(turns ...record.Turn) *record.Set {
		return &record.Set{Calls: checktest.Calls(nil), Overlap: &record.Overlap{
			Before: checktest.Alive(), StateAfter: checktest.Alive(), Turns: turns,
			Solo: turn("m0", checktest.OK(), "m0"), After: turn("m9", checktest.OK(), "m9"),
		}}
	}
	ok := checktest.OK()
	a, b := turn("m1", ok, "m1"), turn("m2", ok, "m2")
	busy := checktest.Stream(10, 10, `{"error":"busy","error_type":"ConcurrencyException"}`)
	broken := set(a, b)
	broken.Overlap.After = turn("m9", checktest.Answer(500, "{}"))
	throttled := set(a, b)
	throttled.Overlap.After = turn("m9", checktest.Answer(429, "{}"))
	gone := set(a, b)
	gone.Overlap.StateAfter = checktest.Dead(1)
	mute := set(turn("m1", ok, "m2"), turn("m2", ok, "m1"))
	mute.Overlap.Solo = turn("m0", ok)
	alone := set(a, b)
	alone.Overlap.Solo = turn("m0", checktest.Answer(500, "{}"))
	none := set(a, b)
	none.Calls = checktest.NoModel(500)
	checktest.Judge(t, Checks, "INV-17", []checktest.Case{
		{Name: "served", Set: set(a, b), Want: "pass"},
		{Name: "the session's history is no mix-up", Set: set(turn("m1", ok, "m0", "m1"), turn("m2", ok, "m1", "m2")), Want: "pass"},
		{Name: "500, as Strands refuses", Set: set(a, turn("m2", checktest.Answer(500, "{}"))), Want: "refused"},
		{Name: "200 with an error event, as Strands refuses in streams", Set: set(a, turn("m2", busy)), Want: "refused"},
		{Name: "answers mixed", Set: set(turn("m1", ok, "m2"), turn("m2", ok, "m2")), Want: "mixed"},
		{Name: "an agent that answers with no marker cannot mix them up", Set: mute, Want: "pass"},
		{Name: "no answer", Set: set(a, turn("m2", checktest.Ended(record.TimedOut))), Want: "no-answer"},
		{Name: "broken afterwards", Set: broken, Want: "broken-after"},
		{Name: "429 afterwards: busy", Set: throttled, Want: "pass"},
		{Name: "exits", Set: gone, Want: "process-gone"},
		{Name: "not even served alone", Set: alone, Want: "untestable"},
		{Name: "only one", Set: set(a), Want: "untestable"},
		{Name: "no model", Set: none, Want: "untestable"},
	})
}
