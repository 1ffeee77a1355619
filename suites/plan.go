package suites

import (
	"fmt"
	"slices"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/all"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/scenario"
)

// registry is every check of this build.
var registry = all.All()

// plan is what a run will do: which clauses it rules on, which records that takes, and how long it will wait on purpose.
type plan struct {
	clauses []string
	kinds   map[record.Kind]bool
	scope   reports.Scope
	why     []string
	boots   int
	waits   time.Duration
}

// smokeClauses are what static facts, a boot, a ping, one JSON and one streamed call can show.
var smokeClauses = []string{
	"NET-01", "NET-02", "NET-03", "NET-09", "PING-01", "PING-02", "PING-03", "PING-04", "PING-12", "INV-01", "INV-02", "INV-03", "INV-04",
	"INV-20", "SSE-01", "SSE-02", "SSE-06", "LIFE-01",
}

// smokeKinds are the records a smoke run takes.
var smokeKinds = []record.Kind{record.KindImage, record.KindBoot, record.KindCalls, record.KindIdle, record.KindStream}

func newPlan(o Options) (*plan, error) {
	clauses, err := Select(o.Only, o.Skip, o.Protocol)
	if err != nil {
		return nil, err
	}
	p := &plan{clauses: clauses, scope: reports.Full, kinds: map[record.Kind]bool{}}
	p.reduce(o)
	for _, id := range p.clauses {
		if ch, ok := registry.Check(id); ok {
			for _, k := range slices.Concat(ch.Needs, ch.Wants) {
				p.kinds[k] = true
			}
		}
	}
	p.closeOver(o)
	p.price(o)
	if len(p.clauses) == 0 {
		return nil, usagef("nothing is left to test: the selection holds no clause that this profile or target can show")
	}
	return p, nil
}

// reduce notes what makes the scope smaller than the contract, and drops the clauses that a profile does not look at.
func (p *plan) reduce(o Options) {
	note := func(cond bool, why string) {
		if cond {
			p.scope = reports.Reduced
			p.why = append(p.why, why)
		}
	}
	note(o.Endpoint != "", "attach: a running server has no image, boot or process to look at")
	note(o.Inspect, "inspect: nothing was booted")
	note(o.Profile == Smoke, "profile smoke")
	note(len(o.Only) > 0, "--only")
	note(len(o.Skip) > 0, "--skip")
	note(o.Freeze < 0 && o.Profile != Smoke && !o.Inspect && o.Endpoint == "", "--freeze 0")
	keep := func(id string) bool {
		switch {
		case o.Inspect:
			return p.static(id)
		case o.Profile == Smoke:
			return p.static(id) || slices.Contains(smokeClauses, id)
		}
		return true
	}
	p.clauses = slices.DeleteFunc(p.clauses, func(id string) bool { return !keep(id) })
}

// static reports that a clause is ruled on from the image alone.
func (p *plan) static(id string) bool {
	ch, ok := registry.Check(id)
	return ok && !slices.ContainsFunc(ch.Needs, func(k record.Kind) bool { return k != record.KindImage })
}

// closeOver adds the records that others cannot be taken without.
func (p *plan) closeOver(o Options) {
	for k := range p.kinds {
		if o.Profile == Smoke && !slices.Contains(smokeKinds, k) || o.Inspect && k != record.KindImage {
			delete(p.kinds, k)
		}
	}
	dynamic := false
	for k := range p.kinds {
		dynamic = dynamic || k != record.KindImage
	}
	if dynamic {
		p.kinds[record.KindBoot] = true
	}
	for k := range p.kinds {
		if k != record.KindImage && k != record.KindBoot && k != record.KindIdle {
			p.kinds[record.KindCalls] = true
		}
	}
	if p.kinds[record.KindCalls] && o.Model == ModelScripted && o.Endpoint == "" {
		p.kinds[record.KindModel] = true
	}
	if p.kinds[record.KindStop] {
		p.kinds[record.KindLongSession] = true
	}
}

// price counts boots and planned waits.
func (p *plan) price(o Options) {
	if p.kinds[record.KindBoot] && o.Endpoint == "" {
		p.boots = 1
		if p.kinds[record.KindClean] {
			p.boots++
		}
		if p.kinds[record.KindLongSession] {
			p.boots++
		}
		if p.kinds[record.KindStopInFlight] && (o.SlowPayload != "" || o.Model == ModelScripted) {
			p.boots += 2
		}
		if p.kinds[record.KindKilled] {
			p.boots++
		}
		if p.kinds[record.KindKilled] || p.kinds[record.KindFreeze] && o.Freeze >= 0 {
			p.boots++
		}
		if p.kinds[record.KindClock] {
			p.boots++
		}
		if p.kinds[record.KindCredentials] && o.KeyLife > 0 {
			p.boots++
		}
	}
	p.waits = plannedWaits(func(k record.Kind) bool { return p.kinds[k] }, o, false)
}

// plannedWaits is the waiting on purpose that the records of a run take: the quiet burst first, then the main lane's own
// waits beside the session lane. Whether the agent asks a model is only known once it was spoken to.
func plannedWaits(has func(record.Kind) bool, o Options, asked bool) time.Duration {
	var quiet, main, beside time.Duration
	if has(record.KindIdle) {
		quiet, main = scenario.BurstWait, pollWait(o)
	}
	if has(record.KindInFlight) && (o.SlowPayload != "" || asked) {
		main += scenario.InFlightWait()
	}
	if has(record.KindWire) {
		main += wireWait(has(record.KindIdle))
	}
	if has(record.KindModelFaults) && asked {
		main += scenario.ModelFaultsWait()
	}
	if has(record.KindLongSession) || has(record.KindClean) {
		beside = o.SessionDuration
	}
	if o.Endpoint != "" {
		return quiet + main + beside
	}
	if has(record.KindFreeze) {
		beside = max(beside, o.Freeze)
	}
	if has(record.KindCredentials) {
		beside = max(beside, scenario.UntilExpired(o.KeyLife))
	}
	return quiet + max(main, beside)
}

// wireWait is the planned waiting of the wire's record; the connection that lies idle does so during the slow poll where there
// is one.
func wireWait(polled bool) time.Duration {
	if polled {
		return scenario.SlowReadWait
	}
	return scenario.SlowReadWait + scenario.IdleGap
}

// pollWait is the planned time of the slow poll; smoke does without.
func pollWait(o Options) time.Duration {
	if o.Profile == Smoke {
		return 0
	}
	return scenario.PollWait
}

// String is one line for people: what the run will do.
func (p *plan) String() string {
	tested := 0
	for _, id := range p.clauses {
		if _, ok := registry.Check(id); ok {
			tested++
		}
	}
	return fmt.Sprintf("%d clauses, %d boots, %s of planned waiting", tested, p.boots, p.waits.Round(time.Second))
}
