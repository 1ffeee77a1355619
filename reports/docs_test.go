package reports

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

const reportsDocument = "../docs/reports.md"

// excerpts say which lines of each format stand in the document: from the first that holds a text, so many.
var excerpts = map[string]struct {
	language, from string
	lines          int
}{
	"json":        {"json", "{", 12},
	"junit":       {"xml", `name="PING-06`, 16},
	"markdown":    {"markdown", "## ", 24},
	"annotations": {"text", "::error", 4},
	"gitlab":      {"json", "[", 12},
	"sarif":       {"json", `"ruleId"`, 12},
	"har":         {"json", `"entries"`, 12},
	"curl":        {"bash", "# PING-06", 6},
	"tap":         {"tap", "not ok 4 ", 14},
	"badge":       {"json", "{", 1},
}

// widest is how much of a line is shown, in characters.
const widest = 120

var sampleBlock = regexp.MustCompile(`(?s)<!-- sample ([a-z-]+) -->\n.*?<!-- end -->`)

// TestReportsDocument holds the samples of the document against what is written; -update writes them.
func TestReportsDocument(t *testing.T) {
	text, err := os.ReadFile(reportsDocument)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	want := sampleBlock.ReplaceAllStringFunc(string(text), func(block string) string {
		shown++
		format := sampleBlock.FindStringSubmatch(block)[1]
		return fmt.Sprintf("<!-- sample %s -->\n%s<!-- end -->", format, excerptOf(t, format))
	})
	if shown != len(excerpts) {
		t.Errorf("%d samples, want %d", shown, len(excerpts))
	}
	compare(t, reportsDocument, []byte(want))
}

func excerptOf(t *testing.T, format string) string {
	t.Helper()
	e, known := excerpts[format]
	if !known {
		t.Fatalf("there is no sample of %s", format)
	}
	file := "file"
	if format == "badge" {
		file = "file.json"
	}
	lines := strings.Split(string(wrote(t, writer(format, file), oneOfEach())), "\n")
	for i, l := range lines {
		if strings.Contains(l, e.from) {
			lines = lines[i:min(i+e.lines, len(lines))]
			break
		}
	}
	if !strings.Contains(lines[0], e.from) {
		t.Fatalf("%s has no line with %q", format, e.from)
	}
	for i, l := range lines {
		lines[i] = strings.TrimRight(cut(l, widest), " ")
	}
	return codeBlock(e.language, lines)
}

// TestReportsDocumentNamesEveryFormat in its table and under a heading.
func TestReportsDocumentNamesEveryFormat(t *testing.T) {
	text, err := os.ReadFile(reportsDocument)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		if !strings.Contains(string(text), "\n| `"+f+"` |") || !regexp.MustCompile(`(?m)^## .*\b`+f+`\b`).Match(text) {
			t.Errorf("docs/reports.md does not say what %s is for", f)
		}
	}
}
