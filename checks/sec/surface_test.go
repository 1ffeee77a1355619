package sec

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// page is the answer to GET of a path.
func page(path string, status int, body string) record.Exchange {
	x := *checktest.Answer(status, body)
	x.Request.Method, x.Request.Path = "GET", path
	return x
}

func surface(unknown record.Exchange, pages ...record.Exchange) *record.Set {
	return &record.Set{Surface: &record.Surface{Unknown: unknown, Pages: pages}}
}

func TestDebugEndpoints(t *testing.T) {
	missing := page("/conform-1", 404, `{"detail":"Not Found"}`)
	app := page("/conform-1", 200, "<html>goroutine</html>")
	checktest.Judge(t, Checks, "SEC-08", []checktest.Case{
		{Name: "nothing there", Set: surface(missing, page("/docs", 404, ""), page("/.env", 404, "")), Want: "pass"},
		{Name: "Go's profiler", Set: surface(missing, page("/debug/pprof/", 200, "profiles: <a>goroutine</a>")), Want: "debug-open"},
		{Name: "Go's variables", Set: surface(missing, page("/debug/vars", 200, `{"cmdline":["/agent"],"memstats":{}}`)), Want: "debug-open"},
		{Name: "Spring's environment", Set: surface(missing, page("/actuator/env", 200, `{"propertySources":[]}`)), Want: "debug-open"},
		{Name: "Spring's actuator, all of it", Set: surface(missing, page("/actuator", 200, `{"_links":{"heapdump":{"href":"x"}}}`)), Want: "debug-open"},
		{Name: "Spring's actuator, health alone", Set: surface(missing, page("/actuator", 200, `{"_links":{"self":{},"health":{}}}`)), Want: "pass"},
		{Name: "variables", Set: surface(missing, page("/.env", 200, "# local\nAPI_KEY=x\n")), Want: "debug-open"},
		{Name: "a repository", Set: surface(missing, page("/.git/HEAD", 200, "ref: refs/heads/main\n")), Want: "debug-open"},
		{Name: "a console", Set: surface(missing, page("/console", 200, "<title>Interactive Console</title>")), Want: "debug-open"},
		{Name: "the same text at every path", Set: surface(app, page("/debug/pprof/", 200, "<html>goroutine</html>"), page("/docs", 200, "<html>goroutine</html>")), Want: "pass"},
		{Name: "a refusal that holds the words", Set: surface(missing, page("/debug/pprof/", 403, "goroutine")), Want: "pass"},
		{Name: "FastAPI's description", Set: surface(missing, page("/docs", 200, "<title>Swagger UI</title>"), page("/openapi.json", 200, "{}")), Want: "note"},
		{Name: "nobody answers", Set: surface(record.Exchange{Outcome: record.Refused}, record.Exchange{Outcome: record.Refused}), Want: "untestable"},
	})
}

func TestPrivileges(t *testing.T) {
	ended := func(lines ...string) *record.Set {
		return &record.Set{Boot: &record.Boot{Cause: record.ProcessExited, Detail: "exited with code 1", Logs: record.Logs{Lines: lines}}}
	}
	attached := ended("mount: /data: Operation not permitted")
	attached.Terms.Attached = true
	checktest.Judge(t, Checks, "SEC-10", []checktest.Case{
		{Name: "ready", Set: &record.Set{Boot: checktest.Ready(100)}, Want: "pass"},
		{Name: "a mount", Set: ended("starting", "mount: /data: mount failed: Operation not permitted."), Want: "privilege-missing"},
		{Name: "the Docker socket", Set: ended("dial unix /var/run/docker.sock: connect: no such file or directory"), Want: "privilege-missing"},
		{Name: "a capability", Set: ended("this program requires CAP_NET_ADMIN"), Want: "privilege-missing"},
		{Name: "a missing capability", Set: ended("missing cap_net_admin"), Want: "privilege-missing"},
		{Name: "a file of another user", Set: ended("PermissionError: [Errno 13] Permission denied: '/app/main.py'"), Want: "untestable"},
		{Name: "an ordinary crash", Set: ended("ModuleNotFoundError: No module named 'fastapi'"), Want: "untestable"},
		{Name: "a server that runs already", Set: attached, Want: "not-applicable"},
	})
}
