package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// The texts are those that callers and logs show, placeholders filled; each leads to the clause that the contract names.
var platformErrors = []struct{ text, clause string }{
	{"Architecture incompatible for uri '1.dkr.ecr.us-east-1.amazonaws.com/a:1'. Supported architectures: [arm64]", "IMG-01"},
	{"Architecture incompatible for uri 'x'. Supported platforms: [arm64]", "IMG-01"},
	{"Runtime initialization time exceeded. Please make sure that initialization completes in 120s.", "LIFE-01"},
	{"Runtime initialization time exceeded. Please make sure that initialization completes in 30s.", "LIFE-01"},
	{"Runtime initialization time exceeded", "LIFE-01"},
	{"Runtime health check failed or timed out. Please make sure that health check is implemented according to the requirements here - https://docs.example.com", "PING-01"},
	{"RuntimeClientError: An error occurred (424): Runtime health check failed or timed out.", "PING-08"},
	{"Received error (500) from runtime. Please check your CloudWatch logs for more information.", "SES-08"},
	{"Received error (418) from runtime. Please check your CloudWatch logs for more information.", "INV-05"},
	{"Received error (421) from runtime. Please check your CloudWatch logs for more information.", "NET-04"},
	{"Received error (403) from runtime. Please check your CloudWatch logs for more information.", "NET-04"},
	{"Received error (404) from runtime", "NET-09"},
	{"Received error (422) from runtime", "INV-02"},
	{"Received error (413) from runtime", "INV-12"},
	{"Received error (502) from runtime. Please check your CloudWatch logs for more information.", "LIFE-03"},
	{"Failed to mount overlay: No such file or directory", "IMG-09"},
	{`Runtime.InvalidEntrypoint: exec: "opentelemetry-instrument": executable file not found in $PATH`, "IMG-11"},
	{"exec /bin/sh: exec format error", "IMG-02"},
	{"exec /app/server: exec format error", "IMG-02"},
	{"Environment variable value contains invalid control characters (0x00-0x1F, 0x7F). Key: 'CERT'", "LIM-07"},
	{"RetryableConflictException: Session operation in progress, please retry", "LIFE-13"},
	{"idleRuntimeSessionTimeout must be less than or equal to maxLifeTime", "LIFE-07"},
	{"This runtime is not MMDSv2-enabled", "SEC-06"},
	{"An internal error occurred while processing the request.", "MCP-06"},
	{"Authorization method mismatch. The agent is configured for a different authorization method than what was used in your request.", "SEC-03"},
	{"An error occurred when starting the runtime", "IMG-11"},
	{"ExpiredTokenException", "LIFE-15"},
	{"504 Gateway Timeout", "INV-15"},
	{"runtime helth check failed", "PING-01"},
}

func TestExplainEveryPlatformError(t *testing.T) {
	for _, e := range platformErrors {
		c := newCall(t).run("explain", e.text)
		if c.code != 0 || !strings.Contains(c.stdout, e.clause) || !strings.Contains(c.stdout, "Likely causes") {
			t.Errorf("%q: exit %d, want %s in\n%s%s", e.text, c.code, e.clause, c.stdout, c.stderr)
		}
	}
}

func TestExplainUnknownTexts(t *testing.T) {
	for text, want := range map[string]string{
		"segmentation fault in the parser": "no known platform error resembles",
		"error":                            "no known platform error resembles",
		"PING-99":                          "did you mean PING-0",
		"PING":                             "PING is an area",
		"the cat sat on the mat":           "no known platform error resembles",
	} {
		c := newCall(t).run("explain", text)
		if c.code != codeUsage || !strings.Contains(c.stderr, want) || c.stdout != "" {
			t.Errorf("%q: exit %d, %q %q", text, c.code, c.stdout, c.stderr)
		}
	}
}

