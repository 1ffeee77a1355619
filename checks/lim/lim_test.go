package lim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// sized is a working agent with an answer of so many bytes.
func sized(n int64, declared int64) *record.Set {
	x := checktest.OK()
	x.Response.BodySize = n
	set := &record.Set{Calls: checktest.Calls(map[record.Variant]*record.Exchange{record.AcceptJSON: x})}
	set.Terms.MaxPayload = declared
	return set
}

func TestPayload(t *testing.T) {
	stream := checktest.Stream(1, 1, `"a"`)
	stream.Response.BodySize = 200_000_000
	onlyStream := &record.Set{Calls: &record.Calls{Ladder: []record.Exchange{*stream}}}
	checktest.Judge(t, Checks, "LIM-01", []checktest.Case{
		{Name: "small", Set: sized(20, 0), Want: "pass"},
		{Name: "declared within the limit", Set: sized(20, 100_000_000), Want: "pass"},
		{Name: "over 100 MB", Set: sized(100_000_001, 0), Want: "too-large"},
		{Name: "95 MB", Set: sized(95_000_000, 0), Want: "near-limit"},
		{Name: "declared over the limit", Set: sized(20, 104_857_600), Want: "declared-too-large"},
		{Name: "a long stream is bounded by its chunks", Set: onlyStream, Want: "note"},
	})
}

// declared is a run with those variables.
func declared(env ...record.EnvVar) *record.Set {
	return &record.Set{Image: &record.Image{}, Terms: record.Terms{Environment: env}}
}

func many(n, value int) []record.EnvVar {
	var out []record.EnvVar
	for i := range n {
		out = append(out, record.EnvVar{Name: fmt.Sprintf("V%02d", i), ValueLength: value})
	}
	return out
}

func TestEnvironment(t *testing.T) {
	checktest.Judge(t, Checks, "LIM-07", []checktest.Case{
		{Name: "a few", Set: declared(many(3, 20)...), Want: "pass"},
		{Name: "fifty", Set: declared(many(50, 20)...), Want: "pass"},
		{Name: "fifty-one", Set: declared(many(51, 20)...), Want: "too-many"},
		{Name: "a key in PEM form", Set: declared(record.EnvVar{Name: "KEY", ValueLength: 1700, ControlChars: true}), Want: "control-chars"},
		{Name: "a long name", Set: declared(record.EnvVar{Name: strings.Repeat("N", 101), ValueLength: 1}), Want: "long-name"},
		{Name: "a name of 100", Set: declared(record.EnvVar{Name: strings.Repeat("N", 100), ValueLength: 1}), Want: "pass"},
		{Name: "a long value is too large as well", Set: declared(record.EnvVar{Name: "N", ValueLength: 5001}), Want: "long-value", Also: []string{"too-large"}},
		{Name: "4 KB", Set: declared(many(2, 2045)...), Want: "too-large-for-v2"},
		{Name: "over 4 KB", Set: declared(many(2, 2046)...), Want: "too-large"},
		{Name: "2.5 KB", Set: declared(many(2, 1277)...), Want: "pass"},
		{Name: "over 2.5 KB on V2", Set: onV2(declared(many(2, 1278)...)), Want: "too-large-on-v2"},
		{Name: "2.5 KB on V2", Set: onV2(declared(many(2, 1277)...)), Want: "pass"},
		{Name: "over 4 KB on V2", Set: onV2(declared(many(2, 2046)...)), Want: "too-large"},
		{Name: "everything at once", Set: declared(append(many(51, 100), record.EnvVar{Name: "K", ControlChars: true})...),
			Want: "control-chars", Also: []string{"too-many", "too-large"}},
		{Name: "none declared", Set: declared(), Want: "not-applicable"},
	})
}

func onV2(set *record.Set) *record.Set {
	set.Terms.PlatformVersion = record.PlatformV2
	return set
}

func TestFigures(t *testing.T) {
	streaming := &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(map[record.Variant]*record.Exchange{record.AcceptSSE: checktest.Stream(1, 1, `"a"`)})}
	checktest.Judge(t, Checks, "LIM-02", []checktest.Case{
		{Name: "streams", Set: streaming, Want: "note"},
		{Name: "never streamed", Set: &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(nil)}, Want: "not-applicable"},
	})
	checktest.Judge(t, Checks, "LIM-03", []checktest.Case{{Name: "calls", Set: streaming, Want: "note"}})
	sampled := &record.Set{Boot: checktest.Ready(900), End: &record.End{Samples: []record.Sample{{Memory: 5 << 20}}}, LongSession: &record.LongSession{Samples: []record.Sample{{Memory: 9 << 20}}}}
	checktest.Judge(t, Checks, "LIM-05", []checktest.Case{
		{Name: "sampled", Set: sampled, Want: "note"},
		{Name: "no samples", Set: &record.Set{Boot: checktest.Ready(900)}, Want: "note"},
	})
	checktest.Judge(t, Checks, "LIM-06", []checktest.Case{
		{Name: "compressed", Set: &record.Set{Image: &record.Image{CompressedSize: 5 << 20, UncompressedSize: -1}}, Want: "note"},
		{Name: "uncompressed", Set: &record.Set{Image: &record.Image{CompressedSize: -1, UncompressedSize: 5 << 20}}, Want: "note"},
		{Name: "unknown", Set: &record.Set{Image: &record.Image{CompressedSize: -1, UncompressedSize: -1}}, Want: "note"},
	})
	for _, clause := range []string{"LIM-04", "LIM-08", "LIM-09", "LIM-10", "LIM-11", "LIM-12"} {
		checktest.Judge(t, Checks, clause, []checktest.Case{{Name: clause, Set: &record.Set{Boot: checktest.Ready(900)}, Want: "note"}})
	}
}
