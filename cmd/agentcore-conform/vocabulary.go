package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

//go:embed vocabulary.yaml
var vocabularyFile []byte

// symptom is something that users see on the platform, and what can be behind it.
type symptom struct {
	Texts   []string `yaml:"texts"`
	Seen    string   `yaml:"seen"`
	Meaning string   `yaml:"meaning"`
	Causes  []cause  `yaml:"causes"`
}

// cause is one explanation of a symptom, and the clauses that prove or exclude it.
type cause struct {
	When    string   `yaml:"when"`
	Clauses []string `yaml:"clauses"`
	// reason is set for a cause that the catalogue itself names.
	reason *checks.Reason
}

// vocabulary is all known symptoms: those of the file, then the error texts that reasons of the catalogue name.
func vocabulary(c *checks.Catalogue) ([]symptom, error) {
	var out []symptom
	dec := yaml.NewDecoder(bytes.NewReader(vocabularyFile))
	dec.KnownFields(true)
	if err := dec.Decode(&out); err != nil {
		return nil, fmt.Errorf("vocabulary: %w", err)
	}
	for _, cl := range c.Clauses() {
		for _, r := range cl.Reasons {
			if len(r.Errors) > 0 {
				out = append(out, symptom{Texts: r.Errors, Causes: []cause{{When: r.Title, Clauses: []string{cl.ID}, reason: &r}}})
			}
		}
	}
	return out, nil
}

var (
	blanks = regexp.MustCompile(`<[^<>]*>`)
	word   = regexp.MustCompile(`[\pL\pN]+`)
)

func words(text string) []string {
	return word.FindAllString(strings.ToLower(blanks.ReplaceAllString(text, " ")), -1)
}

// matcher finds the symptoms that a text resembles. Rare words weigh more than frequent ones, so that a status or an
// exception's name decides, not "runtime".
type matcher struct {
	symptoms []symptom
	weight   map[string]float64
}

func newMatcher(symptoms []symptom) *matcher {
	m := &matcher{symptoms, map[string]float64{}}
	texts := 0.0
	for _, s := range symptoms {
		for _, t := range s.Texts {
			texts++
			for _, w := range unique(words(t)) {
				m.weight[w]++
			}
		}
	}
	for w, n := range m.weight {
		m.weight[w] = math.Log(1 + texts/n)
	}
	return m
}

func unique(ws []string) []string {
	ws = slices.Clone(ws)
	sort.Strings(ws)
	return slices.Compact(ws)
}

// match is a symptom and how well a text fits it.
type match struct {
	symptom symptom
	text    string
	// shared is the weight of the words in common; likeness the larger share of them in either text, from 0 to 1.
	shared, likeness float64
}

// least is the likeness below which a text is called unknown.
const leastLikeness = 0.6

// find returns the symptoms that the text resembles, best first.
func (m *matcher) find(text string) []match {
	out := m.rank(text)
	n := slices.IndexFunc(out, func(x match) bool { return x.likeness < leastLikeness })
	if n >= 0 {
		out = out[:n]
	}
	return out
}

// rank returns all symptoms by how well the text fits them: those that are alike enough first, by shared weight.
func (m *matcher) rank(text string) []match {
	said := unique(words(text))
	var out []match
	for _, s := range m.symptoms {
		best := match{symptom: s}
		for _, t := range s.Texts {
			if x := m.compare(said, t); x.better(best) {
				best = match{s, t, x.shared, x.likeness}
			}
		}
		out = append(out, best)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].better(out[j]) })
	return out
}

func (x match) better(y match) bool {
	if a, b := x.likeness >= leastLikeness, y.likeness >= leastLikeness; a != b {
		return a
	}
	if x.shared != y.shared {
		return x.shared > y.shared
	}
	return x.likeness > y.likeness
}

// compare weighs what a text said and a known text have in common. Both directions count: users paste a part of the
// message, or a log line with the message in it. One frequent word in common is no likeness.
func (m *matcher) compare(said []string, known string) match {
	var shared, all, own float64
	hits := 0
	for _, w := range said {
		own += m.weight[m.meant(w)]
		if m.weight[m.meant(w)] == 0 {
			own += math.Log(2)
		}
	}
	said = m.allMeant(said)
	for _, w := range unique(words(known)) {
		all += m.weight[w]
		if slices.Contains(said, w) {
			shared += m.weight[w]
			hits++
		}
	}
	if hits == 0 || hits == 1 && len(said) > 1 && len(words(known)) > 1 {
		return match{}
	}
	return match{shared: shared, likeness: max(shared/all, shared/own)}
}

func (m *matcher) allMeant(said []string) []string {
	out := make([]string, len(said))
	for i, w := range said {
		out[i] = m.meant(w)
	}
	return out
}

// meant corrects a misspelt long word to the known one.
func (m *matcher) meant(w string) string {
	if m.weight[w] > 0 || len(w) < 5 {
		return w
	}
	for known := range m.weight {
		if len(known) >= 5 && distance(w, known) == 1 {
			return known
		}
	}
	return w
}
