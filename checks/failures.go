package checks

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed failures.yaml
var failuresFile []byte

// Field gives the index of failures from the field that is built into the tool, and of what the platform says about them,
// read at its first use. A fault in it is a fault of the build, hence the panic.
var Field = sync.OnceValue(func() *FailureIndex { return mustLoadFailures(failuresFile, Contract()) })

// FailureIndex is what goes wrong with containers on the platform, and what its error texts can mean.
type FailureIndex struct {
	Failures []Failure   `yaml:"failures"`
	Errors   []ErrorText `yaml:"errors"`
}

// Failure is one way in which containers fail in the field. It has either Reasons, or Uncovered, or Later.
type Failure struct {
	// ID is F-AREA-NUMBER, such as F-NET-01.
	ID string `yaml:"id"`
	// Title is one line: what is wrong with the container.
	Title string `yaml:"title"`
	// Symptom is what its owner or its callers see on the platform.
	Symptom string `yaml:"symptom"`
	// Score is how often it is reported times what it costs, each from 1 to 5.
	Score int `yaml:"score"`
	// Reasons are the findings that show it, the likeliest first.
	Reasons []ReasonRef `yaml:"reasons,omitempty"`
	// Uncovered says why nothing here shows it, or what would.
	Uncovered string `yaml:"uncovered,omitempty"`
	// Later are the clauses of a protocol or platform version that is not played yet.
	Later []string `yaml:"later,omitempty"`
	// Note says what stays unseen although there are reasons.
	Note string `yaml:"note,omitempty"`
	// Flags are those of run without which the failure may stay unseen.
	Flags []string `yaml:"flags,omitempty"`
}

// Area is the part of the contract that the failure belongs to, such as NET.
func (f Failure) Area() string {
	area, _, _ := strings.Cut(strings.TrimPrefix(f.ID, "F-"), "-")
	return area
}

// ReasonRef names a reason of the catalogue as CLAUSE/reason.
type ReasonRef string

// Clause is the part before the slash.
func (r ReasonRef) Clause() string { clause, _, _ := strings.Cut(string(r), "/"); return clause }

// Reason is the part behind the slash.
func (r ReasonRef) Reason() string { _, reason, _ := strings.Cut(string(r), "/"); return reason }

// ErrorText is something that the platform says or shows, and what can be behind it.
type ErrorText struct {
	// Texts are its wordings; <…> stands for any text.
	Texts []string `yaml:"texts"`
	// Seen is where it appears.
	Seen string `yaml:"seen"`
	// Meaning is one sentence.
	Meaning string  `yaml:"meaning"`
	Causes  []Cause `yaml:"causes"`
	// Otherwise is the advice for when no check finds a cause.
	Otherwise string `yaml:"otherwise,omitempty"`
}

// Cause is one explanation of an error text. Causes stand in the order of their likelihood.
type Cause struct {
	// When is what points to this cause rather than to another.
	When string `yaml:"when"`
	// Failures are the ids of the failures that it is.
	Failures []string `yaml:"failures,omitempty"`
	// Reasons are the findings that show it, where they are not simply those of its failures.
	Reasons []ReasonRef `yaml:"reasons,omitempty"`
	// Clauses say something about it without a finding.
	Clauses []string `yaml:"clauses,omitempty"`
}

// Failure returns the failure of that id.
func (x *FailureIndex) Failure(id string) (Failure, bool) {
	i := slices.IndexFunc(x.Failures, func(f Failure) bool { return f.ID == id })
	if i < 0 {
		return Failure{}, false
	}
	return x.Failures[i], true
}

// fewReasons is how many reasons of each failure stand for it where a cause is several.
const fewReasons = 2

// Findings are the reasons that show a cause, each once: its own, else those of its failure, else the likeliest of each of
// its failures.
func (x *FailureIndex) Findings(c Cause) []ReasonRef {
	if len(c.Reasons) > 0 {
		return c.Reasons
	}
	var out []ReasonRef
	for _, id := range c.Failures {
		f, _ := x.Failure(id)
		rs := f.Reasons
		if len(c.Failures) > 1 {
			rs = rs[:min(len(rs), fewReasons)]
		}
		for _, r := range rs {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

func mustLoadFailures(data []byte, c *Catalogue) *FailureIndex {
	x, err := LoadFailures(data, c)
	if err != nil {
		panic("failures: " + err.Error())
	}
	return x
}

// LoadFailures reads an index. Unknown keys, ids that stand twice, and names that neither the index nor the catalogue has
// are errors.
func LoadFailures(data []byte, c *Catalogue) (*FailureIndex, error) {
	x := &FailureIndex{}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(x); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, f := range x.Failures {
		if seen[f.ID] {
			return nil, fmt.Errorf("%s stands twice", f.ID)
		}
		seen[f.ID] = true
		if err := f.check(c); err != nil {
			return nil, fmt.Errorf("%s: %w", f.ID, err)
		}
	}
	for _, e := range x.Errors {
		if err := x.checkError(e, c); err != nil {
			return nil, fmt.Errorf("error text %q: %w", e.Texts, err)
		}
	}
	return x, nil
}

var failureID = regexp.MustCompile(`^F-[A-Z0-9]+-S?[0-9]+$`)

// mostScore is the score of a failure that everybody meets and that leaves nothing usable.
const mostScore = 25

func (f Failure) check(c *Catalogue) error {
	ways := 0
	for _, has := range []bool{len(f.Reasons) > 0, f.Uncovered != "", len(f.Later) > 0} {
		if has {
			ways++
		}
	}
	switch {
	case !failureID.MatchString(f.ID):
		return fmt.Errorf("the id is not F-AREA-NUMBER")
	case f.Title == "" || f.Symptom == "":
		return fmt.Errorf("title and symptom must be given")
	case f.Score < 1 || f.Score > mostScore:
		return fmt.Errorf("the score %d is not from 1 to %d", f.Score, mostScore)
	case ways != 1:
		return fmt.Errorf("one of reasons, uncovered and later must be given")
	}
	return known(c, f.Reasons, f.Later)
}

func (x *FailureIndex) checkError(e ErrorText, c *Catalogue) error {
	if len(e.Texts) == 0 || e.Seen == "" || e.Meaning == "" || len(e.Causes) == 0 {
		return fmt.Errorf("texts, seen, meaning and causes must be given")
	}
	for _, cause := range e.Causes {
		if cause.When == "" || len(cause.Failures)+len(cause.Reasons)+len(cause.Clauses) == 0 {
			return fmt.Errorf("a cause needs when, and what it leads to")
		}
		for _, id := range cause.Failures {
			if _, ok := x.Failure(id); !ok {
				return fmt.Errorf("%s is no failure", id)
			}
		}
		if err := known(c, cause.Reasons, cause.Clauses); err != nil {
			return err
		}
	}
	return nil
}

// known reports the first name that the catalogue does not have.
func known(c *Catalogue, reasons []ReasonRef, clauses []string) error {
	for _, r := range reasons {
		if _, ok := c.Reason(r.Clause(), r.Reason()); !ok {
			return fmt.Errorf("%s is no reason of the catalogue", r)
		}
	}
	for _, id := range clauses {
		if _, ok := c.Clause(id); !ok {
			return fmt.Errorf("%s is no clause of the catalogue", id)
		}
	}
	return nil
}
