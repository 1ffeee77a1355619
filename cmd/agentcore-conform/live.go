package main

import (
	"os"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

// display shows a run's events while it goes on.
type display struct {
	live    *reports.Live
	verbose bool
}

// live shows progress on stderr unless --quiet or there is no file behind it.
func (a *app) live(s *settings) display {
	f, ok := a.stderr.(*os.File)
	if s.quiet || !ok {
		return display{}
	}
	return display{reports.NewLive(f, reports.Colour(s.color), s.verbose), s.verbose}
}

// Event passes one event of a run on to the display.
func (d display) Event(e suites.Event) {
	if d.live == nil {
		return
	}
	switch e.Kind {
	case suites.EventPlan:
		d.live.Plan(e.Text, e.Planned)
	case suites.EventBegin:
		d.live.Begin(e.Scenario, e.Planned)
	case suites.EventProgress:
		d.live.Progress(e.Scenario, reports.Progress{Turns: e.Turns, Passed: e.Took, Planned: e.Planned, Memory: e.Memory})
	case suites.EventEnd:
		d.live.End(e.Scenario, e.Took)
	case suites.EventFinding:
		d.live.Finding(e.Clause, e.Outcome, e.Text)
	case suites.EventLog:
		if d.verbose {
			d.live.Log(e.Text)
		}
	}
}

// Done ends the display.
func (d display) Done() {
	if d.live != nil {
		d.live.Close()
	}
}
