package scenario

import (
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
)

// Modelled reports that the agent asks the scripted model: what the model does can be played on it.
func (s *Stage) Modelled() bool { return s.Model != nil && s.Model.Count() > 0 }

// script has the model answer in another way until the function that it returns is called. It does nothing for an agent
// that asks no model of ours.
func (s *Stage) script(script model.Script) (restore func()) {
	if !s.Modelled() {
		return func() {}
	}
	s.Model.Play(script)
	return func() { s.Model.Play(model.Script{}) }
}

// listen returns a function that tells what the agent asked the model since.
func (s *Stage) listen() (heard func() []record.ModelRequest) {
	if s.Model == nil {
		return func() []record.ModelRequest { return nil }
	}
	from := s.Model.Count()
	return func() []record.ModelRequest { return s.Model.Since(from, s.Target.Epoch()) }
}

// attend returns a function that tells what the agent asked other services since.
func (s *Stage) attend() (served func() []record.ServiceRequest) {
	if s.Services == nil {
		return func() []record.ServiceRequest { return nil }
	}
	from := s.Services.Count()
	return func() []record.ServiceRequest { return s.Services.Since(from, s.Target.Epoch()) }
}

// watchStores returns a function that tells which markers the agent stored elsewhere since, and got back from there.
func (s *Stage) watchStores() (stored func() []record.ServiceRequest) {
	served := s.attend()
	return func() []record.ServiceRequest {
		return slices.DeleteFunc(served(), func(q record.ServiceRequest) bool { return len(q.Markers)+len(q.Returned) == 0 })
	}
}
