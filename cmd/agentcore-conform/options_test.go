package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// effect is a flag and what it is seen to do: look gives something else, namely want, when the flag is set.
type effect struct {
	flag string
	// value is the flag's value on the command line; empty for a switch. yaml is the same in the configuration file.
	value, yaml string
	look        func(*call) any
	want        any
}

func option(name string) func(*call) any {
	return func(c *call) any {
		if c.options == nil {
			return fmt.Sprintf("no run: %s", c.stderr)
		}
		return reflect.ValueOf(*c.options).FieldByName(name).Interface()
	}
}

func shows(text string) func(*call) any {
	return func(c *call) any { return strings.Contains(c.stdout, text) }
}

func fileBegins(name, prefix string) func(*call) any {
	return func(c *call) any {
		data, _ := os.ReadFile(filepath.Join(c.dir, name))
		return strings.HasPrefix(string(data), prefix)
	}
}

const body = `{"prompt": "{{prompt}}"}`

var effects = []effect{
	{"protocol", "mcp", "MCP", option("Protocol"), "MCP"},
	{"port", "9090", "9090", option("Port"), 9090},
	{"path", "/chat", "/chat", option("Path"), "/chat"},
	{"endpoint", "http://127.0.0.1:8080", "http://127.0.0.1:8080", option("Endpoint"), "http://127.0.0.1:8080"},
	{"deploy-ref", "1.dkr.ecr.us-east-1.amazonaws.com/a:1", "1.dkr.ecr.us-east-1.amazonaws.com/a:1", option("DeployRef"), "1.dkr.ecr.us-east-1.amazonaws.com/a:1"},
	{"pull", "", "true", option("Pull"), true},
	{"insecure-registry", "a:5000,b:5000", "[a:5000, b:5000]", option("InsecureRegistries"), []string{"a:5000", "b:5000"}},
	{"payload", body, "'" + body + "'", option("Payload"), body},
	{"stream-payload", body, "'" + body + "'", option("StreamPayload"), body},
	{"slow-payload", body, "'" + body + "'", option("SlowPayload"), body},
	{"async-payload", body, "'" + body + "'", option("AsyncPayload"), body},
	{"async-failing-payload", body, "'" + body + "'", option("AsyncFailingPayload"), body},
	{"max-payload", "10MB", "10MB", option("MaxPayload"), int64(10_000_000)},
	{"model", "none", "none", option("Model"), "none"},
	{"max-model-calls", "50", "50", option("MaxModelCalls"), 50},
	{"env", "A=b,c", "{A: 'b,c'}", option("Env"), []string{"A=b,c"}},
	{"env-file", "agent.env", "agent.env", option("Env"), []string{"FROM=file"}},
	{"profile", "soak", "soak", option("Profile"), "soak"},
	{"only", "PING,SSE-0*", "[PING, SSE-0*]", option("Only"), []string{"PING", "SSE-0*"}},
	{"skip", "img-04", "[img-04]", option("Skip"), []string{"img-04"}},
	{"strict", "", "true", option("Strict"), true},
	{"allow-partial", "", "true", func(c *call) any { return c.code }, 0},
	{"session-model", "microvm", "microvm", option("SessionModel"), "microvm"},
	{"compute", "instances", "instances", option("Compute"), "instances"},
	{"platform-version", "v2", "v2", option("PlatformVersion"), "v2"},
	{"time-scale", "2.5", "2.5", option("TimeScale"), 2.5},
	{"timeout", "10m", "10m", option("Timeout"), 10 * time.Minute},
	{"invocation-timeout", "90s", "90s", option("InvocationTimeout"), 90 * time.Second},
	{"session-duration", "8h", "8h", option("SessionDuration"), 8 * time.Hour},
	{"session-turns", "100", "100", option("SessionTurns"), 100},
	{"freeze", "1m", "1m", option("Freeze"), time.Minute},
	{"idle-timeout", "5m", "5m", option("IdleTimeout"), 5 * time.Minute},
	{"max-lifetime", "336h", "336h", option("MaxLifetime"), 336 * time.Hour},
	{"sessions", "4", "4", option("Sessions"), 4},
	{"turns", "2", "2", option("Turns"), 2},
	{"engine", "unix:///run/other.sock", "unix:///run/other.sock", option("EngineAddress"), "unix:///run/other.sock"},
	{"network", "open", "open", option("Network"), "open"},
	{"keep", "", "true", option("Keep"), true},
	{"report", "junit=out/a.xml", "[junit=out/a.xml]", fileBegins("out/a.xml", "<?xml"), true},
	{"verbose", "", "true", shows("200 each time"), true},
	{"quiet", "", "true", func(c *call) any { return strings.Count(c.stdout, "\n") }, 1},
	{"color", "always", "always", shows("\x1b["), true},
}

