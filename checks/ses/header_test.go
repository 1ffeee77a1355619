package ses

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// session gives a call the session id s-1.
func session(x *record.Exchange) *record.Exchange {
	return change(x, func(x *record.Exchange) { x.Session = "s-1" })
}

// inPayload puts the session id into the request's body as well.
func inPayload(x *record.Exchange) *record.Exchange {
	return change(session(x), func(x *record.Exchange) { x.Request.Body = `{"prompt":"x","sessionId":"s-1"}` })
}

// happy is an agent whose happy path was that, with some variants beside it.
func happy(x *record.Exchange, variants map[record.Variant]*record.Exchange) *record.Set {
	s := &record.Set{Calls: checktest.Calls(variants)}
	s.Calls.Variants[record.Platform] = x
	return s
}

func TestWhatTellsThatTheHeaderIsRead(t *testing.T) {
	echo := func() *record.Exchange { return session(checktest.Answer(200, `{"session":"s-1"}`)) }
	refusal := `{"error":"session id is unknown"}`
	mixed := func(x *record.Exchange) map[record.Variant]*record.Exchange {
		return map[record.Variant]*record.Exchange{record.MixedCase: x}
	}
	history := sessions(round("serial", turn("a", 1, "a1"), turn("a", 2, "a1", "a2"), turn("a", 3, "a1", "a2"))).Sessions
	both := happy(inPayload(checktest.OK()), nil)
	both.Sessions = history
	kept := happy(session(checktest.OK()), nil)
	kept.Sessions = history
	fails := happy(session(checktest.Answer(500, refusal)), nil)
	fails.Calls.Worked = false
	busy := happy(session(checktest.Answer(429, refusal)), nil)
	busy.Calls.Worked = false
	unnamed := happy(checktest.Answer(400, refusal), nil)
	unnamed.Calls.Worked = false
	asked := happy(inPayload(checktest.Answer(400, refusal)), nil)
	asked.Calls.Worked = false
	redirected := happy(session(checktest.Answer(302, "")), map[record.Variant]*record.Exchange{record.NoSession: checktest.Answer(400, "{}")})
	checktest.Judge(t, Checks, "SES-01", []checktest.Case{
		{Name: "served in both cases", Set: happy(session(checktest.OK()), mixed(session(checktest.OK()))), Want: "note", Says: "no answer depends"},
		{Name: "the id comes back in both cases", Set: happy(echo(), mixed(echo())), Want: "pass"},
		{Name: "an echo in mixed case shows nothing where the happy path failed", Set: happy(checktest.Answer(429, "{}"), mixed(echo())), Want: "note"},
		{Name: "what the payload brought comes back in mixed case",
			Set: happy(session(checktest.OK()), mixed(inPayload(checktest.Answer(200, `{"session":"s-1"}`)))), Want: "note"},
		{Name: "memory could hang on the payload's id", Set: both, Want: "note", Says: "the payload carries the session id as well"},
		{Name: "the payload has the id too", Set: happy(inPayload(checktest.OK()), nil), Want: "note", Says: "the payload carries the session id as well"},
		{Name: "every answer counts once", Set: kept, Want: "pass", Says: "2 answers remember"},
		{Name: "an error of the server's is no refusal", Set: fails, Want: "untestable"},
		{Name: "a busy agent refuses nothing", Set: busy, Want: "untestable"},
		{Name: "no id was sent", Set: unnamed, Want: "untestable"},
		{Name: "the id that is refused stands in the payload", Set: asked, Want: "untestable"},
		{Name: "a happy path that was not served needs no header", Set: redirected, Want: "note"},
		{Name: "an answer to a call without an id echoes nothing", Set: happy(checktest.OK(), nil), Want: "note", Says: "no answer depends"},
	})
}

func TestContinuityCountsOwnEarlierTurns(t *testing.T) {
	asked := func(markers ...string) *record.Set {
		return sessions(asking(round("serial", turn("a", 1), turn("a", 2), turn("b", 1)), "chat", markers...))
	}
	nobody := sessions(asking(round("serial", turn("a", 1), turn("a", 2)), "chat", "z1"))
	noPrompt := change(sessions(), func(s *record.Set) { s.Calls.Prompt = false })
	checktest.Judge(t, Checks, "SES-05", []checktest.Case{
		{Name: "no place for a prompt", Set: noPrompt, Want: "note", Says: "the payload has no place for a prompt"},
		{Name: "a place for a prompt, and no memory", Set: sessions(), Want: "note", Says: "no answer held"},
		{Name: "nobody's words", Set: nobody, Want: "note"},
		{Name: "another session's words", Set: asked("b1", "a2"), Want: "note"},
		{Name: "words beside unknown ones", Set: asked("z9", "a1", "a2"), Want: "note", Says: "1 requests to the model"},
	})
}

func TestProbeIDsSaysTheLength(t *testing.T) {
	set := happy(session(checktest.OK()), nil)
	set.Boot = checktest.Ready(900)
	none := happy(checktest.OK(), nil)
	none.Boot = checktest.Ready(900)
	checktest.Judge(t, Checks, "SES-02", []checktest.Case{
		{Name: "an id of three characters", Set: set, Want: "note", Says: "ids of 3 characters"},
		{Name: "calls without an id", Set: none, Want: "note", Says: "no call with a session id"},
	})
	mcp := &record.Set{Boot: checktest.Ready(900), Terms: record.Terms{Protocol: "MCP"}}
	checktest.Judge(t, Checks, "SES-14", []checktest.Case{
		{Name: "HTTP", Set: set, Want: "note", Says: "in x-amzn-bedrock-agentcore-runtime-session-id,"},
		{Name: "MCP", Set: mcp, Want: "note", Says: "in mcp-session-id,"},
	})
}

func TestFieldsAreComparedWithAHappyPath(t *testing.T) {
	custom := func(plain, dressed *record.Exchange) *record.Set {
		return happy(plain, map[record.Variant]*record.Exchange{record.CustomHeader: dressed})
	}
	busy, refused := checktest.Answer(429, "{}"), checktest.Answer(400, "{}")
	checktest.Judge(t, Checks, "SES-09", []checktest.Case{
		{Name: "refused either way", Set: custom(refused, refused), Want: "untestable"},
		{Name: "busy before, refused then", Set: custom(busy, refused), Want: "untestable"},
		{Name: "busy before, served then", Set: custom(busy, checktest.OK()), Want: "untestable"},
	})
	handedOn := &record.Set{Calls: checktest.NoModel(401)}
	checktest.Judge(t, Checks, "SES-11", []checktest.Case{
		{Name: "a model's 401 handed on", Set: handedOn, Want: "untestable", Says: "or its model's refusal handed on"},
	})
	early := checktest.Stream(1, 1, record.IdentityToken, `"a"`)
	quiet := checktest.Stream(1, 1, `"a"`, `"b"`)
	checktest.Judge(t, Checks, "SES-12", []checktest.Case{
		{Name: "echoed early in a stream", Set: with(record.Identity, early), Want: "echoed"},
		{Name: "a stream that keeps it", Set: with(record.Identity, quiet), Want: "pass"},
	})
}
