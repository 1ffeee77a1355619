package reports

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// injections are texts with which a container could try to be more than text in one of the formats.
var injections = []string{
	"@octocat @team/all mail@example.com #1 GH-2 owner/name#3", "https://evil.example www.evil.example", "![x](http://evil.example/x.png) [y](javascript:alert(1))",
	"<script>alert(1)</script> <img src=x onerror=alert(1)> <a href='//evil.example'>x</a>", "</details></summary><b>", "``` ```` ` `` \n```\n# heading\n~~~",
	"| a | b |\n|---|---|\n", "---\n- item\n1. item\n> quote\n    code", "&lt;b&gt; &#64; \\ \\| \\` $x^2$", "[ref]: http://evil.example\n[ref]",
	"::error::x\n::set-output name=a::b\n::add-mask::c", "##[group]x ##vso[task.setvariable variable=a]b ##teamcity[x]", "%0A::warning::x %25 %0D", "a,title=b:c",
	"  ...\n  ---\nok 99 - x\nBail out!\n1..0 # SKIP", "# TODO x \\# SKIP", "pragma +strict", "TAP version 13",
	"$(touch /tmp/x) `id` $HOME !! \n'; exit 7; '", "]]></failure><testcase name=\"x\"/>", "\x1b[2J\x07\u202e\u2028\x00\xff",
}

// injected is a run in which every text of a container holds all of them.
func injected() *Run {
	return injectedWith(strings.Join(injections, "\n") + "\n" + strings.Join(injections, " "))
}

func injectedWith(text string) *Run {
	in := sampleInput()
	x := samplePing(text)
	x.Error, x.Request.Body, x.Request.BodySize = text, text, int64(len(text))
	x.Request.Header = append(x.Request.Header, record.Field{Name: "x-sent", Value: text})
	x.Response.Header = append(x.Response.Header, record.Field{Name: "x-got", Value: text})
	evidence := []checks.Evidence{
		checks.Wire("third poll", x), checks.LogLines("the log", record.Logs{Lines: strings.Split(text, "\n")}), checks.Text("quoted", text),
	}
	fail, warn := restamped(), bindWarning()
	fail.Actual, fail.Expected, fail.Evidence = text, text, evidence
	warn.Actual, warn.Evidence = text, evidence
	unknown := pass("INV-09", checks.Must, "The process survives any failed invocation and serves the next one.", text)
	unknown.Outcome = checks.Untestable
	in.Findings = append(passes(), fail, warn, unknown)
	in.Records.Image.Reference, in.Records.Image.User = text, text
	in.Environment.Notes, in.Errors = []string{text}, []string{text}
	return Assemble(in)
}

// crowded is a run with so many failures, each with so much evidence, that no format can show them all in full.
func crowded() *Run {
	in := sampleInput()
	large := checks.Wire("large", samplePing(strings.Repeat("\xff`<&", 1<<10)))
	for _, c := range checks.Contract().Clauses() {
		f := restamped()
		f.ID, f.Area, f.Title, f.Reason = c.ID, c.Area, c.Title, "too-much"
		f.Evidence = []checks.Evidence{large, large, large, large}
		w := bindWarning()
		w.ID, w.Area = c.ID, c.Area
		in.Findings = append(in.Findings, f, w)
	}
	return Assemble(in)
}

// TestNoReportCommandsTheServer: what people read is printed into logs that CI servers obey.
func TestNoReportCommandsTheServer(t *testing.T) {
	writers := map[string]func(io.Writer, *Run) error{"curl": WriteCurl, "tap": WriteTAP, "markdown": WriteMarkdown}
	for _, width := range []int{40, 80, 120} {
		writers[fmt.Sprintf("console of %d columns", width)] = func(w io.Writer, run *Run) error {
			return WriteConsole(w, run, ConsoleOptions{Width: width, Verbose: true, Colour: width == 80})
		}
	}
	for name, write := range writers {
		for _, said := range append([]string{hostileText, strings.Join(injections, "\n"), strings.Join(injections, " ")}, injections...) {
			text := colours.ReplaceAllString(string(wrote(t, write, injectedWith(said))), "")
			if found := obeyed.FindString(text); found != "" {
				t.Errorf("%s commands %q", name, found)
			}
		}
	}
}
