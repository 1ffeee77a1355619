//go:build mutate

package mutate

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// root is the module's folder, seen from this package.
const root = "../.."

// least is the share of the mutants that the tests have to kill.
const least = 0.85

var (
	only  = flag.String("only", "", "names of packages under checks, by comma; nothing is written then")
	share = flag.Uint("share", 4, "play one mutant in so many, the same ones each time; 1 plays all")
	own   = flag.Bool("own", false, "play the tests of a mutant's own package alone, where it has some; nothing is written then")
	add   = flag.Bool("add", false, "add survivors to the list, for somebody to give their reasons")
)

// TestJudges plays every mutant of the judges against the tests of its package, then of the packages that use it.
func TestJudges(t *testing.T) {
	all := list(t)
	start := time.Now()
	bench := prepare(t, all)
	t.Logf("%d mutants made and built in %.0f s", len(bench.mutants), time.Since(start).Seconds())
	results := map[string]*Tally{}
	var survivors []Mutant
	for _, m := range bench.mutants {
		if !inScope(m.Package()) || !m.InSample(uint32(*share)) {
			continue
		}
		tally := results[m.Package()]
		if tally == nil {
			tally = &Tally{Package: m.Package()}
			results[m.Package()] = tally
		}
		tally.Mutants++
		if bench.killed(m) {
			tally.Killed++
		} else {
			survivors = append(survivors, m)
			t.Logf("lives: %s %s | %s | %s: %s", m.File, m.Func, m.Line, m.Operator, m.Change)
		}
	}
	report(t, results, survivors)
}

func inScope(name string) bool {
	return *only == "" || slices.Contains(strings.Split(*only, ","), name)
}

// report compares the survivors with the list of those that have a reason, and writes the page.
func report(t *testing.T, results map[string]*Tally, survivors []Mutant) {
	known, err := ReadSurvivors(survivorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var tallies []Tally
	sum := Tally{Package: "all"}
	for _, r := range results {
		tallies = append(tallies, *r)
		sum.Mutants, sum.Killed = sum.Mutants+r.Mutants, sum.Killed+r.Killed
	}
	sort.Slice(tallies, func(i, j int) bool { return tallies[i].Package < tallies[j].Package })
	for _, r := range append(tallies, sum) {
		t.Logf("%-8s %4d mutants, %4d killed, %s", r.Package, r.Mutants, r.Killed, r.Rate())
	}
	if sum.Mutants == 0 || float64(sum.Killed) < least*float64(sum.Mutants) {
		t.Errorf("%s of the mutants are killed, at least %.0f %% have to be", sum.Rate(), 100*least)
	}
	for _, m := range survivors {
		if known.Reason(m) == "" {
			t.Errorf("survives without a reason: %s %s | %s | %s: %s", m.File, m.Func, m.Line, m.Operator, m.Change)
		}
	}
	if *add {
		if err := known.Missing(survivors).AppendTo(survivorsFile); err != nil {
			t.Fatal(err)
		}
	}
	if *only != "" || *own || t.Failed() {
		return
	}
	for _, s := range known.Gone(survivors) {
		t.Logf("no longer a survivor, take it off the list: %s %s: %s (%s)", s.File, s.Func, s.Line, s.Change)
	}
	if err := os.WriteFile(pageFile, Page(tallies, sum, survivors, known, *share), 0o644); err != nil {
		t.Fatal(err)
	}
}

const (
	survivorsFile = "survivors.yaml"
	pageFile      = root + "/docs/judges.md"
)

// bench is the test programs, built with all mutants inside.
type bench struct {
	mutants []Mutant
	// programs are the test programs to play a package's mutants against, the likeliest killer first.
	programs map[string][]program
}

// program is a package's compiled tests.
type program struct {
	path, dir string
	limit     time.Duration
}

// skipped are tests about the source tree, which has no mutants in it, and about what other runs left behind.
const skipped = "^(TestJudgingReachesNoNetworkAndNoEngine|TestReasonsInCodeAndCatalogueAgree|TestTestedClausesAreProven)$"

func prepare(t *testing.T, all map[string]listed) *bench {
	t.Helper()
	dir := t.TempDir()
	b := &bench{programs: map[string][]program{}}
	overlay := map[string]string{}
	under := judges(all)
	sort.Slice(under, func(i, j int) bool { return under[i].ImportPath < under[j].ImportPath })
	for _, l := range under {
		p := load(t, all, l)
		mutants, files := compiling(t, all, l, p, Mutants(p, b.next()))
		b.mutants = append(b.mutants, mutants...)
		files = append(files, Built{Name: "mutants_chosen.go", Text: Helper(p.Files[0].Tree.Name.Name)})
		for _, f := range files {
			path := filepath.Join(dir, p.Name+"_"+f.Name)
			if err := os.WriteFile(path, []byte(f.Text), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay[filepath.Join(l.Dir, f.Name)] = path
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	b.build(t, all, under, dir, file)
	return b
}

func (b *bench) next() int {
	if len(b.mutants) == 0 {
		return 1
	}
	return b.mutants[len(b.mutants)-1].ID + 1
}

// build compiles the tests that reach a judge, and plays each without a mutant: they have to pass, and their time bounds
// that of a mutant, which may well never end.
func (b *bench) build(t *testing.T, all map[string]listed, under []listed, dir, overlay string) {
	t.Helper()
	type timed struct {
		listed
		program
	}
	var programs []timed
	for p, l := range all {
		if !strings.HasPrefix(p, module+"checks") || !l.tested() || isLeft(p) && p != module+"checks/all" {
			continue
		}
		wanted := func(u listed) bool { return inScope(filepath.Base(u.ImportPath)) && reaches(all, l, u.ImportPath) }
		if !slices.ContainsFunc(under, wanted) {
			continue
		}
		prog := program{path: filepath.Join(dir, filepath.Base(p)+".test"), dir: l.Dir, limit: time.Minute}
		cmd := exec.Command("go", "test", "-c", "-vet=off", "-gcflags=-N -l", "-ldflags=-s -w", "-overlay", overlay, "-o", prog.path, p)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build the tests of %s: %v\n%s", p, err, out)
		}
		start := time.Now()
		if out, err := prog.play(0); err != nil {
			t.Fatalf("the tests of %s fail without a mutant: %v\n%s", p, err, out)
		}
		prog.limit = 5*time.Second + 10*time.Since(start)
		programs = append(programs, timed{l, prog})
	}
	sort.Slice(programs, func(i, j int) bool { return programs[i].limit < programs[j].limit })
	for _, u := range under {
		var mine, others []program
		for _, prog := range programs {
			switch {
			case prog.ImportPath == u.ImportPath:
				mine = append(mine, prog.program)
			case reaches(all, prog.listed, u.ImportPath):
				others = append(others, prog.program)
			}
		}
		if len(mine) == 0 || !*own {
			mine = append(mine, others...)
		}
		b.programs[filepath.Base(u.ImportPath)] = mine
	}
}

// killed reports that some test fails, panics or does not end with the mutant.
func (b *bench) killed(m Mutant) bool {
	for _, p := range b.programs[m.Package()] {
		if _, err := p.play(m.ID); err != nil {
			return true
		}
	}
	return false
}

// play runs the tests with a mutant. Its memory is bounded, for a loop that never ends may fill it.
func (p program) play(id int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", `ulimit -v 4000000; exec "$0" "$@"`, p.path, "-test.failfast", "-test.skip", skipped)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", Variable, id))
	return cmd.CombinedOutput()
}
