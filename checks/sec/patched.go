package sec

import (
	_ "embed"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var patched = checks.Check{Clause: "SEC-09", Needs: []record.Kind{record.KindImage}, Judge: judgePatched}

//go:embed endoflife.yaml
var endOfLifeFile []byte

// calendar holds the ends of life by name and release; dates are YYYY-MM-DD, so that they compare as text.
type calendar struct {
	AsOf string                       `yaml:"asOf"`
	Ends map[string]map[string]string `yaml:",inline"`
}

var endOfLife = mustReadCalendar(endOfLifeFile)

// mustReadCalendar reads the table. A fault in it is a fault of the build, hence the panic.
func mustReadCalendar(raw []byte) calendar {
	var c calendar
	if err := yaml.Unmarshal(raw, &c); err != nil {
		panic("endoflife.yaml: " + err.Error())
	}
	return c
}

// ended is the date on which a release ended, empty when it had not at the table's date. known says that the table has it:
// the release itself, or the shorter ones of which it is a patch.
func (c calendar) ended(name, version string) (date string, known bool) {
	for v := version; v != ""; {
		if end, ok := c.Ends[name][v]; ok {
			if end < c.AsOf {
				return end, true
			}
			return "", true
		}
		i := strings.LastIndexByte(v, '.')
		v = v[:max(i, 0)]
	}
	return "", false
}

// judgePatched rules by a table: that nothing is known to have ended is a pass only when the table knows the base.
func judgePatched(set *record.Set) []checks.Verdict {
	img := set.Image
	if !img.Scanned {
		return []checks.Verdict{checks.CannotTell("the layers were not read to the end, so the base is unknown")}
	}
	var out []checks.Verdict
	known := false
	if b := img.Base; b != nil {
		date, ok := endOfLife.ended(b.ID, b.Version)
		if known = ok; date != "" {
			out = append(out, checks.Found("base-past-end", "a base with security fixes, as of "+endOfLife.AsOf,
				fmt.Sprintf("%s ended on %s", reading.Quote(baseName(b)), date), checks.Text("where", "/etc/os-release: "+b.ID+" "+b.Version)))
		}
	}
	for _, r := range img.Runtimes {
		date, ok := endOfLife.ended(r.Name, r.Version)
		if known = known || ok; date != "" {
			out = append(out, checks.Found("runtime-past-end", "runtimes with security fixes, as of "+endOfLife.AsOf,
				fmt.Sprintf("%s %s ended on %s", r.Name, r.Version, date), checks.Text("where", r.Path)))
			break
		}
	}
	switch {
	case len(out) > 0:
		return out
	case known:
		return []checks.Verdict{checks.Passed("nothing known of base and runtimes had ended on %s; vulnerabilities are left to scanners of the image", endOfLife.AsOf)}
	case img.Base != nil:
		return []checks.Verdict{checks.Found("unknown-base", "a base that the table of ends of life knows", reading.Quote(baseName(img.Base))+" is not in the table of "+endOfLife.AsOf)}
	}
	return []checks.Verdict{checks.Found("unknown-base", "an /etc/os-release", "the image has none; vulnerabilities are left to scanners of the image")}
}

func baseName(b *record.Base) string {
	if b.Name != "" {
		return b.Name
	}
	return b.ID + " " + b.Version
}
