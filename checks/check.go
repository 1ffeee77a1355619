package checks

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Check rules on one clause.
type Check struct {
	// Clause is the id of the clause, and the check's own id.
	Clause string
	// Needs are the records without which Judge cannot rule. Judge is only called when all of them are there.
	Needs []record.Kind
	// Wants are records that sharpen the verdict: a run takes them for the clause's sake, Judge does without them.
	Wants []record.Kind
	// Judge is pure: the same records give the same verdicts. At least one verdict is owed.
	Judge func(*record.Set) []Verdict
}

// Exclusion is the check of a clause that the catalogue excludes and of which a run sees nothing: a note with the
// reason. A clause that is not excluded is a fault of the build, hence the panic.
func Exclusion(clause string) Check {
	cl, _ := Contract().Clause(clause)
	if cl.Excluded == "" {
		panic("checks: " + clause + " is not excluded")
	}
	return Check{Clause: clause, Needs: []record.Kind{record.KindBoot},
		Judge: func(*record.Set) []Verdict { return []Verdict{Remark("%s", cl.Excluded)} }}
}

// Registry is the checks of a build, by clause.
type Registry struct {
	checks map[string]Check
}

// NewRegistry collects checks. A check of an unknown clause, a second check of one clause, or one without needs or
// judge is a fault of the build, hence the panic.
func NewRegistry(c *Catalogue, groups ...[]Check) *Registry {
	r := &Registry{checks: map[string]Check{}}
	for _, g := range groups {
		for _, ch := range g {
			if err := r.add(c, ch); err != nil {
				panic("checks: " + err.Error())
			}
		}
	}
	return r
}

func (r *Registry) add(c *Catalogue, ch Check) error {
	if _, ok := c.Clause(ch.Clause); !ok {
		return fmt.Errorf("%s is no clause of the catalogue", ch.Clause)
	}
	if _, dup := r.checks[ch.Clause]; dup {
		return fmt.Errorf("%s has two checks", ch.Clause)
	}
	if ch.Judge == nil || len(ch.Needs) == 0 {
		return fmt.Errorf("%s has no judge or needs nothing", ch.Clause)
	}
	r.checks[ch.Clause] = ch
	return nil
}

// Check returns the check of a clause.
func (r *Registry) Check(clause string) (Check, bool) {
	ch, ok := r.checks[clause]
	return ch, ok
}
