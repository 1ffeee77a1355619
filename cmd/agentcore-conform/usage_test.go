package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

func TestWrongCommandLines(t *testing.T) {
	cases := []struct{ args, want string }{
		{"", "IMAGE is missing"},
		{"run", "IMAGE is missing"},
		{"inspect", "IMAGE is missing; see"},
		{"a b", "give one IMAGE, not 2: a b"},
		{"insepct a", "did you mean inspect?"},
		{"doctro", "agentcore-conform run doctro"},
		{"a --profil gate", "did you mean --profile?"},
		{"a -x", "unknown flag -x"},
		{"a --profile fast", "choose gate, smoke or soak"},
		{"a --protocol SOAP", "choose HTTP, MCP, A2A or AGUI"},
		{"a --session-model vm", "choose process or microvm"},
		{"a --compute lambda", "choose microvm or instances"},
		{"a --platform-version 2", "choose v1 or v2"},
		{"a --network host", "choose internal or open"},
		{"a --color sometimes", "choose auto, always or never"},
		{"a --port 0", "from 1 to 65535"},
		{"a --port http", "from 1 to 65535"},
		{"a --path chat", "begins with a slash"},
		{"a --path /a?b", "begins with a slash"},
		{"a --time-scale 0.5", "a factor from 1 to 1000"},
		{"a --time-scale NaN", "a factor from 1 to 1000"},
		{"a --timeout 10", "such as 90s or 10m"},
		{"a --timeout 0s", "from 1s"},
		{"a --session-duration 9h", "from 1s to 8h"},
		{"a --freeze 500ms", "from 1s to 15m, such as 90s or 10m, or 0 for none"},
		{"a --freeze -1s", "from 1s to 15m"},
		{"a --freeze 16m", "from 1s to 15m"},
		{"a --idle-timeout 59s", "from 1m to 8h"},
		{"a --idle-timeout 8h1s", "from 1m to 8h"},
		{"a --max-lifetime 59s", "from 1m to 336h"},
		{"a --max-lifetime 337h", "from 1m to 336h"},
		{"a --idle-timeout 20m --max-lifetime 10m", "idleRuntimeSessionTimeout must be less than or equal to maxLifeTime: --idle-timeout is 20m0s, --max-lifetime 10m0s"},
		{"a --max-lifetime 10m", "maxLifeTime: --idle-timeout is 15m0s, --max-lifetime 10m0s"},
		{"judge report.json --idle-timeout 8h --max-lifetime 7h", "maxLifeTime: --idle-timeout is 8h0m0s, --max-lifetime 7h0m0s"},
		{"a --invocation-timeout 62m", "from 1s to 1h1m"},
		{"a --sessions 1", "from 2 to 256"},
		{"a --turns 0", "from 1 to 64"},
		{"a --max-payload lots", "such as 500000, 10MB or 1MiB"},
		{"a --max-payload -1", "such as 500000, 10MB or 1MiB"},
		{"a --payload {", "not JSON"},
		{"a --payload @absent.json", "absent.json"},
		{`a --payload {"p":"{{promt}}"}`, "{{promt}} is no placeholder"},
		{"a --env FOO", "write NAME=value"},
		{"a --env =x", "is no name for a variable"},
		{"a --env-file absent.env", "absent.env"},
		{"a --env-file bad.env", "bad.env:2: \"A B\" is no name for a variable"},
		{"a --only NOPE", `"NOPE" matches no clause`},
		{"a --skip PING-99", `"PING-99" matches no clause`},
		{"a --only PING --skip PING", "leave no clause"},
		{"a --only [", "not a valid pattern"},
		{"a --endpoint http://127.0.0.1:1", "not both"},
		{"--endpoint 127.0.0.1:1", "such as http://127.0.0.1:8080"},
		{"--endpoint ftp://x", "such as http://127.0.0.1:8080"},
		{"--endpoint http://127.0.0.1:1 --keep --env A=b", "leave out --keep, --env: with --endpoint"},
		{"a --engine docker.sock", "begins with one of unix://"},
		{"a --insecure-registry http://x", "give a registry's host"},
		{"a --report xml=f", "json, junit"},
		{"a --report junit", "names no file"},
		{"a --report junit=x --report json=x", "two reports go to x"},
		{"a --report junit=.", "is a folder"},
		{"a --report junit=bad.env/x.xml", "--report junit=bad.env/x.xml"},
		{"a -v -q", "exclude each other"},
		{"a --from absent.json", "absent.json"},
		{"a --from project.json", "project.json declares 2 agents: A, B; name one, as project.json#A"},
		{"a --from project.json#C", `declares no agent "C"; it has A, B`},
		{"a --from project.json#B", `project.json#B: protocol "GRPC": choose HTTP, MCP, A2A or AGUI`},
		{"a --from report.json", "declares no agent"},
		{"a --from bad.env", "read it as .bedrock_agentcore.yaml"},
		{"a --waivers absent.yaml", "absent.yaml"},
		{"a --waivers empty.yaml", "is empty"},
		{"a --waivers report.json", "write waivers: and a list below it"},
		{"a --waivers w-unknown.yaml", "waiver NOPE-01: NOPE-01 is no clause"},
		{"a --waivers w-reason.yaml", `SES-06 has no reason "nope"; it has foreign-marker, `},
		{"a --waivers w-twice.yaml", "line 3: waiver SES-06 stands twice"},
		{"a --waivers w-date.yaml", `expires is "tomorrow"; give its last day`},
		{"a --waivers w-note.yaml", "so there is nothing to waive"},
		{"a --waivers w-expired.yaml", "waiver SES-06 expired with 2020-02-29"},
		{"judge report.json --waivers w-expired.yaml", "waiver SES-06 expired with 2020-02-29"},
		{"a --baseline absent.json", "absent.json"},
		{"a --baseline report.json", "this version reads agentcore-conform/baseline/v1"},
		{"a --baseline bad.env", "the file is no baseline"},
		{"baseline", "give one REPORT"},
		{"baseline absent.json", "absent.json"},
		{"baseline report.json", "make a report of it with the judge command"},
		{"diff report.json", "give two JSON reports"},
		{"diff absent.json report.json", "absent.json"},
		{"diff report.json report.json", "make a report of it with the judge command"},
		{"diff a b --format html", "choose text, markdown or json"},
		{"init x", "takes no arguments"},
		{"init --from project.json", "declares 2 agents"},
		{"a --config absent.yaml", "absent.yaml"},
		{"app.zip", "zip file"},
		{"Dockerfile", "recipe"},
		{"./", "is a folder, not an image"},
		{"./layout", "write oci:./layout"},
		{"/no/such/place", "is a path, not an image"},
		{"image.tar", "write docker-archive:image.tar"},
		{"oci:absent", "no such folder"},
		{"docker-archive:absent.tar", "no such file"},
		{"https://example.com/a", "is a URL"},
		{"judge", "give one FILE"},
		{"judge absent.json", "absent.json"},
		{"judge bad.env", "not a JSON report"},
		{"judge a --protocol HTTP", "unknown flag --protocol"},
		{"list PING", "takes no arguments"},
		{"explain", "give the id of a clause"},
		{"completion", "name a shell"},
		{"completion csh", "name a shell"},
	}
	for _, tt := range cases {
		t.Run(tt.args, func(t *testing.T) {
			c := newCall(t)
			c.write(t, "bad.env", "A=1\nA B=2\n")
			c.write(t, "project.json", `{"runtimes":[{"name":"A","protocol":"HTTP"},{"name":"B","protocol":"GRPC"}]}`)
			for name, list := range map[string]string{
				"empty": "", "w-unknown": wrongWaiver("NOPE-01", "2999-01-01"), "w-reason": wrongWaiver("SES-06/nope", "2999-01-01"),
				"w-twice": wrongWaiver("SES-06", "2999-01-01") + wrongWaiver("SES-06", "2999-01-01")[len("waivers:\n"):],
				"w-date":  wrongWaiver("SES-06", "tomorrow"), "w-note": wrongWaiver("IMG-08/uncompressed-over-limit", "2999-01-01"),
				"w-expired": wrongWaiver("SES-06", "2020-02-29"),
			} {
				c.write(t, name+".yaml", list)
			}
			c.write(t, "image.tar", "")
			c.write(t, "report.json", `{"schema":"agentcore-conform/records/v1","terms":{"protocol":"HTTP"}}`)
			if err := os.Mkdir(filepath.Join(c.dir, "layout"), 0o700); err != nil {
				t.Fatal(err)
			}
			c.write(t, "layout/oci-layout", "{}")
			c.run(strings.Fields(tt.args)...)
			if c.code != codeUsage || c.options != nil {
				t.Errorf("exit %d, want 2 before any work; stderr %q", c.code, c.stderr)
			}
			if !strings.Contains(c.stderr, tt.want) || strings.Count(c.stderr, "\n") != 1 || c.stdout != "" {
				t.Errorf("want one line with %q, got %q (stdout %q)", tt.want, c.stderr, c.stdout)
			}
		})
	}
}

