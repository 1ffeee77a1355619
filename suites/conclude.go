package suites

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// conclude rules on all records and makes the result.
func (r *run) conclude(interrupted bool) *reports.Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	findings := ruleAll(r.plan.clauses, r.set)
	r.spend(findings)
	if scope, why, err := scopeOf(r.set, r.plan.clauses, r.plan.scope, r.plan.why); err == nil {
		r.plan.scope, r.plan.why = scope, why
	}
	out := reports.Assemble(reports.Input{
		ID: r.o.RunID, Tool: tool(), Findings: findings, Scope: r.plan.scope, ScopeWhy: r.plan.why, Environment: r.env,
		Records: r.set, Started: r.started, Duration: time.Since(r.started), PlannedWait: r.waited(),
		Strict: r.o.Strict, Interrupted: interrupted, Errors: r.errors,
		SessionModels: sessionModels(r.plan.clauses, r.set, r.plan.scope, r.o.Strict, r.o.accepted()),
		Accepted:      r.o.accepted(), Declared: r.o.Declared,
	})
	reports.Redact(out, secretsOf(slices.Concat(r.o.Env, r.o.ModelEnv)))
	return out
}

// waited is the waiting on purpose that the run came to: a session that ended early waited no longer than it lasted.
func (r *run) waited() time.Duration {
	o, beside := r.o, record.Millis(0)
	if l := r.set.LongSession; l != nil {
		beside = l.Lasted
	}
	if c := r.set.Clean; c != nil {
		beside = max(beside, c.Unpolled)
	}
	if f := r.set.Freeze; f != nil {
		o.Freeze = min(o.Freeze, time.Duration(f.Paused*record.Millis(time.Millisecond)))
	}
	if c := r.set.Credentials; c == nil || c.Paused == 0 {
		o.KeyLife = 0
	}
	o.SessionDuration = min(o.SessionDuration, time.Duration(beside*record.Millis(time.Millisecond)))
	return plannedWaits(r.set.Has, o, r.set.Model != nil && r.set.Model.Requests > 0)
}

func ruleAll(clauses []string, set *record.Set) []checks.Finding {
	var out []checks.Finding
	for _, id := range clauses {
		out = append(out, registry.Rule(checks.Contract(), id, set)...)
	}
	return out
}

// spend gives each finding the time of the records that its clause alone needed.
func (r *run) spend(findings []checks.Finding) {
	users := map[record.Kind]int{}
	for _, id := range r.plan.clauses {
		if ch, ok := registry.Check(id); ok {
			for _, k := range ch.Needs {
				users[k]++
			}
		}
	}
	for i := range findings {
		ch, _ := registry.Check(findings[i].ID)
		for _, k := range ch.Needs {
			if users[k] == 1 {
				findings[i].DurationMs += float64(r.took[k]) / float64(time.Millisecond)
			}
		}
	}
}

// sessionModels computes the verdict under both session models on the same records (VERDICTS, SES-06).
func sessionModels(clauses []string, set *record.Set, scope reports.Scope, strict bool, accepted reports.Accepted) map[string]reports.Verdict {
	if set.Sessions == nil {
		return nil
	}
	out := map[string]reports.Verdict{}
	for _, model := range []string{ProcessModel, MicroVM} {
		other := *set
		other.Terms.SessionModel = model
		findings := ruleAll(clauses, &other)
		if strict {
			findings = reports.Strictly(findings)
		}
		out[model] = reports.VerdictOf(accepted.Apply(findings), scope)
	}
	return out
}

// mostScale is the slowest engine whose limits still mean something: at a hundred times, a second is over a minute and a
// half. Native hardware has no excuse but a quota.
const mostScale = 100

