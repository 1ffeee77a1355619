package record

import "testing"

func TestSetHasWhatItHolds(t *testing.T) {
	sets := map[Kind]*Set{
		KindImage: {Image: &Image{}}, KindBoot: {Boot: &Boot{}}, KindCalls: {Calls: &Calls{}}, KindIdle: {Idle: &Idle{}},
		KindStream: {Stream: &Stream{}}, KindInFlight: {InFlight: &InFlight{}}, KindMalformed: {Malformed: &Malformed{}},
		KindBodies: {Bodies: &Bodies{}}, KindDisconnect: {Disconnect: &Disconnect{}}, KindOverlap: {Overlap: &Overlap{}},
		KindSessions: {Sessions: &Sessions{}}, KindAsync: {Async: &Async{}}, KindModelFaults: {ModelFaults: &ModelFaults{}},
		KindClean: {Clean: &Clean{}}, KindLongSession: {LongSession: &LongSession{}}, KindStop: {Stop: &Stop{}}, KindEnd: {End: &End{}},
		KindModel: {Model: &ModelUse{}}, KindSurface: {Surface: &Surface{}}, KindWire: {Wire: &Wire{}},
		KindStopInFlight: {StopInFlight: &StopInFlight{}}, KindKilled: {Killed: &Killed{}}, KindFreeze: {Freeze: &Freeze{}},
		KindClock: {Clock: &Clock{}}, KindCredentials: {Credentials: &Credentials{}},
	}
	for kind, set := range sets {
		for other := range sets {
			if got := set.Has(other); got != (kind == other) {
				t.Errorf("a set of %s alone has %s: %v", kind, other, got)
			}
		}
		if set.Has("no-such-record") {
			t.Error("a set has an unknown record")
		}
	}
}

func TestGapOf(t *testing.T) {
	set := &Set{Gaps: []Gap{{Kind: KindBoot, Why: GapScope, Text: "first"}, {Kind: KindBoot, Why: GapHarness, Text: "second"}}}
	if g := set.GapOf(KindBoot); g == nil || g.Text != "first" {
		t.Errorf("the first word on a record counts, got %+v", g)
	}
	if g := set.GapOf(KindCalls); g != nil {
		t.Errorf("nothing was said of it, got %+v", g)
	}
}

func TestLatencyLeavesOutWhatWasNotSent(t *testing.T) {
	l := LatencyOf([]Ping{
		{Outcome: Answered, Took: 10, Lag: 2}, {Outcome: Abandoned, Took: 900, Lag: 900}, {Outcome: Unsent, Took: 800}, {Outcome: TimedOut, Took: 30},
	})
	if l.Count != 2 || l.Max != 30 || l.MaxLag != 2 || l.P99 != 30 {
		t.Errorf("two were sent, the slowest took 30 ms: got %+v", l)
	}
	if l = LatencyOf([]Ping{{Outcome: Answered, Took: 5_000_000}}); l.Count != 1 || l.Max != 5_000_000 || l.P50 < 3_590_000 || l.P50 > 3_610_000 {
		t.Errorf("more than an hour counts as an hour: got %+v", l)
	}
	if l = LatencyOf([]Ping{{Outcome: Answered}, {Outcome: Answered, Took: 1000}}); l.Count != 2 || l.P99 < 998 || l.P99 > 1001 {
		t.Errorf("no time at all is a time, and a thousandth is exact enough: got %+v", l)
	}
}
