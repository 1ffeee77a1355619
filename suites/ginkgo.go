package suites

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// suiteName is the text of the root container.
const suiteName = "AgentCore Runtime contract"

// Register adds the contract to the Ginkgo suite that is being built: one ordered container per area, one spec per
// clause, labelled with its id, area and level, so that clauses can be focused, filtered and timed out. Call it where
// Describe may be called. Everything is played once, when the first of the specs runs, whichever are selected. Options
// that cannot be are reported by a spec that fails.
func Register(o Options) {
	r, err := newRun(o)
	if err != nil {
		ginkgo.Describe(suiteName, func() {
			ginkgo.It("has usable options", func() { ginkgo.Fail(err.Error()) })
		})
		return
	}
	register(context.Background(), r)
}

// Play does what Run does and has a Ginkgo suite report on it. It is for a process that does nothing else: Ginkgo runs
// one suite per process, and its handler of signals stays in place beside the caller's own.
func Play(ctx context.Context, o Options) (*reports.Run, error) {
	r, err := newRun(o)
	if err != nil {
		return nil, err
	}
	formatter.ColorableStdOut, formatter.ColorableStdErr = io.Discard, io.Discard
	register(ctx, r)
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.Timeout = r.o.Timeout + cleanupLimit
	ginkgo.RunSpecs(quiet{}, suiteName, suite, reporter)
	<-r.done
	return r.result, nil
}

// quiet takes Ginkgo's own pass or fail: the verdict is not made from it.
type quiet struct{}

func (quiet) Fail() {}

func register(ctx context.Context, r *run) {
	ctx, cancel := context.WithCancel(ctx)
	var once sync.Once
	start := func() { once.Do(func() { go r.play(ctx) }) }
	ginkgo.Describe(suiteName, ginkgo.Ordered, ginkgo.ContinueOnFailure, func() {
		ginkgo.BeforeAll(start)
		ginkgo.AfterAll(func() {
			select {
			case <-r.done:
			default:
				cancel()
			}
			<-r.done
		})
		for _, id := range r.plan.clauses {
			clause, _ := checks.Contract().Clause(id)
			labels := ginkgo.Label(id, clause.Area, string(clause.Level))
			ginkgo.It(id+" "+clause.Title, labels, func(spec ginkgo.SpecContext) {
				r.report(spec, id)
			})
		}
	})
}

// report waits for the run and turns a clause's findings into pass, fail or skip.
func (r *run) report(spec ginkgo.SpecContext, id string) {
	select {
	case <-r.done:
	case <-spec.Done():
		ginkgo.Fail(id + ": no verdict before the spec's time was over")
	}
	var wrong, skipped []string
	for _, f := range r.result.Findings {
		if f.ID != id {
			continue
		}
		text := findingText(f)
		ginkgo.AddReportEntry(string(f.Outcome), text, ginkgo.ReportEntryVisibilityNever)
		switch {
		case red(f):
			wrong = append(wrong, text)
		case silent(f):
			skipped = append(skipped, text)
		}
	}
	switch {
	case len(wrong) > 0:
		ginkgo.Fail(strings.Join(wrong, "\n"))
	case len(skipped) > 0:
		ginkgo.Skip(strings.Join(skipped, "\n"))
	}
}

// red reports a finding that keeps a run from being green: a fail, an error, or a MUST that could not be tested.
func red(f checks.Finding) bool {
	return f.Outcome == checks.Fail || f.Outcome == checks.Error || reports.Lacking(f)
}

// silent reports a finding that rules on nothing.
func silent(f checks.Finding) bool {
	return f.Outcome == checks.Skipped || f.Outcome == checks.NotApplicable || f.Outcome == checks.Untestable && !red(f)
}

// findingText is a finding for a log: outcome, what was expected and seen, the fix.
func findingText(f checks.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", f.ID, f.Outcome)
	for _, part := range []struct{ name, text string }{
		{"", f.Summary}, {"expected", f.Expected}, {"actual", f.Actual}, {"on AgentCore", f.Consequence}, {"fix", f.Fix},
	} {
		switch {
		case part.text == "":
		case part.name == "":
			b.WriteString(": " + part.text)
		default:
			fmt.Fprintf(&b, "\n  %s: %s", part.name, part.text)
		}
	}
	return b.String()
}
