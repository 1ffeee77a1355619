package sec

import (
	"regexp"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var region = checks.Check{Clause: "SEC-07", Needs: []record.Kind{record.KindClean}, Judge: judgeRegion}

// noRegion finds what AWS SDKs say when they know no region.
var noRegion = regexp.MustCompile(`(?i)NoRegionError|must specify a region|region is missing|AWS_(?:DEFAULT_)?REGION|unable to load region|missing region`)

// judgeRegion looks at the container without any variable. A start that fails without AWS_REGION must name it: other
// variables may be missing too, which is LIFE-09's finding.
func judgeRegion(set *record.Set) []checks.Verdict {
	c := set.Clean
	if declaresAWS(set.Image) {
		return []checks.Verdict{checks.Remark("the image sets AWS_REGION itself, so nothing shows what happens without it")}
	}
	if !c.Boot.Ready {
		if l := lineWith(c.Boot.Logs); l != "" {
			return []checks.Verdict{checks.Found("start", "a start without AWS_REGION", c.Boot.Detail+": "+reading.Quote(l),
				checks.LogLines("last lines of the container without variables", c.Boot.Logs))}
		}
		return []checks.Verdict{checks.CannotTell("without variables the container never became ready (%s): see LIFE-09", c.Boot.Detail)}
	}
	if f := reading.FateOf(c.Call); (f == reading.Failed || f == reading.Refused) && noRegion.MatchString(c.Call.Response.Body) {
		return []checks.Verdict{checks.Found("first-call", "a first call without AWS_REGION", reading.Says(c.Call)+": "+reading.Quote(c.Call.Response.Body),
			checks.Wire("the first call", c.Call))}
	}
	return []checks.Verdict{checks.Passed("became ready without any AWS_ variable")}
}

func declaresAWS(i *record.Image) bool {
	if i == nil {
		return false
	}
	for _, e := range i.Env {
		if strings.HasPrefix(e, "AWS_REGION=") || strings.HasPrefix(e, "AWS_DEFAULT_REGION=") {
			return true
		}
	}
	return false
}

func lineWith(l record.Logs) string {
	for _, line := range l.Lines {
		if noRegion.MatchString(line) {
			return line
		}
	}
	return ""
}
