package checks

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed catalogue/*.yaml
var catalogueFiles embed.FS

// Catalogue is all clauses and their reasons, by id.
type Catalogue struct {
	clauses map[string]*Clause
	order   []string
}

// Contract gives the catalogue that is built into the tool. It is read at its first use: that takes a third of a second
// under emulation, and programs that need only the words of a verdict link this package too. A fault in it is a fault of
// the build, hence the panic.
var Contract = sync.OnceValue(func() *Catalogue { return mustLoad(catalogueFiles) })

// Revision names the state of knowledge that the catalogue was written from.
const Revision = "2026-11"

func mustLoad(files fs.FS) *Catalogue {
	c, err := Load(files)
	if err != nil {
		panic("catalogue: " + err.Error())
	}
	return c
}

// Load reads a catalogue from all catalogue/*.yaml in files. Unknown keys, duplicate ids, unknown outcomes, reasons
// without a fix, and clauses that claim two ways of being covered are errors.
func Load(files fs.FS) (*Catalogue, error) {
	names, err := fs.Glob(files, "catalogue/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list catalogue files: %w", err)
	}
	c := &Catalogue{clauses: map[string]*Clause{}}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if err := c.add(data); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := c.checkRuledBy(); err != nil {
		return nil, err
	}
	c.sort()
	return c, nil
}

func (c *Catalogue) add(data []byte) error {
	var clauses []*Clause
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&clauses); err != nil {
		return err
	}
	for _, cl := range clauses {
		if cl == nil {
			return fmt.Errorf("a clause is empty")
		}
		area, number, ok := strings.Cut(cl.ID, "-")
		if !ok || area == "" || number == "" {
			return fmt.Errorf("clause id %q is not AREA-NUMBER", cl.ID)
		}
		if c.clauses[cl.ID] != nil {
			return fmt.Errorf("clause %s stands twice", cl.ID)
		}
		cl.Area = area
		if err := cl.check(); err != nil {
			return fmt.Errorf("%s: %w", cl.ID, err)
		}
		c.clauses[cl.ID] = cl
		c.order = append(c.order, cl.ID)
	}
	return nil
}

func (c Clause) check() error {
	if c.Level != Must && c.Level != Should && c.Level != May {
		return fmt.Errorf("level %q is not MUST, SHOULD or MAY", c.Level)
	}
	if c.Title == "" || c.Consequence == "" {
		return fmt.Errorf("title and consequence must be given")
	}
	seen := map[string]bool{}
	for _, r := range c.Reasons {
		if seen[r.ID] {
			return fmt.Errorf("reason %s stands twice", r.ID)
		}
		seen[r.ID] = true
		if r.Outcome != Fail && r.Outcome != Warn && r.Outcome != Note {
			return fmt.Errorf("reason %s: outcome %q is not fail, warn or note", r.ID, r.Outcome)
		}
		if r.Basis != PlatformBasis && r.Basis != PolicyBasis && r.Basis != AdviceBasis {
			return fmt.Errorf("reason %s: basis %q is not platform, policy or advice", r.ID, r.Basis)
		}
		if r.ID == "" || r.Title == "" || r.Fix == "" && r.Outcome != Note {
			return fmt.Errorf("reason %q needs an id, a title and a fix", r.ID)
		}
	}
	return c.checkWays()
}

// checkWays refuses a clause that claims more than one way of being covered.
func (c Clause) checkWays() error {
	switch {
	case c.Excluded != "" && len(c.RuledBy) > 0:
		return fmt.Errorf("excluded and ruledBy exclude each other")
	case c.Grave() && (c.Excluded != "" || len(c.RuledBy) > 0):
		return fmt.Errorf("a clause with reasons that fail or warn is ruled on by itself: no excluded, no ruledBy")
	}
	return nil
}

// checkRuledBy requires that the clauses which rule for others have reasons that fail or warn.
func (c *Catalogue) checkRuledBy() error {
	for _, id := range c.order {
		for _, by := range c.clauses[id].RuledBy {
			if other := c.clauses[by]; other == nil || !other.Grave() {
				return fmt.Errorf("%s: ruledBy names %s, which is no clause with a reason that fails or warns", id, by)
			}
		}
	}
	return nil
}

// areaOrder is the order in which people meet the contract: from the image to the end of its life.
var areaOrder = []string{"IMG", "NET", "PING", "INV", "SSE", "SES", "LIFE", "WS", "MCP", "A2A", "AGUI", "OBS", "LIM", "SEC"}

func areaRank(area string) int {
	for i, a := range areaOrder {
		if a == area {
			return i
		}
	}
	return len(areaOrder)
}

func (c *Catalogue) sort() {
	sort.SliceStable(c.order, func(i, j int) bool {
		a, b := c.clauses[c.order[i]], c.clauses[c.order[j]]
		if ra, rb := areaRank(a.Area), areaRank(b.Area); ra != rb {
			return ra < rb
		}
		return a.ID < b.ID
	})
}

// Clauses returns all clauses in the contract's order.
func (c *Catalogue) Clauses() []Clause {
	out := make([]Clause, 0, len(c.order))
	for _, id := range c.order {
		out = append(out, *c.clauses[id])
	}
	return out
}

// Clause returns the clause of that id.
func (c *Catalogue) Clause(id string) (Clause, bool) {
	cl, ok := c.clauses[id]
	if !ok {
		return Clause{}, false
	}
	return *cl, true
}

// Reason returns the row of a clause's reason.
func (c *Catalogue) Reason(clause, reason string) (Reason, bool) {
	cl, ok := c.clauses[clause]
	if !ok {
		return Reason{}, false
	}
	for _, r := range cl.Reasons {
		if r.ID == reason {
			return r, true
		}
	}
	return Reason{}, false
}
