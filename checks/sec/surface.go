package sec

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var debugEndpoints = checks.Check{Clause: "SEC-08", Needs: []record.Kind{record.KindSurface}, Judge: judgeSurface}

// open are the pages that give away or let in what they should not, known by what they say: servers of single-page apps
// answer every path.
var open = []struct {
	path, what string
	says       *regexp.Regexp
}{
	{"/debug/pprof/", "Go's profiler", regexp.MustCompile(`(?i)goroutine`)},
	{"/debug/vars", "Go's exported variables with the command line", regexp.MustCompile(`"memstats"`)},
	{"/console", "a console that runs code", regexp.MustCompile(`(?i)werkzeug|interactive console`)},
	{"/actuator/env", "the environment of a Spring application", regexp.MustCompile(`"propertySources"`)},
	{"/actuator", "Spring's actuator beyond health and info", regexp.MustCompile(`"(?:env|heapdump|threaddump|loggers|configprops|beans)"\s*:`)},
	{"/.env", "a file of variables", regexp.MustCompile(`(?m)^[A-Z][A-Z0-9_]+=`)},
	{"/.git/HEAD", "the repository's history", regexp.MustCompile(`^(?:ref: refs/|[0-9a-f]{40}\s*$)`)},
}

// described are the pages whose presence is worth a word, no more.
var described = map[string]bool{"/docs": true, "/openapi.json": true, "/metrics": true, "/debug": true}

func judgeSurface(set *record.Set) []checks.Verdict {
	s := set.Surface
	asked, shown := 0, []string{}
	for i := range s.Pages {
		x := &s.Pages[i]
		if reading.FateOf(x) == reading.NotSent || x.Response == nil {
			continue
		}
		asked++
		if !x.OK() {
			continue
		}
		for _, page := range open {
			if page.path == x.Request.Path && page.says.MatchString(x.Response.Body) && !page.says.MatchString(bodyOf(&s.Unknown)) {
				return []checks.Verdict{checks.Found("debug-open", "no debug page, console or hidden file", fmt.Sprintf("GET %s shows %s", page.path, page.what),
					checks.Wire("the page", x))}
			}
		}
		if described[x.Request.Path] && !s.Unknown.OK() {
			shown = append(shown, x.Request.Path)
		}
	}
	switch {
	case asked == 0:
		return []checks.Verdict{checks.CannotTell("none of %d paths beside the contract's was answered", len(s.Pages))}
	case len(shown) > 0:
		return []checks.Verdict{checks.Remark("%s answer as well: callers cannot reach them, but where a port is opened for session endpoints they can", strings.Join(shown, ", "))}
	}
	return []checks.Verdict{checks.Passed("no debug page, console or hidden file at %d paths", asked)}
}

func bodyOf(x *record.Exchange) string {
	if x.Response == nil {
		return ""
	}
	return x.Response.Body
}
