package suites

import (
	"reflect"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// TakenFor is what a gate limited to one clause would have recorded of what a whole one did.
func TakenFor(clause string, set *record.Set) (*record.Set, error) {
	p, err := newPlan(Options{Only: []string{clause}, Protocol: set.Terms.Protocol, Profile: Gate, Model: set.Terms.Model})
	if err != nil {
		return nil, err
	}
	part := *set
	v := reflect.ValueOf(&part).Elem()
	for i := range v.NumField() {
		kind, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if v.Field(i).Kind() == reflect.Pointer && !p.kinds[record.Kind(kind)] && !v.Field(i).IsNil() {
			v.Field(i).SetZero()
			part.Gaps = append(part.Gaps[:len(part.Gaps):len(part.Gaps)], record.Gap{Kind: record.Kind(kind), Why: record.GapScope, Text: "not taken"})
		}
	}
	return &part, nil
}