// settle runs with one setting and without, in one folder.
func (e effect) check(t *testing.T, set func(*call) []string) {
	t.Helper()
	c := newCall(t)
	c.verdict = reports.Partial
	c.write(t, "agent.env", "FROM=file\n")
	plain := e.look(c.run("image:tag"))
	args := set(c)
	if e.flag != "endpoint" {
		args = append(args, "image:tag")
	}
	got := e.look(c.run(args...))
	if !reflect.DeepEqual(got, e.want) {
		t.Errorf("with it: got %#v, want %#v (exit %d, stderr %q)", got, e.want, c.code, c.stderr)
	}
	if reflect.DeepEqual(plain, e.want) {
		t.Errorf("without it the same is seen (%#v): the flag does nothing", plain)
	}
}

func TestEveryFlagHasAnEffect(t *testing.T) {
	for _, e := range effects {
		t.Run(e.flag, func(t *testing.T) {
			e.check(t, func(*call) []string {
				if e.value == "" {
					return []string{"--" + e.flag}
				}
				return []string{"--" + e.flag, e.value}
			})
		})
	}
}

func TestConfigurationFileHoldsEveryFlag(t *testing.T) {
	for _, e := range effects {
		t.Run(e.flag, func(t *testing.T) {
			e.check(t, func(c *call) []string {
				c.write(t, ".agentcore-conform.yaml", e.flag+": "+e.yaml+"\n")
				return []string{"run"}
			})
		})
	}
}

func TestConfigFlagNamesTheFile(t *testing.T) {
	c := newCall(t)
	c.write(t, "other.yaml", "strict: true\n")
	if c.run("image:tag", "--config", "other.yaml"); c.options == nil || !c.options.Strict {
		t.Errorf("--config was not read: exit %d, %s", c.code, c.stderr)
	}
}

func TestTheTableKnowsEveryFlag(t *testing.T) {
	var known []string
	for _, e := range effects {
		known = append(known, e.flag)
	}
	a := newApp()
	for _, cmd := range append(a.rootCommand().Commands(), a.rootCommand()) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			own := slices.Contains([]string{"help", "version", "config", "json", "fix", "no-descriptions", "out", "parallel", "coverage",
				"key", "output", "no-sign", "predicate-only", "url", "attestation", "max-age", "contract", "min-version", "allow-waived"}, f.Name)
			if !own && !slices.Contains(known, f.Name) {
				t.Errorf("%s --%s: no test sees what it does", cmd.Name(), f.Name)
			}
		})
	}
}

func TestRealModel(t *testing.T) {
	c := newCall(t)
	if c.run("image:tag", "--model", "real"); c.code != codeUsage || !strings.Contains(c.stderr, "OPENAI_API_KEY") {
		t.Errorf("without credentials: exit %d, %s", c.code, c.stderr)
	}
	c.env = map[string]string{"OPENAI_API_KEY": "sk-mine", "AWS_REGION": "eu-west-1", "OTHER": "x"}
	c.run("image:tag", "--model", "real", "--env", "A=b")
	if o := c.options; o == nil || !slices.Equal(o.ModelEnv, []string{"AWS_REGION=eu-west-1", "OPENAI_API_KEY=sk-mine"}) || !slices.Equal(o.Env, []string{"A=b"}) {
		t.Errorf("got %+v; %s", c.options, c.stderr)
	}
	if c.run("image:tag"); c.options == nil || c.options.ModelEnv != nil {
		t.Errorf("credentials were passed on unasked: %+v", c.options)
	}
}

