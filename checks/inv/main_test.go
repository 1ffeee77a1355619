package inv

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

// ladder is an agent whose calls were all answered so, none with success.
func ladder(x ...*record.Exchange) *record.Set {
	c := &record.Calls{Before: checktest.Alive(), After: checktest.Alive(), Variants: map[record.Variant]*record.Exchange{record.Platform: x[0]}}
	for _, e := range x {
		c.Ladder = append(c.Ladder, *e)
	}
	return &record.Set{Calls: c}
}

func noModel() *record.Set { return &record.Set{Calls: checktest.NoModel(500)} }

func changed(set *record.Set, f func(*record.Set)) *record.Set {
	f(set)
	return set
}
