package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

const agentcoreJSON = `{
	"$schema": "https://schema.agentcore.aws.dev/v1/agentcore.json",
	"name": "Shop", "version": 1, "managedBy": "CDK",
	"runtimes": [
		{
			"name": "ShopAgent", "build": "CodeZip", "entrypoint": "main.py", "codeLocation": "app/ShopAgent/", "runtimeVersion": "PYTHON_3_14",
			"networkMode": "PUBLIC", "protocol": "AGUI", "somethingNew": {"a": [1]},
			"envVars": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "TABLE", "value": "orders-by-customer-in-production"}],
			"lifecycleConfiguration": {"idleRuntimeSessionTimeout": 300, "maxLifetime": 7200}
		},
		{"name": "Tools", "build": "Container", "entrypoint": "server.py", "protocol": "MCP"}
	],
	"memories": []
}`

const toolkitYAML = `default_agent: two
agents:
  one:
    name: one
    entrypoint: one.py
    aws: {protocol_configuration: {server_protocol: HTTP}}
  two:
    name: two
    entrypoint: two.py
    platform: linux/arm64
    deployment_type: container
    aws:
      region: us-east-1
      protocol_configuration:
        server_protocol: a2a
      lifecycle_configuration:
        idle_runtime_session_timeout: 120
        max_lifetime: null
`

