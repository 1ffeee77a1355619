package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const (
	// mostAnnotations is how many of a kind GitHub shows of one step.
	mostAnnotations = 10
	// maxAnnotationTitle and maxAnnotation bound the two texts of one, in bytes.
	maxAnnotationTitle = 200
	maxAnnotation      = 4 << 10
)

// annotation is one workflow command.
type annotation struct {
	kind, title, text string
	// id is what it is about, for the one that stands for all that are left out.
	id string
}

// WriteAnnotations writes workflow commands of GitHub Actions, which become annotations where a step prints them: an error
// for each failure and for what could not be tested although the verdict needs it, a warning for each warn, a notice for
// the verdict and for what was waived. Of each kind there are at most ten; the last one names the clauses left out.
func WriteAnnotations(w io.Writer, run *Run) error {
	var b bytes.Buffer
	all := annotationsOf(run)
	for _, kind := range []string{"error", "warning", "notice"} {
		for _, a := range atMost(mostAnnotations, ofKind(all, kind)) {
			fmt.Fprintf(&b, "::%s title=%s::%s\n", a.kind, commandProperty(a.title), commandData(a.text))
		}
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the annotations: %w", err)
	}
	return nil
}

func annotationsOf(run *Run) []annotation {
	all := []annotation{{kind: "notice", title: "agentcore-conform: " + string(run.Verdict), text: verdictText(run) + "\n" + imageText(run, true)}}
	for _, t := range troubles(run) {
		all = append(all, annotation{kind: "error", title: "agentcore-conform could not test", text: t, id: "the run itself"})
	}
	for _, f := range withOutcome(run.Findings, outcomes...) {
		if kind := annotationKind(f); kind != "" {
			all = append(all, annotationOf(kind, f))
		}
	}
	return all
}

// annotationKind is empty for what needs no attention.
func annotationKind(f checks.Finding) string {
	switch o := outcomeOf(f); {
	case o == checks.Fail, o == checks.Error, Lacking(f):
		return "error"
	case o == checks.Warn:
		return "warning"
	case o == checks.Waived:
		return "notice"
	}
	return ""
}

func annotationOf(kind string, f checks.Finding) annotation {
	lines := make([]string, 0, 5)
	for _, r := range explained(f) {
		lines = append(lines, r.label+": "+r.text)
	}
	return annotation{kind: kind, title: fmt.Sprintf("%s %s %s: %s", f.ID, f.Level, outcomeOf(f), summaryOf(f)), text: strings.Join(lines, "\n"), id: f.ID}
}

func ofKind(all []annotation, kind string) []annotation {
	var out []annotation
	for _, a := range all {
		if a.kind == kind {
			out = append(out, a)
		}
	}
	return out
}

// atMost replaces the last of too many by one that names those left out.
func atMost(most int, all []annotation) []annotation {
	if len(all) <= most {
		return all
	}
	left := all[most-1:]
	ids := make([]string, 0, len(left))
	for _, a := range left {
		ids = append(ids, a.id)
	}
	return append(all[:most-1:most-1], annotation{kind: left[0].kind, title: fmt.Sprintf("%d more", len(left)), text: strings.Join(ids, ", ")})
}

var (
	commandEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer(":", "%3A", ",", "%2C")
)

// commandData escapes the text of a workflow command, which may have several lines.
func commandData(s string) string {
	return commandEscapes.Replace(clip(Clean(s), maxAnnotation))
}

// commandProperty escapes the value of a property, on one line.
func commandProperty(s string) string {
	return propertyEscapes.Replace(commandEscapes.Replace(clip(CleanLine(s), maxAnnotationTitle)))
}
