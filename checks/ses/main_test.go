package ses

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// with is a working agent whose variant was answered so.
func with(v record.Variant, x *record.Exchange) *record.Set {
	return &record.Set{Calls: checktest.Calls(map[record.Variant]*record.Exchange{v: x})}
}

func noModel() *record.Set { return &record.Set{Calls: checktest.NoModel(500)} }

// change edits a value in place: tables stay one line a case.
func change[T any](v *T, f func(*T)) *T {
	f(v)
	return v
}
