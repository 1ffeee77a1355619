package clausedocs

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// areaTitles say what each area of the contract is about.
var areaTitles = map[string]string{
	"IMG": "the image", "NET": "how the container listens", "PING": "health checks", "INV": "invocations", "SSE": "streamed answers",
	"SES": "sessions", "LIFE": "the life of the process", "WS": "WebSocket", "MCP": "MCP servers", "A2A": "A2A servers",
	"AGUI": "AG-UI servers", "OBS": "observability", "LIM": "limits", "SEC": "security",
}

// generated tells readers of a page where it comes from.
const generated = "This page is generated from `checks/catalogue`, `checks/failures.yaml` and `checks/proof.json` by `make docs`."

// Documents are all pages of docs/clauses, by file name.
func Documents(all []checks.Coverage) map[string]string {
	out := map[string]string{"README.md": index(all)}
	for _, area := range checks.Contract().Areas() {
		out[area+".md"] = areaPage(area, ofArea(all, area))
	}
	return out
}

func ofArea(all []checks.Coverage, area string) []checks.Coverage {
	var out []checks.Coverage
	for _, v := range all {
		if v.Clause.Area == area {
			out = append(out, v)
		}
	}
	return out
}

func areaPage(area string, clauses []checks.Coverage) string {
	b := &strings.Builder{}
	n := checks.CountOf(clauses, func(checks.Clause) bool { return true })
	fmt.Fprintf(b, "# %s: %s\n\n", area, areaTitles[area])
	fmt.Fprintf(b, "%d clauses of the contract as of %s: %d tested, %d ruled on by the checks of others, %d excluded, %d not yet.\n",
		n.Clauses, checks.Revision, n.Tested, n.RuledElsewhere, n.Excluded, n.NotYet)
	if n.NotYet == n.Clauses {
		fmt.Fprintln(b, "**No run plays this part yet**, so it says nothing about it.")
	}
	fmt.Fprintf(b, "What the words mean stands in the [index](README.md). `agentcore-conform explain %s` prints one of them.\n\n%s\n", clauses[0].Clause.ID, generated)
	for _, v := range clauses {
		writePage(b, Of(v))
	}
	return b.String()
}

func writePage(b *strings.Builder, p Page) {
	fmt.Fprintf(b, "\n## %s\n\n**%s** %s\n\n", p.Clause.ID, p.Clause.Level, escape(p.Clause.Title))
	writeFacts(b, "", p.Facts)
	if len(p.Reasons) > 0 {
		fmt.Fprint(b, "\nReasons:\n\n")
	}
	for _, r := range p.Reasons {
		fmt.Fprintf(b, "- `%s` · **%s** · %s. %s\n", r.ID, r.Outcome, r.Basis, escape(r.Title))
		writeFacts(b, "  ", r.Facts)
	}
	for i, s := range p.Snippets {
		if i == 0 {
			fmt.Fprint(b, "\nCode that keeps it:\n")
		}
		fence := fenceFor(s.Code)
		fmt.Fprintf(b, "\n%s\n\n%s%s\n%s\n%s\n", s.Framework, fence, s.Language, s.Code, fence)
	}
}

func writeFacts(b *strings.Builder, margin string, facts []Fact) {
	for _, f := range facts {
		fmt.Fprintf(b, "%s- *%s*: %s\n", margin, f.Label, factText(f))
	}
}

func factText(f Fact) string {
	var parts []string
	if f.Text != "" {
		parts = append(parts, linked(escape(f.Text)))
	}
	for _, x := range f.Failures {
		parts = append(parts, fmt.Sprintf("[%s](../failures.md#%s) %s", x.ID, strings.ToLower(x.ID), escape(x.Title)))
	}
	if len(f.Quotes) > 0 {
		parts = append(parts, quoted(f.Quotes))
	}
	return strings.Join(parts, " ")
}

func quoted(texts []string) string {
	spans := make([]string, 0, len(texts))
	for _, t := range texts {
		spans = append(spans, code(t))
	}
	return strings.Join(spans, ", ")
}