// Ginkgo and the standard library register flags on the global set when imported.
func TestFlagsAreOurs(t *testing.T) {
	for _, stray := range []string{"--ginkgo.focus=x", "--test.run=x", "--focus=x"} {
		c := newCall(t).run("image:tag", stray)
		if c.code != codeUsage || c.options != nil {
			t.Errorf("%s: exit %d, want 2", stray, c.code)
		}
	}
}

func TestCommandLineWins(t *testing.T) {
	file := "profile: soak\nonly: [PING, INV]\nstrict: true\nenv: [A=1]\ntime-scale: 3\n"
	c := newCall(t)
	c.write(t, ".agentcore-conform.yml", file)
	c.run("image:tag", "--profile", "smoke", "--only", "SSE", "--strict=false", "--env", "B=2")
	o := c.options
	if o == nil {
		t.Fatal(c.stderr)
	}
	got, _ := json.Marshal([]any{o.Profile, o.Only, o.Strict, o.Env, o.TimeScale})
	if want := `["smoke",["SSE"],false,["B=2"],3]`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestImageBeatsEndpointInTheFile(t *testing.T) {
	c := newCall(t)
	c.write(t, ".agentcore-conform.yaml", "endpoint: http://127.0.0.1:1\n")
	if c.run("image:tag"); c.options == nil || c.options.Image != "image:tag" || c.options.Endpoint != "" {
		t.Errorf("got %+v, %s", c.options, c.stderr)
	}
	if c.run(); c.options == nil || c.options.Endpoint != "http://127.0.0.1:1" {
		t.Errorf("got %+v, %s", c.options, c.stderr)
	}
}

func TestPayloadFromFileAndAsYAML(t *testing.T) {
	c := newCall(t)
	c.write(t, "body.json", body)
	if c.run("image:tag", "--payload", "@body.json"); c.options == nil || c.options.Payload != body {
		t.Errorf("@FILE: got %+v, %s", c.options, c.stderr)
	}
	c.write(t, ".agentcore-conform.yaml", "payload:\n  prompt: '{{prompt}}'\n  n: 3\n")
	if c.run("image:tag"); c.options == nil || c.options.Payload != `{"n":3,"prompt":"{{prompt}}"}` {
		t.Errorf("YAML: got %+v, %s", c.options, c.stderr)
	}
}

func TestEnvironmentFile(t *testing.T) {
	c := newCall(t)
	c.env = map[string]string{"CALLER": "mine"}
	c.write(t, "a.env", "\ufeff# comment\n\n  INDENTED=x\nQUOTED=\"kept\"\r\nEMPTY=\nCALLER\nABSENT\nTWICE=file\nHASH=a#b\n")
	c.run("image:tag", "--env-file", "a.env", "-e", "TWICE=flag")
	want := []string{"INDENTED=x", `QUOTED="kept"`, "EMPTY=", "CALLER=mine", "HASH=a#b", "TWICE=flag"}
	if c.options == nil || !slices.Equal(c.options.Env, want) {
		t.Errorf("got %+v, want %q; %s", c.options, want, c.stderr)
	}
}

func FuzzEnvironmentLine(f *testing.F) {
	for _, s := range []string{"A=b", "# c", "", "A", "A B=c", "=x", "\x00=1", " X = y "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		entry, err := envLine(line, func(string) (string, bool) { return "v", true })
		if err != nil || entry == "" {
			return
		}
		if err := checkEnv(entry); err != nil {
			t.Errorf("%q was read as %q, which is refused: %v", line, entry, err)
		}
	})
}

func FuzzConfiguration(f *testing.F) {
	for _, s := range []string{"strict: true", "env: {A: b}", "only: [PING]", "a: *x", "- 1", "payload: {a: [1, {b: c}]}", "x: &x [*x]", "---\n---"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &settings{}
		flags := newFlagSet()
		for _, g := range flagGroups(s) {
			flags.AddFlagSet(g.flags)
		}
		filled, err := applyConfig(flags, "file", data)
		for name := range filled {
			if flags.Lookup(name) == nil {
				t.Errorf("%q is no flag (%v)", name, err)
			}
		}
	})
}
