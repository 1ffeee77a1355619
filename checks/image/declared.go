package image

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var expose = checks.Check{Clause: "IMG-12", Needs: needs, Judge: judgeExpose}

func judgeExpose(set *record.Set) []checks.Verdict {
	if noImage(set.Image) {
		return cannotTell(noImageText)
	}
	want := fmt.Sprint(set.Terms.Port)
	for _, p := range set.Image.ExposedPorts {
		if number, proto, _ := strings.Cut(p, "/"); number == want && proto != "udp" {
			return passed("EXPOSE %s", p)
		}
	}
	have := "EXPOSE " + strings.Join(set.Image.ExposedPorts, " ")
	if len(set.Image.ExposedPorts) == 0 {
		have = "no EXPOSE"
	}
	return found("not-exposed", "EXPOSE "+want, have)
}

var healthcheck = checks.Check{Clause: "IMG-13", Needs: needs, Judge: judgeHealthcheck}

func judgeHealthcheck(set *record.Set) []checks.Verdict {
	switch {
	case noImage(set.Image):
		return cannotTell(noImageText)
	case set.Image.Healthcheck:
		return found("ignored", "no reliance on HEALTHCHECK", "a HEALTHCHECK is declared")
	}
	return passed("no HEALTHCHECK is declared")
}