func index(all []checks.Coverage) string {
	b := &strings.Builder{}
	http := checks.CountOf(all, checks.Clause.Played)
	fmt.Fprint(b, "# The clauses\n\n")
	fmt.Fprintf(b, "The contract of AgentCore Runtime with its containers as of %s, clause by clause: what the platform does when one is\n"+
		"broken, how this tool finds out, what it can find, and what to change. `agentcore-conform explain ID` prints the same for\n"+
		"one clause, `agentcore-conform list --coverage` the tables below. Failures from the field stand in\n"+
		"[failures.md](../failures.md).\n\n%s\n\n", checks.Revision, generated)
	fmt.Fprint(b, "- **tested**: a check of its own, which can fail or warn. Agents and images that keep the clause pass it, a mutant trips\n"+
		"  each of its reasons, and traps, which look as if they broke it, stay green.\n"+
		"- **by others**: the check of another clause sees exactly this.\n"+
		"- **excluded**: nothing that a container shows can rule on it. A run says so in a note.\n"+
		"- **not yet**: no run plays it.\n\n")
	writeCounts(b, all)
	fmt.Fprintf(b, "\nOf the %d clauses that concern HTTP, %d are tested, %d ruled on by others, and %d excluded (at most %d may be).\n",
		http.Clauses, http.Tested, http.RuledElsewhere, http.Excluded, checks.MostExcluded)
	writeWhy(b, all, checks.RuledElsewhere, "Ruled on by others", "By", func(c checks.Clause) string { return linked(strings.Join(c.RuledBy, ", ")) })
	writeWhy(b, all, checks.Excluded, "Excluded", "Why", func(c checks.Clause) string { return linked(escape(c.Excluded)) })
	return b.String()
}

func writeCounts(b *strings.Builder, all []checks.Coverage) {
	fmt.Fprint(b, "| Area | About | Clauses | Tested | By others | Excluded | Not yet |\n|---|---|--:|--:|--:|--:|--:|\n")
	for _, area := range checks.Contract().Areas() {
		writeCount(b, fmt.Sprintf("[%s](%s.md)", area, area), areaTitles[area], ofArea(all, area))
	}
	writeCount(b, "all", "", all)
}

func writeCount(b *strings.Builder, name, about string, clauses []checks.Coverage) {
	n := checks.CountOf(clauses, func(checks.Clause) bool { return true })
	fmt.Fprintf(b, "| %s | %s | %d | %d | %d | %d | %d |\n", name, about, n.Clauses, n.Tested, n.RuledElsewhere, n.Excluded, n.NotYet)
}

// writeWhy lists the clauses of one kind of cover with what explains it.
func writeWhy(b *strings.Builder, all []checks.Coverage, cover checks.Cover, title, column string, why func(checks.Clause) string) {
	fmt.Fprintf(b, "\n## %s\n\n| Clause | Level | What it says | %s |\n|---|---|---|---|\n", title, column)
	for _, v := range all {
		if v.Cover == cover {
			c := v.Clause
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", link(c.ID), c.Level, cell(escape(c.Title)), cell(why(c)))
		}
	}
}

var clauseID = regexp.MustCompile(`\b[A-Z][A-Z0-9]*-\d\d\b`)

// linked makes links of the ids of clauses in a text.
func linked(text string) string {
	return clauseID.ReplaceAllStringFunc(text, func(id string) string {
		if _, ok := checks.Contract().Clause(id); ok {
			return link(id)
		}
		return id
	})
}

func link(id string) string {
	area, _, _ := strings.Cut(id, "-")
	return fmt.Sprintf("[%s](%s.md#%s)", id, area, strings.ToLower(id))
}

// escape keeps Markdown from reading a text in the middle of a line as markup.
func escape(text string) string {
	b := &strings.Builder{}
	for i, r := range text {
		if strings.ContainsRune("\\*<>[]`~", r) || r == '_' && !withinWord(text, i) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// withinWord reports that letters or digits stand on both sides, where an underscore is no markup.
func withinWord(text string, i int) bool {
	return i > 0 && i+1 < len(text) && alphanumeric(text[i-1]) && alphanumeric(text[i+1])
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// cell keeps a text within its column.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// code is a code span, whatever is in it.
func code(text string) string {
	ticks := "`"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	if len(ticks) > 1 {
		return ticks + " " + text + " " + ticks
	}
	return ticks + text + ticks
}

// fenceFor is a fence that the code does not close.
func fenceFor(code string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence
}
