package reports

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// shownExchange is one exchange of a run: what was played when it was sent, and the findings that it is evidence of.
type shownExchange struct {
	*record.Exchange
	// kind is that of the record that holds it; empty for one that only a finding holds.
	kind     string
	findings []checks.Finding
}

// exchangesOf lists the exchanges of a run: those behind findings first, gravest outcome first, then the others in the order
// of the records. Each stands once, with all the findings that rest on it.
func exchangesOf(run *Run) []shownExchange {
	var out []shownExchange
	at := map[exchangeKey]int{}
	add := func(x *record.Exchange) *shownExchange {
		k := keyOf(x)
		i, seen := at[k]
		if !seen {
			i = len(out)
			at[k] = i
			out = append(out, shownExchange{Exchange: x})
		}
		return &out[i]
	}
	for _, f := range withOutcome(run.Findings, outcomes...) {
		for _, e := range f.Evidence {
			if e.Exchange != nil {
				s := add(e.Exchange)
				s.findings = append(s.findings, f)
			}
		}
	}
	eachExchange(run.Records, func(kind string, x *record.Exchange) {
		if s := add(x); s.kind == "" {
			s.kind = kind
		}
	})
	return out
}

// exchangeKey is the same for an exchange in the records and for its copy in a finding.
type exchangeKey struct {
	id       string
	at, took record.Millis
}

func keyOf(x *record.Exchange) exchangeKey { return exchangeKey{x.ID, x.At, x.Took} }

// eachExchange visits every exchange that was sent, record by record.
func eachExchange(set *record.Set, visit func(kind string, x *record.Exchange)) {
	if set == nil {
		return
	}
	v := reflect.ValueOf(set).Elem()
	for i := range v.NumField() {
		kind, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		findExchanges(v.Field(i), func(x *record.Exchange) { visit(kind, x) })
	}
}

// findExchanges looks through everything that v holds. Records are trees, so this ends.
func findExchanges(v reflect.Value, visit func(*record.Exchange)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			findExchanges(v.Elem(), visit)
		}
	case reflect.Struct:
		if x, is := v.Addr().Interface().(*record.Exchange); is {
			if x.Request.Method != "" || len(x.Request.Raw) > 0 {
				visit(x)
			}
			return
		}
		for i := range v.NumField() {
			findExchanges(v.Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			findExchanges(v.Index(i), visit)
		}
	case reflect.Map:
		findInMap(v, visit)
	}
}

// findInMap visits a map's values in the order of its keys. They are pointers: the records hold no exchange by value there.
func findInMap(v reflect.Value, visit func(*record.Exchange)) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	for _, k := range keys {
		if value := v.MapIndex(k); value.Kind() == reflect.Pointer {
			findExchanges(value, visit)
		}
	}
}