func wrongWaiver(id, expires string) string {
	return "waivers:\n  - {id: " + id + ", reason: r, owner: o, expires: " + expires + "}\n"
}

func TestWrongConfigurationFiles(t *testing.T) {
	cases := []struct{ file, want string }{
		{"strict: true\nprotocl: HTTP\n", `.agentcore-conform.yaml:2: unknown key "protocl"; did you mean protocol?`},
		{"profile: fast\n", "yaml:1: profile: choose gate, smoke or soak"},
		{"strict: true\nstrict: false\n", "yaml:2: strict stands on line 1 already"},
		{"config: x\n", `unknown key "config"`},
		{"strict:\n", "yaml:1: strict: has no value"},
		{"port: [1, 2]\n", "give a single value"},
		{"env: [{A: b}]\n", "give a single value"},
		{"env: [A]\n", "write NAME=value"},
		{"- strict\n", "write settings as NAME: VALUE"},
		{"strict: true\n---\nstrict: false\n", "more than one document"},
		{"strict: [\n", ".agentcore-conform.yaml: line"},
		{"strict: perhaps\n", "yaml:1: strict:"},
		{"payload: {a: '{{promt}}'}\n", "is no placeholder"},
		{"strict: \"true\"\n", "write true or false"},
		{"waivers: [{id: SES-06}]\n", "yaml:1: waivers: line 1: waiver SES-06 has no reason"},
		{"waivers:\n  - {id: SES-06, reason: r, owner: o, expires: 2001-01-31}\n", "waiver SES-06 expired with 2001-01-31; mend what it accepts, or have o renew it"},
		{"waivers: [{idd: SES-06}]\n", `unknown key "idd"; did you mean id?`},
		{"waivers: {id: SES-06}\n", "write a list of waivers"},
		{"waivers: [SES-06]\n", "write a waiver with id, reason, owner, expires"},
		{"baseline: [a]\n", "give a single value"},
	}
	for _, tt := range cases {
		t.Run(tt.file, func(t *testing.T) {
			c := newCall(t)
			c.write(t, ".agentcore-conform.yaml", tt.file)
			c.run("image:tag")
			if c.code != codeUsage || c.options != nil || !strings.Contains(c.stderr, tt.want) {
				t.Errorf("exit %d, %q; want 2 and %q", c.code, c.stderr, tt.want)
			}
		})
	}
}