// pastes are lines as people copy them from CloudWatch, boto3, kubectl-like tools, CI logs and chats, and the failure that
// is told first for them; a clause where no failure of the index is behind the text.
var pastes = []struct{ name, text, first string }{
	{"boto3", "botocore.errorfactory.RuntimeClientError: An error occurred (RuntimeClientError) when calling the InvokeAgentRuntime operation: " +
		"Runtime initialization time exceeded. Please make sure that initialization completes in 120s.", "F-IMG-13"},
	{"another number", "runtime INITIALIZATION time exceeded, please make sure initialization completes in 45s", "F-IMG-13"},
	{"a piece of it", "make sure that initialization completes in", "F-IMG-13"},
	{"JSON-RPC", `{"jsonrpc":"2.0","id":7,"error":{"code":-32010,"message":"Runtime initialization time exceeded. Please make sure that initialization completes in 30s."}}`, "F-IMG-13"},
	{"CloudWatch, health", "2026-11-03T10:22:11.500Z 4f1c2c1e-8a0b-4f0e-9d54-0d8f6e0b7a11 ERROR Runtime health check failed or timed out. " +
		"Please make sure that health check is implemented according to the requirements here - https://docs.aws.amazon.com/bedrock-agentcore/x.html", "F-NET-01"},
	{"escaped", `"message":"Runtime health check failed or timed out.\nPlease make sure that health check is implemented"`, "F-NET-01"},
	{"colours", "\x1b[31mRuntime health check failed or timed out\x1b[0m", "F-NET-01"},
	{"misspelt", "runtime helth check faild", "F-NET-01"},
	{"status in a traceback", "Traceback (most recent call last):\n  File \"/srv/call.py\", line 404, in <module>\n    r = client.invoke_agent_runtime(**a)\n" +
		"botocore.errorfactory.RuntimeClientError: An error occurred (424): Received error (500) from runtime. Please check your CloudWatch logs for more information.", "F-INV-06"},
	{"status and a time", "10:22:11,404 WARN Received error (502) from runtime. Please check your CloudWatch logs", "F-LIFE-06"},
	{"short, 404", "Received error (404) from runtime", "F-NET-05"},
	{"405", "received error (405) from runtime", "F-NET-05"},
	{"403 of MCP", `{"code":-32010,"message":"Received error (403) from runtime. Please check your CloudWatch logs for more information."}`, "F-NET-07"},
	{"421", "HTTP/1.1\" 421 Misdirected Request", "F-NET-07"},
	{"422 of FastAPI", "Received error (422) from runtime. Please check your CloudWatch logs for more information. [request 9c5f1a2b3c4d5e6f]", "F-INV-05"},
	{"413", "RuntimeClientError: Received error (413) from runtime", "F-INV-15"},
	{"406", "-32011: Not Acceptable: Client must accept both application/json and text/event-stream", "F-MCP-05"},
	{"307", "Received error (307) from runtime.", "F-NET-13"},
	{"409 of the agent", "Received error (409) from runtime. Please check your CloudWatch logs for more information.", "F-INV-16"},
	{"431", "Received error (431) from runtime. Please check your CloudWatch logs for more information.", "OBS-02"},
	{"unknown status", "Received error (418) from runtime. Please check your CloudWatch logs for more information.", "F-INV-06"},
	{"no status", "Please check your CloudWatch logs for more information", "F-INV-06"},
	{"architecture", "An error occurred (ValidationException) when calling the CreateAgentRuntime operation: Architecture incompatible for uri " +
		"'123456789012.dkr.ecr.eu-central-1.amazonaws.com/agent@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0'. Supported architectures: [arm64]", "F-IMG-01"},
	{"validation alone", "botocore.exceptions.ClientError: An error occurred (ValidationException)", "F-IMG-01"},
	{"exec", "exec /usr/local/bin/docker-entrypoint.sh: exec format error", "F-IMG-02"},
	{"old exec", "standard_init_linux.go:228: exec user process caused: exec format error", "F-IMG-02"},
	{"entry point", `Runtime.InvalidEntrypoint: exec: "gunicorn": executable file not found in $PATH`, "F-IMG-11"},
	{"overlay", "level=error msg=\"Failed to mount overlay: no such file or directory\" requestId=1f2e3d4c5b6a7988", "F-IMG-09"},
	{"loader", "exec /app/server: no such file or directory", "F-IMG-03"},
	{"unreadable", "PermissionError: [Errno 13] Permission denied: '/app/agent.py'", "F-IMG-14"},
	{"starting", "AccessDenied? no: An error occurred when starting the runtime.", "F-IMG-10"},
	{"control characters", "Environment variable value contains invalid control characters (0x00-0x1F, 0x7F). Key: 'TLS_CERT'", "F-LIFE-S15"},
	{"conflict", "RetryableConflictException: Session operation in progress, please retry (Service: BedrockAgentCore, Status Code: 409, Request ID: 0c9a)", "LIFE-13"},
	{"lifecycle", "idleRuntimeSessionTimeout must be less than or equal to maxLifetime", "LIFE-07"},
	{"metadata", "This runtime is not MMDSv2-enabled.", "SEC-06"},
	{"JSON-RPC internal", `{"error":{"code":-32603,"message":"An internal error occurred while processing the request."}}`, "MCP-06"},
	{"signing", "AccessDeniedException: Authorization method mismatch.", "F-SEC-07"},
	{"gateway", "<html><head><title>504 Gateway Time-out</title></head>", "F-NET-03"},
	{"status alone", "504", "F-NET-03"},
	{"424 alone", "424", "F-INV-06"},
	{"expired", "botocore.exceptions.ClientError: An error occurred (ExpiredTokenException) when calling the ConverseStream operation: The security token included in the request is expired", "F-LIFE-S5"},
	{"quota", "ServiceQuotaExceededException: maxVms limit exceeded", "F-PING-08"},
	{"in words", "the session ends after the idle timeout although it is working", "F-PING-09"},
	{"the bill", "our sessions never go idle, the vCPU bill grows", "F-PING-08"},
	{"socket", "websocket connection closed 1006 (abnormal closure)", "F-WS-03"},
	{"snapshot", "identical trace ids across sessions", "F-LIFE-S1"},
}

