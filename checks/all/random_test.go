package all

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// words are texts that steer judges into their branches.
var words = []string{
	"", "x", "200", "text/event-stream", "application/json", `{"status":"HealthyBusy","time_of_last_update":1790000000}`, `{"status":1}`,
	`{"status":"Healthy","time_of_last_update":1e999}`, `{"time_of_last_update":"2026"}`, "data: x\n\n", "\xff\xfe", "truncated-json",
	"prompt-blocks", "empty-object", "not-utf8", "stream", "headers", "platform", "minimal", "HTTP/1.0", "answered", "timeout", "reset",
	"truncated", "refused", "garbled", "abandoned", "exited", "answers-badly", "loopback-only", "HTTP", "MCP", "arm64", "elf",
}

var numbers = []float64{0, 1, -1, 3, 200, 204, 307, 401, 404, 406, 413, 415, 421, 500, 503, 8080, 1500, 60_000, 2e5, 1e12, -1e12, math.MaxInt32}

// fill gives a value random content, deeper and deeper less likely.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		if depth < 7 && r.IntN(4) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i), depth+1)
		}
	case reflect.Slice:
		if depth < 8 {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(5), 5))
			for i := range v.Len() {
				fill(r, v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(6) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(r, key, depth+1)
			fill(r, value, depth+1)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(words[r.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(numbers[r.IntN(len(numbers))]))
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(uint64(r.IntN(256)))
	case reflect.Float64:
		v.SetFloat(numbers[r.IntN(len(numbers))])
	}
}

// Records that make no sense at all are still ruled on: a judge that panics is a fault of the harness.
func TestJudgesBearAnyRecords(t *testing.T) {
	registry := All()
	for seed := range uint64(400) {
		set := &record.Set{}
		fill(rand.New(rand.NewPCG(seed, 1)), reflect.ValueOf(set).Elem(), 0)
		set.Terms.Protocol, set.Gaps = "HTTP", nil
		for _, cl := range checks.Contract().Clauses() {
			for _, f := range registry.Rule(checks.Contract(), cl.ID, set) {
				if f.Outcome == checks.Error && strings.Contains(f.Actual, "the check") {
					t.Fatalf("seed %d, %s: %s", seed, f.ID, f.Actual)
				}
			}
		}
	}
}
