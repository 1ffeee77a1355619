// Package checktest is what the tests of the checks share: a table runner that rules through the registry, as a run
// does, and a proof that every reason which can fail or warn was made to.
package checktest

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Case is one record set and what a clause must make of it: an outcome such as "pass", or a reason's id.
type Case struct {
	Name string
	Set  *record.Set
	Want string
	// Also lists further verdicts of the same ruling, where there is more than one.
	Also []string
	// Says is a piece of what the first finding says was seen, where that tells apart what the outcome does not.
	Says string
	// Measures are measurements that the first finding must have.
	Measures map[string]float64
}

var (
	mu      sync.Mutex
	tripped = map[string]bool{}
)

// Judge rules on a clause with each case's records. It also proves that judging changes nothing, repeats itself, and
// gives the same verdict on records that went through JSON.
func Judge(t *testing.T, group []checks.Check, clause string, cases []Case) {
	t.Helper()
	registry := checks.NewRegistry(checks.Contract(), group)
	if _, ok := registry.Check(clause); !ok {
		t.Fatalf("no check of %s in this group", clause)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			complete(c.Set)
			before := text(t, c.Set)
			findings := registry.Rule(checks.Contract(), clause, c.Set)
			got, want := words(findings), append([]string{c.Want}, c.Also...)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v\n%s", got, want, text(t, findings))
			}
			shows(t, c, findings[0])
			if text(t, c.Set) != before {
				t.Error("judging changed the records")
			}
			if again := registry.Rule(checks.Contract(), clause, replay(t, before)); !reflect.DeepEqual(words(again), got) {
				t.Errorf("replayed from JSON it says %v, first %v", words(again), got)
			}
			note(clause, findings)
		})
	}
}

// shows requires the words and the numbers that a case asks for.
func shows(t *testing.T, c Case, f checks.Finding) {
	t.Helper()
	if !strings.Contains(f.Actual, c.Says) {
		t.Errorf("it says %q, want %q in it", f.Actual, c.Says)
	}
	for name, want := range c.Measures {
		if got, ok := f.Measurements[name]; !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// complete fills what every record set has.
func complete(set *record.Set) {
	set.Schema = record.Schema
	if set.Terms.Protocol == "" {
		set.Terms.Protocol = "HTTP"
	}
	if set.Terms.Port == 0 {
		set.Terms.Port, set.Terms.Path = 8080, "/invocations"
	}
	if set.Terms.TimeScale == 0 {
		set.Terms.TimeScale = 1
	}
}

// words is each finding's reason, or its outcome when it has none.
func words(findings []checks.Finding) []string {
	var out []string
	for _, f := range findings {
		if f.Reason != "" {
			out = append(out, f.Reason)
			continue
		}
		out = append(out, string(f.Outcome))
	}
	return out
}

func text(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("write as JSON: %v", err)
	}
	return string(data)
}

func replay(t *testing.T, data string) *record.Set {
	t.Helper()
	var set record.Set
	if err := json.Unmarshal([]byte(data), &set); err != nil {
		t.Fatalf("read back: %v", err)
	}
	return &set
}

func note(clause string, findings []checks.Finding) {
	mu.Lock()
	defer mu.Unlock()
	for _, w := range words(findings) {
		tripped[clause+" "+w] = true
	}
}

// Main runs a package's tests and then requires that every reason of its clauses was tripped by some case, and that
// every clause with a reason was also passed by one, unless it is excluded and so never passed. With -run the proof is
// left out.
func Main(m *testing.M, group []checks.Check) {
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" {
		for _, line := range missing(group) {
			fmt.Fprintln(os.Stderr, "FAIL:", line)
			code = 1
		}
	}
	os.Exit(code)
}

func missing(group []checks.Check) []string {
	var out []string
	for _, ch := range group {
		cl, _ := checks.Contract().Clause(ch.Clause)
		for _, r := range cl.Reasons {
			if !tripped[cl.ID+" "+r.ID] {
				out = append(out, fmt.Sprintf("no case trips %s %s", cl.ID, r.ID))
			}
		}
		if len(cl.Reasons) > 0 && cl.Excluded == "" && !tripped[cl.ID+" "+string(checks.Pass)] {
			out = append(out, fmt.Sprintf("no case passes %s", cl.ID))
		}
	}
	return out
}
