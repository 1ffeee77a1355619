package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteJUnit writes the extended dialect of JUnit XML, which Jenkins' junit plugin, GitLab, Buildkite and Azure read. One
// suite per area and one case per clause; a clause that failed is a failure, one that could not be tested or judged
// although the verdict needs it is an error, so that a reader of the file sees red exactly when the run's verdict is not
// green. Beyond the strict dialect it has totals at the root, and at each case properties and what it found besides.
func WriteJUnit(w io.Writer, run *Run) error { return writeJUnit(w, run, true) }

// WriteJUnitStrict writes the same cases in the strict dialect: valid against the schema of Jenkins' xunit plugin (junit-10)
// and the Ant one of Windy Road. What passed with something to say says it in the suite's system-out.
func WriteJUnitStrict(w io.Writer, run *Run) error { return writeJUnit(w, run, false) }

func writeJUnit(w io.Writer, run *Run, extended bool) error {
	b := bufio.NewWriter(w)
	x := &xmlWriter{w: b, extended: extended}
	suites := junitSuites(run)
	x.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	x.root(suites)
	properties := junitProperties(run)
	for i, s := range suites {
		s.write(x, i, run, properties)
	}
	x.line(`</testsuites>`)
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	return nil
}

// xmlWriter writes lines of XML; errors stay in its buffer until Flush.
type xmlWriter struct {
	w        *bufio.Writer
	extended bool
}

func (x *xmlWriter) line(format string, args ...any) { _, _ = fmt.Fprintf(x.w, format+"\n", args...) }

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// xmlText escapes for an element's text. Clean has made sure that only characters of XML 1.0 are left, and escaping >
// leaves no "]]>".
func xmlText(s string) string { return xmlEscapes.Replace(Clean(s)) }

// xmlAttr escapes for an attribute, on one line.
func xmlAttr(s string) string { return xmlEscapes.Replace(CleanLine(s)) }

// root opens the document, in the extended dialect with totals.
func (x *xmlWriter) root(suites []*junitSuite) {
	if !x.extended {
		x.line(`<testsuites>`)
		return
	}
	var all junitSuite
	for _, s := range suites {
		all.cases = append(all.cases, s.cases...)
	}
	tests, failures, errors, skipped := all.count()
	x.line(`<testsuites name="agentcore-conform" tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f">`,
		tests, failures, errors, skipped, all.seconds())
}

// properties writes what is known, as name and value.
func (x *xmlWriter) properties(indent string, properties []row) {
	x.line(`%s<properties>`, indent)
	for _, p := range properties {
		x.line(`%s  <property name="%s" value="%s"/>`, indent, xmlAttr(p.label), xmlAttr(clip(p.text, maxMessage)))
	}
	x.line(`%s</properties>`, indent)
}

func (s *junitSuite) write(x *xmlWriter, id int, run *Run, properties []row) {
	tests, failures, errors, skipped := s.count()
	x.line(`  <testsuite name="%s" package="agentcore" id="%d" hostname="localhost" timestamp="%s" tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f">`,
		xmlAttr(s.name), id, junitTime(run.Started), tests, failures, errors, skipped, s.seconds())
	x.properties("    ", properties)
	for _, c := range s.cases {
		c.write(x)
	}
	x.line(`    <system-out>%s</system-out>`, xmlText(s.out(x.extended)))
	x.line(`    <system-err></system-err>`)
	x.line(`  </testsuite>`)
}

func (s *junitSuite) seconds() float64 {
	total := 0.0
	for _, c := range s.cases {
		total += c.seconds
	}
	return total
}

// out is what the suite's cases found beside their results; the extended dialect says it at each case instead.
func (s *junitSuite) out(extended bool) string {
	var b strings.Builder
	for _, c := range s.cases {
		if !extended && b.Len() < maxSuiteText {
			b.WriteString(c.out)
		}
	}
	return clip(b.String(), maxSuiteText)
}

func (c junitCase) write(x *xmlWriter) {
	open := fmt.Sprintf(`    <testcase classname="%s" name="%s" time="%.3f"`, xmlAttr(c.class), xmlAttr(c.name), c.seconds)
	if !x.extended && c.kind == "" {
		x.line(`%s/>`, open)
		return
	}
	x.line(`%s>`, open)
	if properties := c.properties(); x.extended && len(properties) > 0 {
		x.properties("      ", properties)
	}
	msg := xmlAttr(clip(c.msg, maxMessage))
	switch c.kind {
	case "":
	case "skipped":
		x.line(`      <skipped message="%s"/>`, msg)
	default:
		x.line(`      <%s type="%s" message="%s">%s</%s>`, c.kind, xmlAttr(c.typ), msg, xmlText(c.txt), c.kind)
	}
	if x.extended && c.out != "" {
		x.line(`      <system-out>%s</system-out>`, xmlText(c.out))
	}
	x.line(`    </testcase>`)
}

// properties say which clause it is, and by which reason and on whose word the outcome is what it is.
func (c junitCase) properties() []row {
	f := c.worst
	return known([]row{
		{"clause", f.ID}, {"level", string(f.Level)}, {"outcome", string(f.Outcome)}, {"reason", f.Reason}, {"basis", string(f.Basis)},
		{"strict", onlyTrue(f.Strict)},
	})
}

// junitTime is the start in UTC without a zone, as the Windy Road schema wants it.
func junitTime(started string) string {
	t, err := time.Parse(time.RFC3339, started)
	if err != nil {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05")
}
