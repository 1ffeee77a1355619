package checks

// Clause is one numbered sentence of the contract.
type Clause struct {
	// ID is the id that users see, such as PING-06.
	ID    string `yaml:"id" json:"id"`
	Level Level  `yaml:"level" json:"level"`
	// Area is the part of the id before the dash.
	Area string `yaml:"-" json:"area"`
	// Protocols are those it applies to; empty means all.
	Protocols []string `yaml:"protocols,omitempty" json:"protocols,omitempty"`
	Title     string   `yaml:"title" json:"title"`
	// Consequence is what the platform does when the clause is broken.
	Consequence string `yaml:"consequence" json:"consequence"`
	// Probe is how this tool, or anybody, can find out.
	Probe string `yaml:"probe,omitempty" json:"probe,omitempty"`
	// Excluded says why nothing that a container shows can rule on the clause; empty when something can.
	Excluded string `yaml:"excluded,omitempty" json:"excluded,omitempty"`
	// RuledBy are the clauses whose checks see exactly what this one says, so that one cause is told once.
	RuledBy []string `yaml:"ruledBy,omitempty" json:"ruledBy,omitempty"`
	// Source names the pages, repositories and issues the clause rests on.
	Source  string   `yaml:"source,omitempty" json:"source,omitempty"`
	Reasons []Reason `yaml:"reasons,omitempty" json:"reasons,omitempty"`
}

// AppliesTo reports whether the clause concerns the protocol.
func (c Clause) AppliesTo(protocol string) bool {
	if len(c.Protocols) == 0 {
		return true
	}
	for _, p := range c.Protocols {
		if p == protocol {
			return true
		}
	}
	return false
}

// Grave reports that a reason of the clause can fail or warn.
func (c Clause) Grave() bool { return c.Count(Fail)+c.Count(Warn) > 0 }

// Count is how many of the clause's reasons have the outcome.
func (c Clause) Count(o Outcome) int {
	n := 0
	for _, r := range c.Reasons {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

// Reason is one way to fall short of a clause. The outcome belongs to it, not to the clause.
type Reason struct {
	// ID is unique within the clause, such as restamped.
	ID      string  `yaml:"id" json:"id"`
	Outcome Outcome `yaml:"outcome" json:"outcome"`
	Basis   Basis   `yaml:"basis" json:"basis"`
	// Title is one line: what is wrong.
	Title string `yaml:"title" json:"title"`
	// Consequence overrides the clause's when this reason has one of its own.
	Consequence string `yaml:"consequence,omitempty" json:"consequence,omitempty"`
	// Fix says what to change in the image.
	Fix string `yaml:"fix" json:"fix"`
	// Error lists platform error texts that this reason can be behind, for explain.
	Errors []string `yaml:"errors,omitempty" json:"errors,omitempty"`
}
