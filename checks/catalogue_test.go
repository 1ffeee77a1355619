package checks_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const sound = `
- id: NET-01
  level: MUST
  title: t
  consequence: c
  reasons:
    - {id: a, outcome: fail, basis: platform, title: t, fix: f}
    - {id: b, outcome: note, basis: policy, title: t, fix: ""}
`

func load(text string) (*checks.Catalogue, error) {
	return checks.Load(fstest.MapFS{"catalogue/x.yaml": &fstest.MapFile{Data: []byte(text)}})
}

func TestLoadRefusesWhatIsWrong(t *testing.T) {
	if _, err := load(sound); err != nil {
		t.Fatalf("the sound catalogue is refused: %v", err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":          {"  title: t\n", "  title: t\n  tilte: x\n", "tilte"},
		"no number":            {"NET-01", "NET", "AREA-NUMBER"},
		"unknown level":        {"MUST", "must", "level"},
		"no title":             {"  title: t\n", "", "title"},
		"no consequence":       {"  consequence: c\n", "", "consequence"},
		"reason twice":         {"id: b", "id: a", "twice"},
		"outcome of no reason": {"outcome: fail", "outcome: pass", "outcome"},
		"unknown basis":        {"basis: platform", "basis: rumour", "basis"},
		"no fix":               {"title: t, fix: f", "title: t, fix: ''", "fix"},
		"no id of a reason":    {"id: b", "id: ''", "needs an id"},
		"clause twice":         {sound, sound + sound, "twice"},
		"excluded and ruled":   {"  reasons:\n    - {id: a, outcome: fail", "  excluded: e\n  ruledBy: [NET-01]\n  reasons:\n    - {id: a, outcome: note", "exclude each other"},
		"excluded and judged":  {"  title: t\n", "  title: t\n  excluded: e\n", "ruled on by itself"},
		"ruled and judged":     {"  title: t\n", "  title: t\n  ruledBy: [NET-01]\n", "ruled on by itself"},
		"ruled by nothing":     {"  reasons:\n    - {id: a, outcome: fail", "  ruledBy: [NET-99]\n  reasons:\n    - {id: a, outcome: note", "NET-99, which is no clause"},
		"ruled by a note":      {"  reasons:\n    - {id: a, outcome: fail", "  ruledBy: [NET-01]\n  reasons:\n    - {id: a, outcome: note", "NET-01, which is no clause with a reason"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(strings.Replace(sound, c.old, c.new, 1))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestLookups(t *testing.T) {
	c, err := load(sound)
	if err != nil {
		t.Fatal(err)
	}
	if cl, ok := c.Clause("NET-01"); !ok || cl.Area != "NET" {
		t.Errorf("got %+v, %v", cl, ok)
	}
	if _, ok := c.Clause("NET-99"); ok {
		t.Error("found a clause that is not there")
	}
	if r, ok := c.Reason("NET-01", "b"); !ok || r.Outcome != checks.Note {
		t.Errorf("got %+v, %v", r, ok)
	}
	for _, id := range [][2]string{{"NET-01", "z"}, {"NET-99", "a"}} {
		if _, ok := c.Reason(id[0], id[1]); ok {
			t.Errorf("found a reason that is not there: %v", id)
		}
	}
}

func TestContractOrder(t *testing.T) {
	var areas []string
	last := ""
	for _, cl := range checks.Contract().Clauses() {
		if len(areas) == 0 || areas[len(areas)-1] != cl.Area {
			areas = append(areas, cl.Area)
			last = ""
		}
		if cl.ID <= last {
			t.Errorf("%s stands after %s", cl.ID, last)
		}
		last = cl.ID
	}
	if want := []string{"IMG", "NET", "PING", "INV", "SSE", "SES", "LIFE", "WS", "MCP", "A2A", "AGUI", "OBS", "LIM", "SEC"}; !slices.Equal(areas, want) {
		t.Errorf("areas %v, want %v", areas, want)
	}
}

// Reports and explain show these texts one a line; errors are searched for, so they are whole texts.
func TestContractTexts(t *testing.T) {
	const mostTitle, mostReason = 90, 120
	for _, cl := range checks.Contract().Clauses() {
		oneLine(t, cl.ID+" title", cl.Title, mostTitle)
		oneLine(t, cl.ID+" consequence", cl.Consequence, 500)
		oneLine(t, cl.ID+" exclusion", cl.Excluded, 150)
		for _, r := range cl.Reasons {
			at := cl.ID + " " + r.ID
			oneLine(t, at+" title", r.Title, mostReason)
			oneLine(t, at+" fix", r.Fix, 500)
			if r.ID != strings.ToLower(r.ID) || strings.ContainsAny(r.ID, " _.") {
				t.Errorf("%s: a reason's id is lower case with dashes", at)
			}
			if !strings.HasSuffix(r.Title, ".") {
				t.Errorf("%s: the title is no sentence: %q", at, r.Title)
			}
			for _, e := range r.Errors {
				oneLine(t, at+" error", e, 200)
			}
		}
	}
}

func oneLine(t *testing.T, what, text string, most int) {
	t.Helper()
	if len([]rune(text)) > most || strings.ContainsAny(text, "\n\t") || strings.TrimSpace(text) != text {
		t.Errorf("%s: one line of at most %d characters, got %d: %q", what, most, len([]rune(text)), text)
	}
}
