package checks

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Verdict is one thing a check has to say about its clause.
type Verdict struct {
	// Reason is the catalogue's reason that was found; empty for a pass, an untestable or a not-applicable clause.
	Reason string
	// Outcome is Pass, Untestable, NotApplicable, Note or Error; a Verdict with a Reason takes the reason's own.
	Outcome  Outcome
	Expected string
	Actual   string
	Evidence []Evidence
	// Measurements are numbers worth keeping whatever the outcome, by a stable name with its unit: ping.idle.p99Ms.
	Measurements map[string]float64
}

// Evidence is one piece of what was seen.
type Evidence struct {
	// Kind is exchange, log or text.
	Kind  string `json:"kind"`
	Title string `json:"title"`
	// Exchange is set for kind exchange; Curl is the command line that repeats it.
	Exchange *record.Exchange `json:"exchange,omitempty"`
	Curl     string           `json:"curl,omitempty"`
	// Lines is set for kinds log and text.
	Lines []string `json:"lines,omitempty"`
}

// curlBase is the address that curl lines use: the container's port published on the reader's own machine.
const curlBase = "http://127.0.0.1:8080"

// Wire makes evidence of an exchange.
func Wire(title string, x *record.Exchange) Evidence {
	if x == nil {
		return Evidence{Kind: "text", Title: title, Lines: []string{"(not sent)"}}
	}
	return Evidence{Kind: "exchange", Title: title, Exchange: x, Curl: x.Curl(curlBase)}
}

// LogLines makes evidence of a container's last lines.
func LogLines(title string, l record.Logs) Evidence {
	return Evidence{Kind: "log", Title: title, Lines: l.Lines}
}

// Text makes evidence of plain lines.
func Text(title string, lines ...string) Evidence {
	return Evidence{Kind: "text", Title: title, Lines: lines}
}

// Passed is the verdict that the clause holds; actual says what was seen.
func Passed(format string, args ...any) Verdict {
	return Verdict{Outcome: Pass, Actual: fmt.Sprintf(format, args...)}
}

// Found is the verdict that the clause is broken for the given reason of the catalogue.
func Found(reason, expected, actual string, evidence ...Evidence) Verdict {
	return Verdict{Reason: reason, Expected: expected, Actual: actual, Evidence: evidence}
}

// CannotTell is the verdict that the image could not be made to show the thing; lacking says what was missing.
func CannotTell(format string, args ...any) Verdict {
	return Verdict{Outcome: Untestable, Actual: fmt.Sprintf(format, args...)}
}

// DoesNotApply is the verdict that the clause has nothing to say about this image.
func DoesNotApply(format string, args ...any) Verdict {
	return Verdict{Outcome: NotApplicable, Actual: fmt.Sprintf(format, args...)}
}

// Remark is a note without a reason of its own.
func Remark(format string, args ...any) Verdict {
	return Verdict{Outcome: Note, Actual: fmt.Sprintf(format, args...)}
}

// Measuring adds a measurement to the verdict.
func (v Verdict) Measuring(name string, value float64) Verdict {
	m := map[string]float64{name: value}
	for k, old := range v.Measurements {
		m[k] = old
	}
	v.Measurements = m
	return v
}

// With adds evidence to the verdict.
func (v Verdict) With(e ...Evidence) Verdict {
	v.Evidence = append(append([]Evidence{}, v.Evidence...), e...)
	return v
}
