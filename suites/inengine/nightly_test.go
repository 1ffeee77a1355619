//go:build nightly

package inengine

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/fixtures/traps"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

const byNight = true

// shortCall ends calls that mutants never answer: their good calls take a second, emulated.
const shortCall = 20 * time.Second

// roomLeft is what the engine's machine keeps for itself and the other images, in bytes, beside a mutant that takes a lot.
const roomLeft = 4 << 30

// needMemory skips where a mutant would take the machine itself down.
func needMemory(t *testing.T, m mutants.Mutant) {
	t.Helper()
	info, err := enginetest.Connect(t).Client.Info(t.Context(), client.InfoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !info.Info.MemoryLimit {
		t.Skipf("the engine cannot limit memory; %s takes %d MB", m.Name, m.Memory>>20)
	}
	if has := info.Info.MemTotal; has < m.Memory+roomLeft {
		t.Skipf("the engine has %d MB of memory; %s takes %d MB until it is killed", has>>20, m.Name, m.Memory>>20)
	}
}

// weight is how many seats a mutant's image takes.
func weight(m mutants.Mutant) int {
	if m.Handler != "" {
		return heavy
	}
	return 1
}

// spread mixes what computes much with what mostly waits: the mutants of a clause, which cost alike, stand evenly over the
// whole. Background jobs, which may never end and are waited for longest, come first.
func spread(all []mutants.Mutant) []mutants.Mutant {
	many, seen := map[string]float64{}, map[string]float64{}
	for _, m := range all {
		many[kind(m)]++
	}
	place := map[string]float64{}
	for _, m := range all {
		k := kind(m)
		place[m.Name] = (seen[k] + 0.5) / many[k]
		seen[k]++
		if k == job {
			place[m.Name] = 0
		}
	}
	return slices.SortedStableFunc(slices.Values(all), func(a, b mutants.Mutant) int { return cmp.Compare(place[a.Name], place[b.Name]) })
}

// job is the kind of mutants that work after their answer.
const job = "job"

// kind names mutants that cost alike.
func kind(m mutants.Mutant) string {
	switch {
	case m.Payloads.Async != "":
		return job
	case m.Handler != "":
		return "handler"
	}
	return m.Clause
}

// TestEveryOtherMutantOnItsOwnClause plays what the daily tests leave out, limited to the clause that must turn. Those
// that take minutes, or gigabytes, are left to CONFORM_NIGHTLY.
func TestEveryOtherMutantOnItsOwnClause(t *testing.T) {
	t.Parallel()
	enginetest.Need(t)
	underLoad(t)
	engines := newFleet(t)
	for _, m := range spread(mutants.All()) {
		if slices.Contains(dozen, m.Name) || m.OneProcess || (m.Minutes || m.Memory > 0) && os.Getenv("CONFORM_NIGHTLY") == "" {
			continue
		}
		if !playable(m) {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			apart := take(t, weight(m))
			if m.Memory > 0 {
				needMemory(t, m)
			}
			o := breaking(t, m)
			o.Only = []string{m.Clause}
			if o.InvocationTimeout == 0 {
				o.InvocationTimeout = shortCall
			}
			run := play(t, engines.lend(t, o))
			// Ten images on two cores blur what is told by time. That no verdict hangs on load is what the way of that name shows.
			if wrong := complaints(m, run); len(wrong) > 0 && way() != loaded {
				t.Logf("beside others, and again apart: %s", strings.Join(wrong, "; "))
				apart()
				run = play(t, engines.lend(t, o))
			}
			expect(t, m, run)
		})
	}
}

// TestTrapsInTheEngine plays the correct agents that look suspicious, on the clauses that they tempt a check to fail.
func TestTrapsInTheEngine(t *testing.T) {
	t.Parallel()
	enginetest.Need(t)
	underLoad(t)
	engines := newFleet(t)
	for _, trap := range traps.All() {
		if trap.OneProcess {
			continue
		}
		t.Run(trap.Name, func(t *testing.T) {
			take(t, 1)
			img, err := images.Agent(t.Context(), architecture(), trap.Name, images.Env(trap.NewEngine().Env()...))
			o := declaring(archived(t, img, err), trap.Payloads)
			// Some tempt clauses alone that nobody rules on; a run has to rule on something.
			o.Only = append([]string{"PING-01"}, trap.Tempts...)
			o.Compute, o.SessionDuration = compute(), max(shortSession, trap.Session)
			run := play(t, engines.lend(t, o))
			if red := findings(run, checks.Fail, checks.Error); red != "" {
				t.Errorf("a correct agent is called wrong:%s", red)
			}
		})
	}
}
