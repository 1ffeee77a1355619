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

func changed(set *record.Set, f func(*record.Set)) *record.Set {
	f(set)
	return set
}
