package suites_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/fixtures/mutants"
	"github.com/agentcore-conform/agentcore-conform/fixtures/traps"
)

// The generated files.
const (
	proofFile  = "../checks/proof.json"
	matrixFile = "../docs/matrix.md"
)

func marshal(proof map[string]checks.Proof) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	err := enc.Encode(proof)
	return b.Bytes(), err
}

func encode(t *testing.T, proof map[string]checks.Proof) string {
	t.Helper()
	data, err := marshal(proof)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// written is the proof as it lies there now: this test may have been built before another one wrote it.
func written() (map[string]checks.Proof, error) {
	data, err := os.ReadFile(proofFile)
	if err != nil {
		return nil, err
	}
	out := map[string]checks.Proof{}
	return out, json.Unmarshal(data, &out)
}

func write(proof map[string]checks.Proof) error {
	data, err := marshal(proof)
	if err != nil {
		return err
	}
	if err := os.WriteFile(proofFile, data, 0o644); err != nil {
		return err
	}
	return os.WriteFile(matrixFile, []byte(matrix(proof)), 0o644)
}

const matrixHead = `# What proves the checks

Written by ` + "`make matrix`" + ` from what it played; a test fails when this file is old. A mutant is an agent or an image with one
fault: it must trip the reason beside it, and nothing unrelated may turn red. A trap is a correct agent that looks as if it
broke the clause: it must stay green.

%d clauses, %d reasons that fail or warn: %d tripped by %d mutants, %d proven by records alone; %d traps.

Mutants marked ° take minutes and are played by ` + "`make nightly`" + `; those marked * need AWS's own SDK, or memory
that only a container may take, and are played in an engine. All others are played in process.

## Reasons and their mutants

| Clause | Reason | Outcome | Mutants |
|---|---|---|---|
`

// matrix is the document. All of it is from the catalogue and the proof.
func matrix(proof map[string]checks.Proof) string {
	var b strings.Builder
	rows := graveRows()
	clauses, tripped := map[string]bool{}, 0
	for _, row := range rows {
		clauses[row.Clause] = true
		if len(proof[row.Clause].Reasons[row.Reason]) > 0 {
			tripped++
		}
	}
	fmt.Fprintf(&b, matrixHead, len(clauses), len(rows), tripped, len(mutants.All()), len(byRecords), len(traps.All())+len(traps.Images()))
	for _, row := range rows {
		reason, _ := checks.Contract().Reason(row.Clause, row.Reason)
		if names := proof[row.Clause].Reasons[row.Reason]; len(names) > 0 {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", row.Clause, row.Reason, reason.Outcome, marked(names))
		}
	}
	b.WriteString("\n## Reasons proven by records alone\n\nNo agent can be made to show them here. The tests of the checks hold the records.\n\n| Clause | Reason | Why |\n|---|---|---|\n")
	for _, row := range rows {
		if why := byRecords[row]; why != "" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", row.Clause, row.Reason, why)
		}
	}
	b.WriteString("\n## Clauses, what passed them and what tempts them\n\n| Clause | Passed for | Traps |\n|---|---|---|\n")
	for _, c := range checks.Contract().Clauses() {
		if p := proof[c.ID]; len(p.Passed)+len(p.Traps) > 0 || unpassed[c.ID] != "" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", c.ID, orWhy(p.Passed, unpassed[c.ID]), quotedList(p.Traps))
		}
	}
	return b.String()
}

func orWhy(names []string, why string) string {
	if len(names) == 0 && why != "" {
		return "none: " + why
	}
	return quotedList(names)
}

func quotedList(names []string) string {
	var out []string
	for _, name := range names {
		out = append(out, "`"+name+"`")
	}
	return strings.Join(out, ", ")
}

// marked lists mutants with what it takes to play them.
func marked(names []string) string {
	all := mutants.All()
	var out []string
	for _, name := range names {
		text := "`" + name + "`"
		if i := slices.IndexFunc(all, func(m mutants.Mutant) bool { return m.Name == name }); i >= 0 {
			switch m := all[i]; {
			case elsewhere(m):
				text += "*"
			case m.Minutes:
				text += "°"
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