// inProject is a call in a folder of the AgentCore CLI.
func inProject(t *testing.T) *call {
	t.Helper()
	c := newCall(t)
	if err := os.Mkdir(filepath.Join(c.dir, "agentcore"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.write(t, "agentcore/agentcore.json", agentcoreJSON)
	return c
}

func TestFromAgentCoreProject(t *testing.T) {
	c := inProject(t)
	c.run("image:tag", "--from", "agentcore/agentcore.json#ShopAgent")
	o := c.options
	if o == nil {
		t.Fatal(c.stderr)
	}
	if o.Protocol != "AGUI" || o.IdleTimeout != 5*time.Minute || o.MaxLifetime != 2*time.Hour ||
		!slices.Equal(o.Env, []string{"LOG_LEVEL=info", "TABLE=orders-by-customer-in-production"}) {
		t.Errorf("got %+v", o)
	}
	d := o.Declared
	if d == nil || d.File != "agentcore/agentcore.json" || d.Agent != "ShopAgent" || d.Build != "CodeZip" || d.Entry != "main.py" || len(d.Settings) != 5 {
		t.Fatalf("declared %+v", d)
	}
	for _, s := range d.Settings {
		if s.OverruledBy != "" || strings.Contains(s.Value, "orders") {
			t.Errorf("%+v", s)
		}
	}
}

// The command line and the configuration file are about the test, so they win, and the report says so.
func TestProjectIsOverruled(t *testing.T) {
	c := inProject(t)
	c.write(t, ".agentcore-conform.yaml", "from: agentcore/agentcore.json#ShopAgent\nidle-timeout: 10m\nenv: {OWN: x}\n")
	c.write(t, "test.env", "TABLE=orders-of-the-test\n")
	c.run("image:tag", "--protocol", "HTTP", "--env-file", "test.env")
	o := c.options
	if o == nil {
		t.Fatal(c.stderr)
	}
	if o.Protocol != "HTTP" || o.IdleTimeout != 10*time.Minute || o.MaxLifetime != 2*time.Hour ||
		!slices.Equal(o.Env, []string{"LOG_LEVEL=info", "TABLE=orders-of-the-test", "OWN=x"}) {
		t.Errorf("got %+v", o)
	}
	by := map[string]string{}
	for _, s := range o.Declared.Settings {
		by[s.Setting+" "+s.Value] = s.OverruledBy
	}
	for what, want := range map[string]string{"protocol AGUI": byCommandLine, "idle-timeout 300s": byConfigFile, "max-lifetime 7200s": "",
		"env LOG_LEVEL": "", "env TABLE": byEnvironment} {
		if got, there := by[what]; !there || got != want {
			t.Errorf("%s: overruled by %q, want %q", what, got, want)
		}
	}
}

func TestInspectTakesWhatItHas(t *testing.T) {
	c := inProject(t)
	c.run("inspect", "image:tag", "--from", "agentcore/agentcore.json#Tools")
	if o := c.options; o == nil || o.Protocol != "MCP" || len(o.Declared.Settings) != 1 {
		t.Errorf("got %+v, %s", c.options, c.stderr)
	}
}

func TestServerHasItsOwnEnvironment(t *testing.T) {
	c := inProject(t)
	c.run("run", "--endpoint", "http://127.0.0.1:1", "--from", "agentcore/agentcore.json#ShopAgent")
	if o := c.options; o == nil || len(o.Env) != 0 || o.IdleTimeout != 5*time.Minute || len(o.Declared.Settings) != 3 {
		t.Errorf("got %+v, %s", c.options, c.stderr)
	}
}

func TestOlderProjectFiles(t *testing.T) {
	for name, tt := range map[string]struct{ content, from, agent, protocol string }{
		"default agent":        {toolkitYAML, ".bedrock_agentcore.yaml", "two", "A2A"},
		"another":              {toolkitYAML, ".bedrock_agentcore.yaml#one", "one", "HTTP"},
		"one agent at the top": {"name: solo\nentrypoint: a.py\naws: {protocol_configuration: {server_protocol: MCP}}\n", ".bedrock_agentcore.yaml", "solo", "MCP"},
		"a byte order mark":    {"\ufeff" + `{"runtimes":[{"name":"W","protocol":"A2A"}]}`, ".bedrock_agentcore.yaml", "W", "A2A"},
		"agents in JSON":       {`{"agents":[{"name":"Old","protocol":"mcp"}]}`, ".bedrock_agentcore.yaml", "Old", "MCP"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCall(t)
			c.write(t, ".bedrock_agentcore.yaml", tt.content)
			c.run("image:tag", "--from", tt.from)
			if o := c.options; o == nil || o.Protocol != tt.protocol || o.Declared.Agent != tt.agent {
				t.Errorf("got %+v, %s", c.options, c.stderr)
			}
		})
	}
}

func TestProjectFilesThatCannotBe(t *testing.T) {
	for content, want := range map[string]string{
		`{"runtimes":[{"name":"A","lifecycleConfiguration":{"idleRuntimeSessionTimeout":5}}]}`: `idleRuntimeSessionTimeout "5s": give a duration from 1m`,
		`{"runtimes":[{"name":"A","envVars":[{"name":"A B","value":"hunter2"}]}]}`:             `"A B" is no name for a variable`,
		`{"runtimes":[{"name":"A","protocol":["HTTP"]}]}`:                                      "read it as agentcore.json",
		`{"runtimes":[`: "read it as agentcore.json",
		`{}`:            "declares no agent",
		`agents: {}`:    "declares no agent",
		"agents: [\n":   "read it as .bedrock_agentcore.yaml",
		`{"runtimes":[{"name":"A","protocol":"GRPC"}]}`:                                                             "choose HTTP, MCP, A2A or AGUI",
		`{"runtimes":[{"name":"A","lifecycleConfiguration":{"idleRuntimeSessionTimeout":28800,"maxLifetime":60}}]}`: "maxLifeTime",
	} {
		c := newCall(t)
		c.write(t, "p.json", content)
		c.run("image:tag", "--from", "p.json")
		if c.code != codeUsage || c.options != nil || !strings.Contains(c.stderr, want) || strings.Contains(c.stderr, "hunter2") {
			t.Errorf("%s: exit %d, %q; want %q", content, c.code, c.stderr, want)
		}
	}
}

// What was taken stands in the report, also after it was judged again.
func TestDeclarationIsInTheReport(t *testing.T) {
	run := reports.Assemble(reports.Input{ID: "x", Scope: reports.Full, Records: recorded("arm64"), Declared: &reports.Declaration{
		File: "agentcore/agentcore.json", Agent: "A", Build: "CodeZip", Entry: "main.py",
		Settings: []reports.DeclaredSetting{{Setting: "protocol", Value: "HTTP"}, {Setting: "env", Value: "TABLE", OverruledBy: byEnvironment}},
	}})
	c := newCall(t)
	if err := reports.WriteFile("json", filepath.Join(c.dir, "run.json"), run); err != nil {
		t.Fatal(err)
	}
	c.run("judge", "run.json", "--report", "json=again.json")
	if d := c.report(t, "again.json").Declared; d == nil || len(d.Settings) != 2 {
		t.Errorf("got %+v; %s", d, c.stderr)
	}
}

func FuzzProject(f *testing.F) {
	for _, s := range []string{agentcoreJSON, toolkitYAML, "{", "a: *x", "agents: {a: {}}", `{"runtimes":[{}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		agents, preferred, err := parseProject(data)
		if (err == nil) != (len(agents) > 0) {
			t.Fatalf("%d agents, %v", len(agents), err)
		}
		if err != nil {
			return
		}
		if p, err := pickAgent("file", preferred, agents); err == nil && p == nil {
			t.Error("neither an agent nor an error")
		}
	})
}
