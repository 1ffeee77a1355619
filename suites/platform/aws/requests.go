package aws

import (
	"cmp"
	"slices"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// Requests returns what was asked so far, with times counted from the epoch.
func (s *Server) Requests(epoch time.Time) record.Services {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := record.Services{Dropped: s.dropped}
	for _, e := range s.entries {
		r := e.record
		r.At = stub.Millis(e.arrived.Sub(epoch))
		out.Requests = append(out.Requests, r)
	}
	for _, c := range s.called {
		out.Called = append(out.Called, *c)
	}
	sortCalls(out.Called)
	return out
}

// count is called under the lock. Names come from the container, so that only so many are told apart.
func (s *Server) count(service, operation string, denied bool) {
	key := calledKey{service, operation}
	if s.called[key] == nil {
		if len(s.called) >= record.MaxServiceCalls-1 {
			key = calledKey{}
		}
		if s.called[key] == nil {
			s.called[key] = &record.ServiceCalls{Service: key.service, Operation: key.operation}
		}
	}
	c := s.called[key]
	c.Requests++
	if denied {
		c.Denied++
	}
}

// Called sums up the calls of all containers of a run, the most frequent first.
func Called(all ...record.Services) []record.ServiceCalls {
	sums := map[calledKey]record.ServiceCalls{}
	for _, one := range all {
		for _, c := range one.Called {
			key := calledKey{c.Service, c.Operation}
			sum := sums[key]
			sum.Service, sum.Operation = c.Service, c.Operation
			sum.Requests += c.Requests
			sum.Denied += c.Denied
			sums[key] = sum
		}
	}
	var out []record.ServiceCalls
	for _, c := range sums {
		out = append(out, c)
	}
	sortCalls(out)
	return out[:min(len(out), record.MaxServiceCalls)]
}

func sortCalls(calls []record.ServiceCalls) {
	slices.SortFunc(calls, func(a, b record.ServiceCalls) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
	})
}
