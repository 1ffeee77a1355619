package docs

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	anchor  = regexp.MustCompile(`<a id="([^"]+)">`)
	code    = regexp.MustCompile("(?ms)^```.*?^```|`[^`\n]*`")
)

// TestLinksLeadSomewhere follows every relative link of every page, to its heading.
func TestLinksLeadSomewhere(t *testing.T) {
	pages := pages(t)
	if len(pages) < 20 {
		t.Fatalf("%d pages were found", len(pages))
	}
	for name, text := range pages {
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			target, fragment, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := path.Join(path.Dir(name), target)
			if target == "" {
				file = name
			}
			if _, err := os.Stat(path.Join("..", file)); err != nil {
				t.Errorf("%s: %s leads nowhere", name, m[1])
				continue
			}
			if page, ok := pages[file]; ok && fragment != "" && !slices.Contains(anchors(page), fragment) {
				t.Errorf("%s: %s has no heading #%s", name, file, fragment)
			}
		}
	}
}

// TestEveryPageIsReached: from the README, by links alone.
func TestEveryPageIsReached(t *testing.T) {
	pages := pages(t)
	reached := map[string]bool{}
	for next := []string{"README.md"}; len(next) > 0; next = next[1:] {
		if reached[next[0]] {
			continue
		}
		reached[next[0]] = true
		for _, m := range link.FindAllStringSubmatch(pages[next[0]], -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if file := path.Join(path.Dir(next[0]), target); pages[file] != "" {
				next = append(next, file)
			}
		}
	}
	for name := range pages {
		if !reached[name] {
			t.Errorf("no link leads to %s", name)
		}
	}
}

// pages are the documents of the repository by their path from its root, without those that are test data.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	tree := os.DirFS("..")
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		names, err := fs.Glob(tree, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(tree, name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = string(text)
		}
	}
	return out
}

// anchors are the names that a page's headings have in links, as GitHub makes them, and those that it sets itself.
func anchors(page string) []string {
	var out []string
	for _, m := range anchor.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		out = append(out, strings.ReplaceAll(name, " ", "-"))
	}
	return out
}

// TestTroubleshootingQuotesMessages: each quoted line stands in the code as it is quoted.
func TestTroubleshootingQuotesMessages(t *testing.T) {
	quotes := regexp.MustCompile(`(?m)^> (.+)$`).FindAllStringSubmatch(pages(t)["docs/troubleshooting.md"], -1)
	if len(quotes) < 15 {
		t.Fatalf("%d quotes were found", len(quotes))
	}
	all := sources(t)
	for _, q := range quotes {
		if !strings.Contains(all, q[1]) {
			t.Errorf("no message says %q", q[1])
		}
	}
}

// sources is the code of the tool, without tests.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, room := range []string{"cmd", "checks", "reports", "suites"} {
		err := fs.WalkDir(os.DirFS(".."), room, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path.Join("..", name))
			all.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
