package checks

import (
	"testing"
	"testing/fstest"
)

// FuzzLoad: a catalogue is read in full or refused; what is read keeps its own rules.
func FuzzLoad(f *testing.F) {
	f.Add([]byte("- id: X-01\n  level: MUST\n  title: t\n  consequence: c\n  reasons:\n  - id: r\n    outcome: fail\n    basis: platform\n    title: t\n    fix: f\n"))
	f.Add([]byte("- id: X-01\n- id: X-01\n"))
	f.Add([]byte("- &a {id: X-01, level: MAY, title: t, consequence: c}\n- *a\n"))
	f.Add([]byte("- unknown: 1\n"))
	f.Add([]byte("{}"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Load(fstest.MapFS{"catalogue/x.yaml": {Data: data}})
		if err != nil {
			return
		}
		for _, cl := range c.Clauses() {
			if err := cl.check(); err != nil || cl.Area == "" {
				t.Errorf("%+v: %v", cl, err)
			}
			if got, ok := c.Clause(cl.ID); !ok || got.ID != cl.ID {
				t.Errorf("%s is not found", cl.ID)
			}
		}
	})
}