func TestTwoConfigurationFiles(t *testing.T) {
	c := newCall(t)
	c.write(t, ".agentcore-conform.yaml", "")
	c.write(t, ".agentcore-conform.yml", "")
	if c.run("image:tag"); c.code != codeUsage || !strings.Contains(c.stderr, "keep one") {
		t.Errorf("exit %d, %q", c.code, c.stderr)
	}
}

func TestSecretsAreNotEchoed(t *testing.T) {
	c := newCall(t).run("image:tag", "--env", "A B=hunter2")
	if c.code != codeUsage || strings.Contains(c.stderr, "hunter2") {
		t.Errorf("exit %d, %q", c.code, c.stderr)
	}
}

func TestExitCodes(t *testing.T) {
	cases := []struct {
		name        string
		verdict     reports.Verdict
		interrupted bool
		fault       error
		args        []string
		want        int
	}{
		{name: "conformant", verdict: reports.Conformant},
		{name: "passed", verdict: reports.Passed},
		{name: "nonconformant", verdict: reports.Nonconformant, want: 1},
		{name: "error", verdict: reports.Errored, want: 3},
		{name: "partial", verdict: reports.Partial, want: 3},
		{name: "partial allowed", verdict: reports.Partial, args: []string{"--allow-partial"}},
		{name: "error is not allowed by it", verdict: reports.Errored, args: []string{"--allow-partial"}, want: 3},
		{name: "interrupted", verdict: reports.Partial, interrupted: true, want: 130},
		{name: "usage found late", fault: &suites.UsageError{Text: "no such thing"}, want: 2},
		{name: "could not test", fault: errors.New("no engine"), want: 3},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			c := newCall(t)
			c.verdict, c.interrupted, c.fault = tt.verdict, tt.interrupted, tt.fault
			c.run(append(tt.args, "image:tag", "--report", "json=run.json")...)
			if c.code != tt.want {
				t.Errorf("exit %d, want %d; %s", c.code, tt.want, c.stderr)
			}
			_, err := os.Stat(filepath.Join(c.dir, "run.json"))
			if written := err == nil; written != (tt.fault == nil) {
				t.Errorf("report written: %v", written)
			}
		})
	}
}

func TestInterruptedBeforeTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := newApp()
	var out, errs strings.Builder
	a.stdout, a.stderr, a.dir = &out, &errs, t.TempDir()
	a.run = func(ctx context.Context, _ suites.Options) (*reports.Run, error) { return nil, ctx.Err() }
	if code := a.execute(ctx, []string{"image:tag"}); code != codeInterrupted {
		t.Errorf("exit %d, %s", code, errs.String())
	}
}

// A gate that could not keep its report must not be green, and a red one must stay red.
func TestReportThatCannotBeWritten(t *testing.T) {
	for verdict, want := range map[reports.Verdict]int{reports.Conformant: 3, reports.Nonconformant: 1} {
		c := newCall(t)
		a := newApp()
		var out, errs strings.Builder
		a.stdout, a.stderr, a.dir = &out, &errs, c.dir
		a.run = func(context.Context, suites.Options) (*reports.Run, error) {
			c.verdict = verdict
			return c.result(), os.Mkdir(filepath.Join(c.dir, "run.json"), 0o700)
		}
		if code := a.execute(context.Background(), []string{"image:tag", "--report", "json=run.json"}); code != want {
			t.Errorf("%s: exit %d, want %d; %s", verdict, code, want, errs.String())
		}
	}
}

func TestInspectAsksForNoBoot(t *testing.T) {
	c := newCall(t).run("inspect", "image:tag")
	if c.options == nil || !c.options.Inspect || c.options.Image != "image:tag" {
		t.Errorf("got %+v, %s", c.options, c.stderr)
	}
	if c.run("run", "image:tag"); c.options == nil || c.options.Inspect {
		t.Errorf("got %+v, %s", c.options, c.stderr)
	}
}

func TestQuietIsOneLine(t *testing.T) {
	c := newCall(t).run("image:tag", "-q")
	if want := "the attached server: conformant (0 fail, 1 warn, 0 untestable)\n"; c.stdout != want {
		t.Errorf("got %q", c.stdout)
	}
}

// What a pipe reads must be the report alone.
func TestReportOnStandardOutput(t *testing.T) {
	c := newCall(t)
	pipe, err := os.Create(filepath.Join(c.dir, "pipe"))
	if err != nil {
		t.Fatal(err)
	}
	defer func(old *os.File) { os.Stdout = old }(os.Stdout)
	os.Stdout = pipe
	c.run("image:tag", "--report", "json=-")
	data, _ := os.ReadFile(pipe.Name())
	if !json.Valid(data) || c.stdout != "" || !strings.Contains(c.stderr, "CONFORMANT") {
		t.Errorf("pipe %.60q, stdout %q, stderr %q", data, c.stdout, c.stderr)
	}
}
