package lim

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestFiguresAreTheLargest(t *testing.T) {
	slow := checktest.OK()
	slow.Took = 7000
	stream := checktest.Stream(4000, 1000, `"a"`, `"longer"`)
	late := &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(map[record.Variant]*record.Exchange{
		record.AcceptNone: slow, record.AcceptSSE: stream, record.Minimal: checktest.Stream(1, 1, `"b"`),
	})}
	checktest.Judge(t, Checks, "LIM-02", []checktest.Case{{Name: "two streams", Set: late, Want: "note", Says: "of 2 streams has 8 bytes"}})
	checktest.Judge(t, Checks, "LIM-03", []checktest.Case{{Name: "two streams", Set: late, Want: "note", Says: "took 7.0 s of 15 minutes, the longest stream 6.0 s"}})
	sampled := func(main, long []record.Sample) *record.Set {
		return &record.Set{Boot: checktest.Ready(900), End: &record.End{Samples: main}, LongSession: &record.LongSession{Samples: long}}
	}
	checktest.Judge(t, Checks, "LIM-05", []checktest.Case{
		{Name: "the main container", Set: sampled([]record.Sample{{Memory: 90e6}, {Memory: 10e6}}, nil), Want: "note", Says: "90 MB of 8 GB"},
		{Name: "the long session", Set: sampled(nil, []record.Sample{{Memory: 70e6}}), Want: "note", Says: "70 MB of 8 GB"},
		{Name: "no figures", Set: sampled(nil, nil), Want: "note", Says: "no figures"},
	})
	image := func(packed, plain int64) *record.Set {
		return &record.Set{Image: &record.Image{CompressedSize: packed, UncompressedSize: plain}}
	}
	checktest.Judge(t, Checks, "LIM-06", []checktest.Case{
		{Name: "compressed", Set: image(5e6, 9e6), Want: "note", Says: "5 MB compressed"},
		{Name: "nothing, compressed", Set: image(0, 9e6), Want: "note", Says: "0 MB compressed"},
		{Name: "uncompressed", Set: image(-1, 9e6), Want: "note", Says: "9 MB uncompressed"},
		{Name: "nothing, uncompressed", Set: image(-1, 0), Want: "note", Says: "0 MB uncompressed"},
		{Name: "unknown", Set: image(-1, -1), Want: "note", Says: "not known"},
	})
}

func TestPayloadAtItsLimits(t *testing.T) {
	checktest.Judge(t, Checks, "LIM-01", []checktest.Case{
		{Name: "90 MB", Set: sized(90_000_000, 0), Want: "pass", Measures: map[string]float64{"lim.largestAnswerBytes": 90_000_000}},
		{Name: "more than 90 MB", Set: sized(90_000_001, 0), Want: "near-limit"},
		{Name: "100 MB", Set: sized(100_000_000, 0), Want: "near-limit"},
		{Name: "declared one byte over", Set: sized(20, 100_000_001), Want: "declared-too-large"},
	})
}

func TestEnvironmentNamesAFew(t *testing.T) {
	env := make([]record.EnvVar, 0, 7)
	for _, name := range []string{"A", "B", "C", "D", "E", "F", "G"} {
		env = append(env, record.EnvVar{Name: name, ControlChars: true})
	}
	checktest.Judge(t, Checks, "LIM-07", []checktest.Case{
		{Name: "seven", Set: declared(env...), Want: "control-chars", Says: "in A, B, C, D, E and 2 more"},
		{Name: "five", Set: declared(env[:5]...), Want: "control-chars", Says: "in A, B, C, D, E"},
	})
}
