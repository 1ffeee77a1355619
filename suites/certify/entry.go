package certify

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// entryWords are the catalogue's own words in an entry; all others are settings of a run.
var entryWords = []string{"name", "image", "build", "build-timeout", "expect"}

func (r *reader) defaults(n *yaml.Node) ([]Setting, error) {
	pairs, err := r.pairs(n)
	if err != nil {
		return nil, err
	}
	var out []Setting
	for _, p := range pairs {
		s, err := r.setting(p, nil)
		if err != nil {
			return nil, err
		}
		if null(p.value) {
			return nil, r.wrong(p.key, "%s has no value", p.key.Value)
		}
		out = append(out, s)
	}
	return out, nil
}

func (r *reader) setting(p pair, words []string) (Setting, error) {
	if !slices.Contains(r.settings, p.key.Value) {
		return Setting{}, r.unknown(p.key, slices.Concat(words, r.settings))
	}
	return Setting{p.key.Value, p.key.Line, p.value}, nil
}

func (r *reader) unknown(key *yaml.Node, known []string) error {
	if slices.Contains(entryWords, key.Value) {
		return r.wrong(key, "%s belongs to an entry, not to defaults", key.Value)
	}
	return r.wrong(key, "unknown key %q%s (settings are those of run, without the dashes)", key.Value, r.near(key.Value, known))
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// entry reads one entry. A default that the entry sets to null is left out.
func (r *reader) entry(n *yaml.Node, defaults []Setting) (Entry, error) {
	e := Entry{Line: n.Line, ExpectLine: n.Line, BuildLimit: defaultBuild, Expect: reports.Expectation{Verdict: reports.Conformant}}
	pairs, err := r.pairs(n)
	if err != nil {
		return e, err
	}
	own := map[string]bool{}
	for _, p := range pairs {
		if slices.Contains(entryWords, p.key.Value) {
			err = r.word(&e, p)
		} else {
			own[p.key.Value] = true
			err = r.own(&e, p)
		}
		if err != nil {
			return e, err
		}
	}
	for _, d := range defaults {
		if !own[d.Key] {
			e.Settings = append(e.Settings, d)
		}
	}
	if e.Name == "" {
		return e, r.wrong(n, "the entry has no name")
	}
	return e, r.target(n, e)
}

func (r *reader) own(e *Entry, p pair) error {
	s, err := r.setting(p, entryWords)
	if err == nil && !null(p.value) {
		e.Settings = append(e.Settings, s)
	}
	return err
}

// target demands exactly one of an image and an endpoint.
func (r *reader) target(n *yaml.Node, e Entry) error {
	attached := e.Setting("endpoint") != nil
	switch {
	case e.Image == "" && !attached:
		return r.wrong(n, "%s has no image", e.Name)
	case e.Image != "" && attached:
		return r.wrong(n, "%s has an image and an endpoint; keep one", e.Name)
	case attached && len(e.Build) > 0:
		return r.wrong(n, "%s has a build, but with endpoint no image is tested", e.Name)
	}
	return nil
}

func (r *reader) word(e *Entry, p pair) (err error) {
	switch p.key.Value {
	case "name":
		if e.Name, err = r.text(p.value, "name"); err == nil {
			err = r.checkName(p.value, e.Name)
		}
	case "image":
		e.Image, err = r.text(p.value, "image")
	case "build":
		e.Build, err = r.build(p.value)
	case "build-timeout":
		e.BuildLimit, err = r.span(p.value)
	case "expect":
		e.ExpectLine = p.key.Line
		e.Expect, err = r.expect(p.value)
	}
	return err
}

// build is a line for the shell, or a program with its arguments.
func (r *reader) build(n *yaml.Node) ([]string, error) {
	words, err := r.texts(n, "build")
	switch {
	case err != nil:
		return nil, err
	case len(words) == 0:
		return nil, r.wrong(n, "build has no value")
	case n.Kind == yaml.SequenceNode:
		return words, nil
	case runtime.GOOS == "windows":
		return []string{"cmd", "/c", words[0]}, nil
	}
	return []string{"sh", "-c", words[0]}, nil
}

func (r *reader) span(n *yaml.Node) (time.Duration, error) {
	d, err := time.ParseDuration(n.Value)
	if err != nil || d < time.Second || d > 24*time.Hour {
		return 0, r.wrong(n, "give a duration from 1s to 24h, such as 90s or 10m")
	}
	return d, nil
}

// expected are the verdicts that may be expected; an error is nothing to expect of an image.
var expected = []reports.Verdict{reports.Conformant, reports.Passed, reports.Nonconformant, reports.Partial}

func (r *reader) expect(n *yaml.Node) (reports.Expectation, error) {
	x := reports.Expectation{}
	m, err := r.members(n, "verdict", "fails", "untestable", "warns")
	if err != nil {
		return x, err
	}
	if v, ok := m["verdict"]; ok {
		x.Verdict = reports.Verdict(strings.ToLower(v.Value))
		if !slices.Contains(expected, x.Verdict) {
			return x, r.wrong(v, "verdict %q cannot be expected; choose conformant, passed, nonconformant or partial", v.Value)
		}
	}
	for _, l := range []struct {
		word   string
		target *[]string
	}{{"fails", &x.Fails}, {"untestable", &x.Untestable}, {"warns", &x.Warns}} {
		if v, ok := m[l.word]; ok {
			if *l.target, err = r.clauses(v, l.word); err != nil {
				return x, err
			}
		}
	}
	return r.consistent(n, x)
}

func (r *reader) clauses(n *yaml.Node, what string) ([]string, error) {
	ids, err := r.texts(n, what)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		ids[i] = strings.ToUpper(strings.TrimSpace(id))
		if _, known := checks.Contract().Clause(ids[i]); !known {
			return nil, r.wrong(n, "%s: %q is no clause; agentcore-conform list shows them", what, id)
		}
		if slices.Contains(ids[:i], ids[i]) {
			return nil, r.wrong(n, "%s: %s stands twice", what, ids[i])
		}
	}
	return ids, nil
}