// scopeOf is the scope that records can carry, whatever their report says: a reduced run shows in them.
func scopeOf(set *record.Set, clauses []string, said reports.Scope, why []string) (reports.Scope, []string, error) {
	whole, err := Select(nil, nil, set.Terms.Protocol)
	if err != nil {
		return said, why, err
	}
	var found []string
	if set.Terms.Attached || set.Terms.Profile == Smoke {
		found = append(found, "the records are of a reduced run")
	}
	if t := set.Terms; t.TimeScale > max(t.Throttled, 1) && !t.Emulated || t.TimeScale > mostScale {
		found = append(found, fmt.Sprintf("limits on computed work were stretched %.0f times", t.TimeScale))
	}
	if slices.ContainsFunc(set.Gaps, func(g record.Gap) bool { return g.Why == record.GapScope }) {
		found = append(found, "the records leave scenarios out")
	}
	if n := len(without(whole, clauses)); n > 0 {
		found = append(found, fmt.Sprintf("%d clauses of the contract are not in the report", n))
	}
	if said != reports.Full || len(found) == 0 {
		return said, why, nil
	}
	return reports.Reduced, append(slices.Clone(why), found...), nil
}

// without is all of whole that is not in part.
func without(whole, part []string) []string {
	return slices.DeleteFunc(slices.Clone(whole), func(id string) bool { return slices.Contains(part, id) })
}

// Rejudge rules again on the records of an earlier run, with this build's checks: same clauses, scope and strictness, and
// with the report's waivers and baseline.
func Rejudge(old *reports.Run) (*reports.Run, error) {
	if old.Records == nil {
		return nil, usagef("the report holds no records to judge again")
	}
	var clauses []string
	seen := map[string]bool{}
	for _, f := range old.Findings {
		if !seen[f.ID] {
			seen[f.ID] = true
			clauses = append(clauses, f.ID)
		}
	}
	scope, why, err := scopeOf(old.Records, clauses, old.Scope, old.ScopeWhy)
	if err != nil {
		return nil, err
	}
	started, err := time.Parse(time.RFC3339, old.Started)
	if err != nil {
		return nil, usagef("the report's start time %q cannot be read", old.Started)
	}
	accepted := reports.Accepted{Waivers: old.Waivers, Baseline: old.Baseline}
	return reports.Assemble(reports.Input{
		ID: old.ID, Tool: tool(), Findings: ruleAll(clauses, old.Records), Scope: scope, ScopeWhy: why,
		Environment: old.Environment, Records: old.Records, Started: started,
		Duration:    time.Duration(old.DurationMs * float64(time.Millisecond)),
		PlannedWait: time.Duration(old.PlannedWaitMs * float64(time.Millisecond)),
		Strict:      old.Strict, Interrupted: old.Interrupted, Errors: old.Errors,
		SessionModels: sessionModels(clauses, old.Records, scope, old.Strict, accepted),
		Accepted:      accepted, Declared: old.Declared,
	}), nil
}

// RejudgeSet rules on bare records: every clause of their protocol, in reduced scope where the records themselves say so.
func RejudgeSet(set *record.Set) (*reports.Run, error) {
	if set.Schema != record.Schema {
		return nil, usagef("the records have the schema %q, this tool reads %q", set.Schema, record.Schema)
	}
	clauses, err := Select(nil, nil, set.Terms.Protocol)
	if err != nil {
		return nil, err
	}
	scope, why, err := scopeOf(set, clauses, reports.Full, nil)
	if err != nil {
		return nil, err
	}
	return reports.Assemble(reports.Input{
		ID: newRunID(), Tool: tool(), Findings: ruleAll(clauses, set), Scope: scope, ScopeWhy: why, Records: set, Started: time.Now(),
		SessionModels: sessionModels(clauses, set, scope, false, reports.Accepted{}),
	}), nil
}

// secretName matches names of variables whose values must not stand in a report.
var secretName = regexp.MustCompile(`(?i)key|secret|token|passw|credential|auth|dsn|conn`)

// secretLength is the length from which any declared value is treated as a secret: shorter ones are words such as a
// region, and replacing words would spoil the records.
const secretLength = 20

// secretsOf picks the values of declared variables that must not stand in a report.
func secretsOf(env []string) []string {
	var out []string
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		if secretName.MatchString(name) || len(value) >= secretLength {
			out = append(out, value)
		}
	}
	return out
}
