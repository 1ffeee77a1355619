package reports

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// transcriptBudget bounds the transcript, in bytes of text.
const transcriptBudget = 1 << 20

var transcriptBounds = bounds{lines: 40, width: 600, total: 2 << 10}

// htmlScenario is what was sent in one scenario, and what came back.
type htmlScenario struct {
	Name, Title string
	Exchanges   []htmlExchange
	// More counts the exchanges that there is no room for.
	More int
}

var scenarioTitles = map[record.Kind]string{
	record.KindBoot: "the start", record.KindCalls: "ordinary calls", record.KindIdle: "health checks at rest",
	record.KindStream: "a streamed answer", record.KindInFlight: "calls beside health checks", record.KindWire: "unusual shapes of HTTP",
	record.KindMalformed: "requests that no agent wants", record.KindSurface: "other paths", record.KindBodies: "large bodies",
	record.KindDisconnect: "callers who leave", record.KindOverlap: "calls of one session at a time",
	record.KindSessions: "many sessions at once", record.KindAsync: "background work", record.KindModelFaults: "a model that fails",
	record.KindClean: "nothing but the image", record.KindLongSession: "the long session",
	record.KindStopInFlight: "SIGTERM during work", record.KindKilled: "SIGKILL during a call", record.KindFreeze: "standing still, as in a snapshot",
	record.KindClock: "a clock that is wrong", record.KindCredentials: "credentials that end",
}

// transcriptOf is every exchange of the records, by scenario and each once, as far as there is room.
func transcriptOf(set *record.Set) []htmlScenario {
	if set == nil {
		return nil
	}
	var out []htmlScenario
	room, seen := budget(transcriptBudget), map[string]bool{}
	fields := reflect.ValueOf(set).Elem()
	for i := range fields.NumField() {
		name, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		s := htmlScenario{Name: name, Title: scenarioTitles[record.Kind(name)]}
		for _, x := range exchangesIn(fields.Field(i)) {
			if x.ID != "" && seen[x.ID] {
				continue
			}
			seen[x.ID] = true
			if room > 0 { // what comes first is in full, then nothing
				one := exchangeOf(x, transcriptBounds)
				if room.take(one.size()) {
					s.Exchanges = append(s.Exchanges, one)
					continue
				}
				room = 0
			}
			s.More++
		}
		if len(s.Exchanges)+s.More > 0 {
			out = append(out, s)
		}
	}
	return out
}

// exchangesIn finds the exchanges of a record, whatever its type. Those of a map are in the order in which they were sent.
func exchangesIn(v reflect.Value) []*record.Exchange {
	if v.CanAddr() {
		if x, ok := v.Addr().Interface().(*record.Exchange); ok {
			return []*record.Exchange{x}
		}
	}
	var out []*record.Exchange
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out = exchangesIn(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, exchangesIn(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, exchangesIn(v.Index(i))...)
		}
	case reflect.Map:
		for _, value := range v.Seq2() {
			out = append(out, exchangesIn(value)...)
		}
		slices.SortFunc(out, func(a, b *record.Exchange) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	}
	return out
}