// leadsTo is the first thing that a printed explanation points to.
func leadsTo(m *matcher, text string) string {
	found := m.find(text)
	if len(found) == 0 {
		return "nothing"
	}
	causes := newApp().explanationOf(found).Causes
	switch c := causes[0]; {
	case len(c.Failures) > 0:
		return c.Failures[0].ID
	case len(c.Findings) > 0:
		return c.Findings[0].Clause
	default:
		return c.Clauses[0]
	}
}

func TestPastedLinesLeadToTheirFirstCause(t *testing.T) {
	m := newMatcher(symptoms())
	for _, p := range pastes {
		t.Run(p.name, func(t *testing.T) {
			if got := leadsTo(m, p.text); got != p.first {
				t.Errorf("leads to %s, want %s", got, p.first)
			}
		})
	}
}

// A log around the message changes nothing.
func TestNoiseAroundAMessageChangesNothing(t *testing.T) {
	m := newMatcher(symptoms())
	log := strings.Repeat("2026-11-03 10:22:11,404 INFO uvicorn.access 127.0.0.1:53122 - \"GET /ping HTTP/1.1\" 200 OK in 3 ms\n", 200)
	for _, e := range checks.Field().Errors {
		for _, text := range e.Texts {
			want, got := leadsTo(m, text), leadsTo(m, log+text+"\n"+log[:600])
			if len(words(text)) > 3 && got != want {
				t.Errorf("%q leads to %s alone, and to %s in a log", text, want, got)
			}
		}
	}
}

func TestHarmlessLogsAreNoError(t *testing.T) {
	m := newMatcher(symptoms())
	for _, text := range []string{
		strings.Repeat("INFO: Application startup complete. Uvicorn running on http://0.0.0.0:8080 (Press CTRL+C to quit)\n", 50),
		"the quick brown fox jumps over the lazy dog, and then the dog runs on",
		"deployment finished in 32 s, 4 images pushed, all tests green",
	} {
		if found := m.find(text); len(found) > 0 {
			t.Errorf("%q resembles %q (%.2f)", shorten(text), found[0].text, found[0].likeness)
		}
	}
}

// Each text of the index leads to its own entry, and each text that the catalogue names leads to the reason that names it.
func TestEveryKnownTextIsExplained(t *testing.T) {
	a, m := newApp(), newMatcher(symptoms())
	for i := range checks.Field().Errors {
		for _, text := range checks.Field().Errors[i].Texts {
			found := m.find(text)
			if len(found) == 0 || headline(found).symptom.known != &checks.Field().Errors[i] {
				t.Errorf("%q does not find itself: %+v", text, found)
			}
		}
	}
	for _, cl := range checks.Contract().Clauses() {
		for _, r := range cl.Reasons {
			for _, text := range r.Errors {
				found := m.find(text)
				if len(found) == 0 {
					t.Errorf("%s/%s: %q is not known", cl.ID, r.ID, text)
					continue
				}
				if e := a.explanationOf(found); !tells(e, checks.ReasonRef(cl.ID+"/"+r.ID)) {
					t.Errorf("%s/%s: %q is explained as %q without it", cl.ID, r.ID, text, e.Text)
				}
			}
		}
	}
}

