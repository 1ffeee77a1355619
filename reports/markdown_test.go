package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gold "github.com/yuin/goldmark/renderer/html"
	goldtext "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
)

// gfm reads Markdown as GitHub does: links without brackets are links, and HTML is HTML.
var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(gold.WithUnsafe()))

// ownHTML are the only tags that the summary has.
var ownHTML = regexp.MustCompile(`^(<details><summary>(<b>[^<>]*</b>)?[^<>]*</summary>|</details>)\n?$`)

// readMarkdown returns the kinds of nodes of a document with how often each stands in it, and its text as it is shown.
func readMarkdown(t *testing.T, source []byte) (kinds map[string]int, shown string) {
	t.Helper()
	kinds = map[string]int{}
	err := ast.Walk(gfm.Parser().Parse(goldtext.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		kinds[n.Kind().String()]++
		if n.Kind() == ast.KindHTMLBlock {
			if raw := string(n.Lines().Value(source)); !ownHTML.MatchString(raw) {
				t.Errorf("HTML that is not the summary's own: %.200q", raw)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := gfm.Convert(source, &b); err != nil {
		t.Fatal(err)
	}
	return kinds, b.String()
}

// outsideCode is the text of rendered Markdown that stands in no code, where GitHub looks for mentions and references.
func outsideCode(t *testing.T, rendered string) string {
	t.Helper()
	var b strings.Builder
	deep := 0
	z := html.NewTokenizer(strings.NewReader(rendered))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "code" || string(name) == "pre" {
				deep++
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "code" || string(name) == "pre" {
				deep--
			}
		case html.TextToken:
			if deep == 0 {
				b.Write(z.Text())
			}
		}
	}
}

// triggers are what GitHub makes something of in text.
var triggers = regexp.MustCompile(`(?i)@[a-z0-9]|#\d|\bgh-\d|\bwww\.|://`)

// TestMarkdownIsReadAsItIsMeant: no text of a container becomes a link, an image, HTML, a heading, a list or a mention.
func TestMarkdownIsReadAsItIsMeant(t *testing.T) {
	for name, run := range map[string]*Run{"hostile": hostileRun(), "injected": injected(), "one of each": oneOfEach(), "nothing": nothingRan()} {
		t.Run(name, func(t *testing.T) {
			source := wrote(t, WriteMarkdown, run)
			kinds, shown := readMarkdown(t, source)
			for _, never := range []string{"Link", "Image", "AutoLink", "RawHTML", "CodeBlock", "ThematicBreak", "Strikethrough", "TaskCheckBox"} {
				if kinds[never] > 0 {
					t.Errorf("%d × %s", kinds[never], never)
				}
			}
			own := bytes.Count(source, []byte("\n## ")) + bytes.Count(source, []byte("\n### "))
			if bytes.HasPrefix(source, []byte("## ")) {
				own++
			}
			if kinds["Heading"] == 0 || kinds["Heading"] > own {
				t.Errorf("%d headings, of which %d are the summary's own", kinds["Heading"], own)
			}
			if found := triggers.FindString(outsideCode(t, shown)); found != "" {
				t.Errorf("%q stands outside of code", found)
			}
		})
	}
}

// TestMarkdownShowsTheTextItWasGiven: what is escaped reads as it did before.
func TestMarkdownShowsTheTextItWasGiven(t *testing.T) {
	for _, in := range append([]string{"plain", "a `b` c", "`", "``x", "a|b", "*x* _y_", "trailing\\"}, injections...) {
		want := CleanLine(in)
		for form, source := range map[string]string{"as code": "x " + codeSpan(in) + "\n", "in a block": codeBlock("text", []string{want}), "as text": "x " + inert(in) + "\n"} {
			_, shown := readMarkdown(t, []byte(source))
			got := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(shownText(shown)), "x"))
			if got != strings.TrimSpace(want) {
				t.Errorf("%q %s is shown as %q", want, form, got)
			}
		}
	}
}

// shownText is the text of HTML as it is read, without the spaces that part what would be a link.
func shownText(rendered string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(rendered))
	for z.Next() != html.ErrorToken {
		if tok := z.Token(); tok.Type == html.TextToken {
			b.WriteString(tok.Data)
		}
	}
	return strings.ReplaceAll(b.String(), "\u200b", "")
}

func TestMarkdownSaysWhatHappened(t *testing.T) {
	source := string(wrote(t, WriteMarkdown, oneOfEach()))
	for _, part := range []string{
		"## ❌ agentcore-conform: nonconformant", "1 clause failed: PING-06", "- image: `registry.example.com/team/agent:1.4 · sha256:0f6d",
		"<details><summary><b>PING-06</b> SHOULD: time", "- fix: remember the time", "```sh\ncurl -sS", "### Could not test", "### Warnings", "### Waived",
		"| PING, health checks | 1 | 0 | 1 | 0 | 1 |", "| PING-06 | SHOULD | fail | ", "> **IMG-14** the SDK would bind",
	} {
		if !strings.Contains(source, part) {
			t.Errorf("the summary lacks %q:\n%s", part, source)
		}
	}
	kinds, _ := readMarkdown(t, []byte(source))
	if areas, _ := clausesByArea(oneOfEach().Findings); kinds["Table"] != len(areas)+1 {
		t.Errorf("%d tables for %d areas", kinds["Table"], len(areas))
	}
}

// TestMarkdownFitsAStep: GitHub drops a summary past 1 MiB. What has no room is named.
func TestMarkdownFitsAStep(t *testing.T) {
	run := crowded()
	source := wrote(t, WriteMarkdown, run)
	if len(source) > maxMarkdown || len(source) < maxMarkdown/2 {
		t.Errorf("%d bytes", len(source))
	}
	for _, f := range run.Findings {
		if !bytes.Contains(source, []byte(f.ID)) {
			t.Fatalf("%s is not in it", f.ID)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range append([]string{hostileText, "", "a\n\n\nb", "\t", "``` `` `\n`"}, injections...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		source := wrote(t, WriteMarkdown, injectedWith(said))
		readable(t, "markdown", string(source))
		kinds, shown := readMarkdown(t, source)
		if n := kinds["Link"] + kinds["Image"] + kinds["AutoLink"] + kinds["RawHTML"]; n > 0 {
			t.Errorf("%q becomes %d links, images or tags", said, n)
		}
		if found := triggers.FindString(outsideCode(t, shown)); found != "" {
			t.Errorf("%q makes %q stand outside of code", said, found)
		}
		cell, inCell := readMarkdown(t, []byte("| a | b |\n|---|---|\n| "+inert(said)+" | b |\n"))
		if found := triggers.FindString(outsideCode(t, inCell)); found != "" || cell["TableCell"] != 4 {
			t.Errorf("%q in a cell holds %q, in %d cells", said, found, cell["TableCell"])
		}
	})
}
