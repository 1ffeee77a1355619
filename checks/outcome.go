// Package checks is what the AgentCore Runtime container contract says: the catalogue of clauses and reasons, and one
// small pure check per clause that rules on the records of a run. It does no I/O and knows no engine and no clock.
package checks

// Outcome is what became of one clause, by one reason.
type Outcome string

// The outcomes, in the words that reports use.
const (
	Pass          Outcome = "pass"
	Fail          Outcome = "fail"
	Warn          Outcome = "warn"
	Note          Outcome = "note"
	NotApplicable Outcome = "not-applicable"
	Untestable    Outcome = "untestable"
	Waived        Outcome = "waived"
	Skipped       Outcome = "skipped"
	Error         Outcome = "error"
)

// gravity orders outcomes from harmless to grave, so that the worst of several stands for a clause.
var gravity = map[Outcome]int{
	NotApplicable: 0, Skipped: 1, Pass: 2, Note: 3, Waived: 4, Warn: 5, Untestable: 6, Error: 7, Fail: 8,
}

// Worse reports whether a is graver than b.
func Worse(a, b Outcome) bool { return gravity[a] > gravity[b] }

// Level is how much a clause weighs on the platform: CONTRACT.md section 0.1.
type Level string

// The levels of a clause.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	May    Level = "MAY"
)

// Basis says on whose word an outcome rests.
type Basis string

const (
	// PlatformBasis: documented by AWS or measured on the platform.
	PlatformBasis Basis = "platform"
	// PolicyBasis: this tool's own decision; the finding says so.
	PolicyBasis Basis = "policy"
	// AdviceBasis: good practice.
	AdviceBasis Basis = "advice"
)