// consistent completes the verdict from the lists and refuses what no run could meet. That something fails is not enough
// to expect: an image that fails for another reason than the one that is meant would pass for the right one.
func (r *reader) consistent(n *yaml.Node, x reports.Expectation) (reports.Expectation, error) {
	fails, lacks := len(x.Fails) > 0, len(x.Untestable) > 0
	if x.Verdict == "" {
		switch {
		case fails:
			x.Verdict = reports.Nonconformant
		case lacks:
			x.Verdict = reports.Partial
		default:
			x.Verdict = reports.Conformant
		}
	}
	green := x.Verdict == reports.Conformant || x.Verdict == reports.Passed
	switch {
	case x.Verdict == reports.Nonconformant && !fails:
		return x, r.wrong(n, "nonconformant is expected, but for what? List the clauses under fails")
	case x.Verdict == reports.Partial && !lacks:
		return x, r.wrong(n, "partial is expected, but for what? List the clauses under untestable")
	case x.Verdict != reports.Nonconformant && fails:
		return x, r.wrong(n, "with fails the verdict is nonconformant, not %s", x.Verdict)
	case green && lacks:
		return x, r.wrong(n, "with untestable the verdict is partial or nonconformant, not %s", x.Verdict)
	}
	return x, nil
}

// Setting returns the entry's setting of that name, or nil.
func (e *Entry) Setting(key string) *Setting {
	for i := range e.Settings {
		if e.Settings[i].Key == key {
			return &e.Settings[i]
		}
	}
	return nil
}

// Config is the entry's settings as a configuration file of run.
func (e *Entry) Config() ([]byte, error) {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, s := range e.Settings {
		m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s.Key}, s.Value)
	}
	return yaml.Marshal(m)
}

// Set replaces a setting by a plain value.
func (e *Entry) Set(key, value string) {
	set := Setting{key, e.Line, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Line: e.Line}}
	if old := e.Setting(key); old != nil {
		*old = set
		return
	}
	e.Settings = append(e.Settings, set)
}
