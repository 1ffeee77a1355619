package aws

import (
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Count is how many requests came so far, as far as they are kept.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries)
}

// Since returns the requests that are kept, from the nth on, with times counted from the epoch.
func (s *Server) Since(n int, epoch time.Time) []record.ServiceRequest {
	all := s.Requests(epoch).Requests
	return all[min(n, len(all)):]
}
