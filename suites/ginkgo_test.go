package suites_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/agents/reference"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

// failing absorbs the suite's failure: the agent under test has a fault on purpose.
type failing struct{ failed bool }

func (f *failing) Fail() { f.failed = true }

// TestThreeFacesSayTheSame plays the same faulty agent through Run, through Register in a Ginkgo suite and through Test,
// and compares what each says of every clause.
func TestThreeFacesSayTheSame(t *testing.T) {
	RegisterTestingT(t)
	faulty := reference.With(reference.Restamp)
	var run, tested *reports.Run
	var err error
	var ok bool
	var others sync.WaitGroup
	others.Go(func() { run, err = suites.Run(context.Background(), options(faulty)) })
	others.Go(func() {
		ok = runSubtests(func(inner *testing.T) {
			tested = suites.Test(inner, "reference:test", suites.With(func(o *suites.Options) { *o = options(faulty) }))
		})
	})
	specs := specStates(t, options(faulty))
	others.Wait()

	Expect(err).NotTo(HaveOccurred())
	Expect(run.Verdict).To(Equal(reports.Nonconformant))
	for _, f := range reports.Worst(run.Findings) {
		Expect(specs).To(HaveKeyWithValue(f.ID, stateOf(f)), f.ID)
	}
	Expect(specs).To(HaveLen(len(reports.Worst(run.Findings))))
	Expect(ok).To(BeFalse(), "a failing clause must fail the test")
	Expect(brief(tested)).To(Equal(brief(run)))
}

// specStates runs the contract as a user's own Ginkgo suite would and returns the state of each clause's spec.
func specStates(t *testing.T, o suites.Options) map[string]types.SpecState {
	t.Helper()
	states := map[string]types.SpecState{}
	suites.Register(o)
	ginkgo.ReportAfterSuite("collect", func(r ginkgo.Report) {
		for _, s := range r.SpecReports {
			if s.LeafNodeType == types.NodeTypeIt {
				id, _, _ := strings.Cut(s.LeafNodeText, " ")
				states[id] = s.State
				Expect(s.LeafNodeLabels).To(ContainElement(id))
			}
		}
	})
	suite, reporter := ginkgo.GinkgoConfiguration()
	reporter.Succinct = true
	f := &failing{}
	ginkgo.RunSpecs(f, "a user's suite", suite, reporter)
	if !f.failed {
		t.Error("the Ginkgo suite passed although a clause fails")
	}
	return states
}

// stateOf is the spec state that a clause's gravest finding must come out as.
func stateOf(f checks.Finding) types.SpecState {
	switch {
	case f.Outcome == checks.Fail, f.Outcome == checks.Error, reports.Lacking(f):
		return types.SpecStateFailed
	case slices.Contains([]checks.Outcome{checks.Skipped, checks.NotApplicable, checks.Untestable}, f.Outcome):
		return types.SpecStateSkipped
	}
	return types.SpecStatePassed
}

// runSubtests runs a test function in a testing context of its own and reports whether it passed.
func runSubtests(f func(*testing.T)) bool {
	return testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "inner", F: f}})
}
