package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
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
	status = regexp.MustCompile(`^[1-5]\d\d$`)
)

// fillers say nothing about an error.
var fillers = strings.Fields("a an the of in on at by to is was be that than for and or not your this it its with")

// words are the distinct words of a text that say something, sorted.
func words(text string) []string {
	all := word.FindAllString(strings.ToLower(blanks.ReplaceAllString(text, " ")), -1)
	all = slices.DeleteFunc(all, func(w string) bool { return slices.Contains(fillers, w) })
	slices.Sort(all)
	return slices.Compact(all)
}

// matcher finds the symptoms that a text resembles. Rare words weigh more than frequent ones, so that a status or an
// exception's name decides, not "runtime".
type matcher struct {
	symptoms []symptom
	// weight is that of each known word; most that of a word that only one text has.
	weight map[string]float64
	most   float64
}

func newMatcher(symptoms []symptom) *matcher {
	m := &matcher{symptoms: symptoms, weight: map[string]float64{}}
	texts := 0.0
	for _, s := range symptoms {
		for _, t := range s.Texts {
			texts++
			for _, w := range words(t) {
				m.weight[w]++
			}
		}
	}
	for w, n := range m.weight {
		m.weight[w] = math.Log(1 + texts/n)
	}
	m.most = math.Log(1 + texts)
	return m
}

// match is a symptom and how well a text fits it.
type match struct {
	symptom symptom
	text    string
	// shared is the weight of the words in common; likeness the larger share of them in either text, from 0 to 1.
	shared, likeness float64
}

// leastLikeness is the likeness below which a text is called unknown.
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
	said := m.meant(words(text))
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
// message, or a log line with the message in it.
func (m *matcher) compare(said []string, known string) match {
	have := words(known)
	if otherStatus(said, have) {
		return match{}
	}
	var shared, all, own float64
	for _, w := range said {
		own += m.worth(w)
	}
	var common []string
	for _, w := range have {
		all += m.worth(w)
		if slices.Contains(said, w) {
			shared += m.worth(w)
			common = append(common, w)
		}
	}
	if len(common) == 0 || len(common) == 1 && len(have) > 1 && !m.rare(common[0]) {
		return match{}
	}
	return match{shared: shared, likeness: max(shared/all, shared/own)}
}

// otherStatus reports that both texts name an HTTP status, but not the same.
func otherStatus(a, b []string) bool {
	isStatus := func(w string) bool { return status.MatchString(w) }
	return slices.ContainsFunc(a, isStatus) && slices.ContainsFunc(b, isStatus) &&
		!slices.ContainsFunc(a, func(w string) bool { return isStatus(w) && slices.Contains(b, w) })
}

// worth is the weight of a word; one that no known text has weighs most.
func (m *matcher) worth(w string) float64 {
	if x, ok := m.weight[w]; ok {
		return x
	}
	return m.most
}

// rare reports that a word alone points to an error: few known texts have it.
func (m *matcher) rare(w string) bool { return m.worth(w) > 0.7*m.most }

// meant corrects misspelt long words to known ones.
func (m *matcher) meant(said []string) []string {
	out := slices.Clone(said)
	for i, w := range out {
		if _, known := m.weight[w]; known || len(w) < 5 {
			continue
		}
		for _, k := range slices.Sorted(maps.Keys(m.weight)) {
			if len(k) >= 5 && distance(w, k) == 1 {
				out[i] = k
				break
			}
		}
	}
	return out
}
