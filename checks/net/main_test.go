package net

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// boot is a set with nothing but a boot.
func boot(b *record.Boot) *record.Set { return &record.Set{Boot: b} }

// calls is a set with a boot and a working happy path whose variants are given.
func calls(variants map[record.Variant]*record.Exchange) *record.Set {
	return &record.Set{Boot: checktest.Ready(900), Calls: checktest.Calls(variants)}
}

// change edits a value in place: tables stay one line a case.
func change[T any](v *T, f func(*T)) *T {
	f(v)
	return v
}
