package ping

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// start is the epoch of all records in these tests, in Unix seconds.
const start = 1_790_000_000

var healthy = checktest.Body("Healthy", start)

// idle is a set whose idle poll is given.
func idle(poll ...record.Ping) *record.Set {
	return &record.Set{Boot: checktest.Ready(900), Idle: &record.Idle{Epoch: start, Poll: poll}}
}

// said is an idle set in which every health check had that body.
func said(body string) *record.Set { return idle(checktest.Pings(10, 4, body)...) }

func changed(set *record.Set, f func(*record.Set)) *record.Set {
	f(set)
	return set
}