func tells(e explanation, r checks.ReasonRef) bool {
	return slices.Contains(e.Rarer, r) || slices.ContainsFunc(e.Causes, func(c explainedCause) bool {
		return slices.ContainsFunc(c.Findings, func(f finding) bool { return f.Clause == r.Clause() && f.ID == r.Reason() })
	})
}

// Whatever stands in the index is said by explain: each failure by its id, each cause by its text.
func TestExplainEveryFailure(t *testing.T) {
	for _, f := range checks.Field().Failures {
		c := (&call{dir: "."}).run("explain", strings.ToLower(f.ID))
		said := strings.Join(strings.Fields(c.stdout), " ")
		wants := append([]string{f.ID, f.Title, f.Symptom, f.Uncovered, f.Note}, append(f.Later, f.Flags...)...)
		for _, r := range f.Reasons {
			row, _ := checks.Contract().Reason(r.Clause(), r.Reason())
			wants = append(wants, r.Clause(), r.Reason(), row.Title, row.Fix)
		}
		for _, want := range wants {
			if !strings.Contains(said, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s: %q is not said", f.ID, want)
			}
		}
		if c.code != 0 || c.stderr != "" {
			t.Errorf("%s: exit %d, %s", f.ID, c.code, c.stderr)
		}
	}
}

func TestExplainEveryErrorText(t *testing.T) {
	for _, e := range checks.Field().Errors {
		c := (&call{dir: "."}).run("explain", e.Texts[0])
		said := strings.Join(strings.Fields(c.stdout), " ")
		wants := []string{e.Meaning, e.Seen, e.Otherwise}
		for _, cause := range e.Causes {
			wants = append(append(wants, cause.When), cause.Clauses...)
			wants = append(wants, cause.Failures...)
			for _, r := range checks.Field().Findings(cause) {
				wants = append(wants, r.Clause(), r.Reason())
			}
		}
		for _, want := range wants {
			if !strings.Contains(said, want) {
				t.Errorf("%q: %q is not said", e.Texts[0], want)
			}
		}
	}
}

// The command that explain prints can be run: its clauses have checks, and its flags exist.
func TestExplainPrintsACommandThatRuns(t *testing.T) {
	a := newApp()
	run := a.runCommand()
	for _, e := range checks.Field().Errors {
		x := a.explanationOf([]match{{symptom: symptom{texts: e.Texts, known: &e}, text: e.Texts[0]}})
		_, only, _ := strings.Cut(x.Command, "--only ")
		for _, id := range strings.Split(only, ",") {
			if _, ok := a.registry.Check(id); !ok && x.Command != "" {
				t.Errorf("%q: %s has no check", e.Texts[0], id)
			}
		}
	}
	for _, f := range checks.Field().Failures {
		for _, flag := range f.Flags {
			if run.Flags().Lookup(strings.TrimPrefix(flag, "--")) == nil {
				t.Errorf("%s: run has no %s", f.ID, flag)
			}
		}
		for _, id := range f.Later {
			if _, ok := a.registry.Check(id); ok && !strings.HasPrefix(f.ID, "F-LIFE") {
				t.Errorf("%s: %s has a check by now", f.ID, id)
			}
		}
	}
}

func TestExplainAnUnknownFailure(t *testing.T) {
	c := newCall(t).run("explain", "F-NET-99")
	if c.code != codeUsage || !strings.Contains(c.stderr, "did you mean F-NET-0") {
		t.Errorf("exit %d, %q", c.code, c.stderr)
	}
}

// Anything may be pasted: nothing of it ends the program, takes long or comes back as raw control characters.
func FuzzExplainError(f *testing.F) {
	for _, p := range pastes {
		f.Add(p.text)
	}
	f.Add("")
	f.Add("\x00\xff\xfe")
	f.Add("<<<>>> ((((")
	f.Add(strings.Repeat("runtime health ", 100))
	a := newApp()
	a.stdout, a.stderr = io.Discard, io.Discard
	m := newMatcher(symptoms())
	f.Fuzz(func(t *testing.T, text string) {
		for i, x := range m.find(text) {
			if x.likeness < leastLikeness || x.likeness > 1+1e-9 || x.shared <= 0 || x.text == "" {
				t.Errorf("match %d: likeness %f, shared %f, %q", i, x.likeness, x.shared, x.text)
			}
		}
		if err := a.explainMatch(m, text); err != nil {
			if line := err.Error(); strings.Contains(line, "\n") || !utf8.ValidString(line) {
				t.Errorf("no readable line: %q", line)
			}
		}
	})
}
