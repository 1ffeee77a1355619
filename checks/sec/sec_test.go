package sec

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

func TestUser(t *testing.T) {
	as := func(user string) *record.Set { return &record.Set{Image: &record.Image{User: user}} }
	checktest.Judge(t, Checks, "SEC-01", []checktest.Case{
		{Name: "numeric", Set: as("1000:1000"), Want: "pass"},
		{Name: "named, as AWS's templates", Set: as("bedrock_agentcore"), Want: "pass"},
		{Name: "none", Set: as(""), Want: "root"},
		{Name: "root", Set: as("root"), Want: "root"},
		{Name: "root by number, with a group", Set: as("0:0"), Want: "root"},
		{Name: "a group alone", Set: as(":1000"), Want: "root"},
		{Name: "a user whose number begins with 0", Set: as("0100"), Want: "pass"},
	})
}

func TestSecrets(t *testing.T) {
	checktest.Judge(t, Checks, "SEC-02", []checktest.Case{
		{Name: "none", Set: &record.Set{Image: &record.Image{OS: "linux", Env: []string{"PATH=/bin"}}}, Want: "pass"},
		{Name: "the config was not read", Set: &record.Set{Image: &record.Image{}}, Want: "untestable"},
		{Name: "in a variable", Set: &record.Set{Image: &record.Image{Secrets: []string{"variable API_KEY: sk-…"}}}, Want: "secret"},
	})
}

func TestGuard(t *testing.T) {
	boot := func(b *record.Boot) *record.Set { return &record.Set{Boot: b} }
	hostGuard := checktest.BadAnswer(403)
	hostGuard.Localhost = checktest.Get(checktest.OK(), "/ping")
	call := func(c *record.Calls) *record.Set { return &record.Set{Boot: checktest.Ready(900), Calls: c} }
	guarded, relayed := checktest.NoModel(401), checktest.NoModel(401)
	guarded.Variants[record.Get] = checktest.Answer(401, "{}")
	relayed.Variants[record.Get] = checktest.Answer(405, "{}")
	host := checktest.NoModel(403)
	host.Variants[record.Localhost], host.Worked = checktest.OK(), true
	mute := checktest.NoModel(500)
	mute.Variants[record.Platform], mute.Variants[record.Localhost] = checktest.Ended(record.Reset), nil
	checktest.Judge(t, Checks, "SEC-03", []checktest.Case{
		{Name: "let in", Set: call(checktest.Calls(nil)), Want: "pass"},
		{Name: "no model: an error of the application is let in too", Set: call(checktest.NoModel(500)), Want: "pass"},
		{Name: "the health check is guarded: PING-12's", Set: boot(checktest.BadAnswer(401)), Want: "untestable"},
		{Name: "a guard against hosts: NET-04's", Set: boot(hostGuard), Want: "untestable"},
		{Name: "invocations are guarded", Set: call(guarded), Want: "invocations-guarded"},
		{Name: "a model's 401 handed on", Set: call(relayed), Want: "untestable"},
		{Name: "invocations are guarded against hosts: NET-04's", Set: call(host), Want: "pass"},
		{Name: "no answer", Set: call(mute), Want: "untestable"},
		{Name: "never ready", Set: boot(checktest.Never(record.ProcessExited)), Want: "untestable"},
	})
}

func TestLeaks(t *testing.T) {
	with := func(body string) *record.Set {
		return &record.Set{Calls: checktest.Calls(map[record.Variant]*record.Exchange{record.Identity: checktest.OK()}),
			Malformed: &record.Malformed{Probes: []record.Probe{{Name: "truncated-json", Call: *checktest.Answer(400, body)}}}}
	}
	logged := with(`{}`)
	logged.Calls.LeakedToken = true
	both := with(`Traceback (most recent call last)`)
	both.Calls.Variants[record.Identity] = checktest.Answer(200, `{"h":"`+record.IdentityToken+`"}`)
	fine := with(`{}`)
	fine.Malformed.Probes[0].Call = *checktest.Answer(200, `{"result":"Traceback (most recent call last) means an error"}`)
	checktest.Judge(t, Checks, "SEC-04", []checktest.Case{
		{Name: "a short message", Set: with(`{"error":"invalid JSON at line 1"}`), Want: "pass"},
		{Name: "the exception's own text, as the Python SDK", Set: with(`{"error":"Expecting value: line 1 column 11 (char 10)"}`), Want: "pass"},
		{Name: "an answer that explains tracebacks", Set: fine, Want: "pass"},
		{Name: "Python", Set: with(`{"detail":"Traceback (most recent call last):\n  File \"/app/main.py\", line 3"}`), Want: "stack-trace"},
		{Name: "Express's default page", Set: with("<pre>SyntaxError: Unexpected end of JSON input<br> &nbsp; &nbsp;at JSON.parse (&lt;anonymous&gt;)<br> &nbsp; &nbsp;at parse (/app/node_modules/body-parser/lib/types/json.js:92:19)</pre>"), Want: "stack-trace"},
		{Name: "Node's own frames", Set: with(`Error\n    at emit (node:events:517:28)`), Want: "stack-trace"},
		{Name: "Java", Set: with(`{"trace":"java.lang.X\n\tat com.acme.Agent.call(Agent.java:42)"}`), Want: "stack-trace"},
		{Name: "Go", Set: with("goroutine 7 [running]:\nmain.main()"), Want: "stack-trace"},
		{Name: "Flask in debug mode", Set: with("<title>KeyError // Werkzeug Debugger</title>"), Want: "stack-trace"},
		{Name: "a token in the log", Set: logged, Want: "token"},
		{Name: "a token and a trace", Set: both, Want: "token", Also: []string{"stack-trace"}},
		{Name: "nothing was seen", Set: &record.Set{Calls: checktest.Calls(nil)}, Want: "untestable"},
	})
}

func TestRegion(t *testing.T) {
	clean := func(b *record.Boot, call *record.Exchange) *record.Set {
		return &record.Set{Clean: &record.Clean{Boot: *b, Call: call}}
	}
	exits := func(line string) *record.Boot {
		b := checktest.Never(record.ProcessExited)
		b.Logs.Lines = []string{"starting", line}
		return b
	}
	baked := clean(checktest.Ready(900), checktest.OK())
	baked.Image = &record.Image{Env: []string{"PATH=/bin", "AWS_REGION=us-east-1"}}
	checktest.Judge(t, Checks, "SEC-07", []checktest.Case{
		{Name: "ready and served", Set: clean(checktest.Ready(900), checktest.OK()), Want: "pass"},
		{Name: "ready, and the first call wants credentials", Set: clean(checktest.Ready(900), checktest.Answer(500, `{"error":"Unable to locate credentials"}`)), Want: "pass"},
		{Name: "ready, and the first call wants a region", Set: clean(checktest.Ready(900), checktest.Answer(500, `{"error":"You must specify a region."}`)), Want: "first-call"},
		{Name: "exits for want of a region", Set: clean(exits("botocore.exceptions.NoRegionError: You must specify a region."), nil), Want: "start"},
		{Name: "exits for want of something else: LIFE-09's", Set: clean(exits("KeyError: 'OPENAI_API_KEY'"), nil), Want: "untestable"},
		{Name: "the image sets it, as templates do", Set: baked, Want: "note"},
	})
}

func TestNotes(t *testing.T) {
	ready := &record.Set{Boot: checktest.Ready(900)}
	for _, clause := range []string{"SEC-05", "SEC-06"} {
		checktest.Judge(t, Checks, clause, []checktest.Case{{Name: clause, Set: ready, Want: "note"}})
	}
}
