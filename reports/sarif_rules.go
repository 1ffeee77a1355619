package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const (
	// maxRuleText is the length in characters that GitHub takes of a rule's descriptions.
	maxRuleText = 1000
	// maxRuleHelp bounds its help, in bytes.
	maxRuleHelp = 8 << 10
)

// sarifRules are the rules of a run, and where each stands by its id.
type sarifRules struct {
	list []sarifRule
	at   map[string]int
}

// newSARIFRules lists the rows of every clause that was looked at, in the order of the findings, and a rule for the clause
// itself where a finding has no row.
func newSARIFRules(findings []checks.Finding) *sarifRules {
	rules := &sarifRules{list: []sarifRule{}, at: map[string]int{}}
	for _, f := range findings {
		if o := outcomeOf(f); o == checks.Skipped || o == checks.NotApplicable {
			continue
		}
		clause, _ := checks.Contract().Clause(f.ID)
		for _, r := range clause.Reasons {
			rules.add(clauseRule(clause, r))
		}
		if id := ruleID(f); needsRule(f) && !rules.has(id) {
			rules.add(findingRule(f))
		}
	}
	return rules
}

// needsRule reports findings that a result or a notification tells of.
func needsRule(f checks.Finding) bool {
	o := outcomeOf(f)
	return remarkable(f) && o != checks.Note
}

func (s *sarifRules) has(id string) bool {
	_, there := s.at[id]
	return there
}

func (s *sarifRules) add(r sarifRule) {
	if !s.has(r.ID) {
		s.at[r.ID] = len(s.list)
		s.list = append(s.list, r)
	}
}

// clauseRule is a row of the catalogue.
func clauseRule(c checks.Clause, r checks.Reason) sarifRule {
	consequence := r.Consequence
	if consequence == "" {
		consequence = c.Consequence
	}
	return ruleOf(ruleSource{
		id: c.ID + "/" + r.ID, clause: c.ID, area: c.Area, level: c.Level, outcome: r.Outcome, basis: r.Basis,
		short: r.Title, full: c.Title, consequence: consequence, fix: r.Fix,
	})
}

// clausePage is where a clause of the catalogue is described; empty for any other.
func clausePage(id string) string {
	c, known := checks.Contract().Clause(id)
	if !known {
		return ""
	}
	return fmt.Sprintf("%s/blob/main/docs/clauses/%s.md#%s", projectURL, c.Area, strings.ToLower(c.ID))
}

// findingRule stands for a finding whose row the catalogue does not have: an error, or a report of another version.
func findingRule(f checks.Finding) sarifRule {
	return ruleOf(ruleSource{
		id: ruleID(f), clause: f.ID, area: f.Area, level: f.Level, outcome: outcomeOf(f), basis: f.Basis,
		short: summaryOf(f), full: f.Title, consequence: f.Consequence, fix: f.Fix,
	})
}

// ruleSource is what a rule is made of.
type ruleSource struct {
	id, clause, area              string
	level                         checks.Level
	outcome                       checks.Outcome
	basis                         checks.Basis
	short, full, consequence, fix string
}

func ruleOf(s ruleSource) sarifRule {
	rows := known([]row{{"Clause", s.clause + " " + string(s.level) + ": " + s.full}, {"On AgentCore", s.consequence}, {"Fix", s.fix}})
	return sarifRule{
		ID: s.id, Name: ruleName(s.id), HelpURI: clausePage(s.clause), ShortDescription: ruleText(s.short, s.id), FullDescription: ruleText(s.full, s.id),
		Help:          sarifHelp{Text: clip(plainHelp(rows), maxRuleHelp), Markdown: clip(markdownHelp(rows), maxRuleHelp)},
		Configuration: sarifConfiguration{ruleLevel(s.outcome)},
		Properties: sarifRuleProperties{
			Tags: tagsOf(s), Precision: precision(s.basis), ProblemSeverity: problemSeverity(s.outcome), Clause: CleanLine(s.clause), Level: CleanLine(string(s.level)),
		},
	}
}

// ruleName is the id without what is no letter or digit, each word with a capital: Ping06Restamped.
func ruleName(id string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(id, func(r rune) bool { return !isWord(r) }) {
		b.WriteString(strings.ToUpper(word[:1]) + strings.ToLower(word[1:]))
	}
	return b.String()
}

// ruleText is never empty, for GitHub refuses a rule without a description.
func ruleText(text, instead string) sarifMessage {
	if text = CleanLine(text); text == "" {
		text = instead
	}
	return sarifMessage{Text: clip(text, maxRuleText)}
}

func plainHelp(rows []row) string {
	var lines []string
	for _, r := range rows {
		lines = append(lines, r.label+": "+r.text)
	}
	return strings.Join(lines, "\n")
}

func markdownHelp(rows []row) string {
	var lines []string
	for _, r := range rows {
		lines = append(lines, "**"+r.label+".** "+inert(r.text))
	}
	return strings.Join(lines, "\n\n")
}

func ruleLevel(o checks.Outcome) string {
	if level := sarifLevels[o]; level != "" {
		return level
	}
	return "note"
}

// problemSeverity is what GitHub sorts alerts by.
func problemSeverity(o checks.Outcome) string {
	switch ruleLevel(o) {
	case "error":
		return "error"
	case "warning":
		return "warning"
	}
	return "recommendation"
}

// precision says how sure a finding is to matter: what the platform was seen to do more than what this tool decided.
func precision(b checks.Basis) string {
	switch b {
	case checks.PlatformBasis:
		return "very-high"
	case checks.PolicyBasis:
		return "high"
	}
	return "medium"
}

// tagsOf are the area and the level. A rule tagged as security would need a score, which no clause has.
func tagsOf(s ruleSource) []string {
	tags := []string{"agentcore"}
	for _, t := range []string{s.area, string(s.level), string(s.basis)} {
		if t = clip(strings.ToLower(CleanLine(t)), maxRuleID); t != "" && !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	return tags
}
