package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const severalStages = `# syntax=docker/dockerfile:1
FROM python:3.13 AS build
EXPOSE 9000
CMD ["build"]
FROM --platform=linux/arm64 python:3.13-slim
expose 8000/tcp \
       8080
ENV A=b
ENTRYPOINT ["opentelemetry-instrument"]
CMD ["python", "-m", "server"]
`

// written runs init in the call's folder and holds the file against the tool and the schema.
func (c *call) written(t *testing.T, s *jsonschema.Schema, args ...string) string {
	t.Helper()
	if c.run(append([]string{"init"}, args...)...); c.code != 0 {
		t.Fatalf("exit %d, %s", c.code, c.stderr)
	}
	said := c.stdout
	data, err := os.ReadFile(filepath.Join(c.dir, ".agentcore-conform.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(data), "# yaml-language-server: $schema=https://") {
		t.Errorf("no schema for editors: %s", data)
	}
	if err := validConfig(t, s, string(data)); err != nil {
		t.Errorf("%v\n%s", err, data)
	}
	if c.run("inspect", "image:tag"); c.code != 0 {
		t.Errorf("the tool does not take it: %s\n%s", c.stderr, data)
	}
	c.stdout = said
	return string(data)
}

func TestInit(t *testing.T) {
	s := compiledConfigSchema(t)
	for name, tt := range map[string]struct {
		files      map[string]string
		said, file []string
	}{
		"an empty folder": {nil, []string{"all of it is the default", "next: agentcore-conform my-agent\n"}, []string{"\nprotocol: HTTP\n", "\nprofile: gate\n"}},
		"a project with one agent": {map[string]string{".bedrock_agentcore.yaml": toolkitYAML},
			[]string{"from .bedrock_agentcore.yaml: agent two, protocol a2a, idle-timeout 120s, entry two.py"}, []string{"\nfrom: .bedrock_agentcore.yaml#two\n"}},
		"a server of tools": {map[string]string{"Dockerfile": severalStages, "pyproject.toml": "[project]\nname = \"My Tools\"\ndependencies = [\"FastMCP>=2\", \"httpx\"]\n"},
			[]string{`from Dockerfile: exposes 8000, 8080, ENTRYPOINT ["opentelemetry-instrument"], CMD ["python", "-m", "server"]`, "from pyproject.toml: fastmcp",
				"next: docker build --platform linux/arm64 -t my-tools . && agentcore-conform my-tools\n"},
			[]string{"\n# Told by fastmcp in pyproject.toml, and the Dockerfile exposes 8000.\nprotocol: MCP\n"}},
		"a client of tools": {map[string]string{"Dockerfile": "FROM scratch\nEXPOSE 8080\n", "requirements.txt": "# all\nmcp\nstrands_agents[otel]>=1 # x\n"},
			[]string{"from requirements.txt: strands-agents, mcp"}, []string{"\nprotocol: HTTP\n", "# Agents on strands-agents mostly take this one:"}},
		"an agent in Node": {map[string]string{"Dockerfile": "FROM node\nEXPOSE 3000\nCMD node .\n", "package.json": `{"name":"@shop/agent","dependencies":{"express":"5","@langchain/langgraph":"1"}}`},
			[]string{"from package.json: @langchain/langgraph, express", "-t shop-agent ."},
			[]string{"\nprotocol: HTTP\n", "# The Dockerfile exposes 3000.", "\n# port: 3000\n"}},
		"poetry": {map[string]string{"pyproject.toml": "[tool.poetry]\nname = \"p\"\n[tool.poetry.dependencies]\npython = \"^3.12\"\nlanggraph = \"^1\"\n"},
			[]string{"from pyproject.toml: langgraph"}, []string{"# Agents on langgraph"}},
		"files that are broken": {map[string]string{"pyproject.toml": "[", "package.json": "{"},
			[]string{"from pyproject.toml: cannot be read and was left out", "from package.json: cannot be read"}, []string{"\nprotocol: HTTP\n"}},
		"hostile names": {map[string]string{"package.json": `{"name":"\u001b[2J$(reboot)","dependencies":{"express":""}}`, "Dockerfile": "EXPOSE \x1b[31m ${PORT}\nCMD \x1b[2J"},
			[]string{"next: docker build --platform linux/arm64 -t 2j-reboot ."}, []string{"\nprotocol: HTTP\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCall(t)
			for file, content := range tt.files {
				c.write(t, file, content)
			}
			file := c.written(t, s)
			for _, want := range tt.said {
				if !strings.Contains(c.stdout, want) {
					t.Errorf("%q is not said: %s", want, c.stdout)
				}
			}
			for _, want := range tt.file {
				if !strings.Contains(file, want) {
					t.Errorf("%q is not written:\n%s", want, file)
				}
			}
			if strings.Contains(c.stdout+file, "\x1b") {
				t.Error("a control byte got through")
			}
		})
	}
}

func TestInitInAProjectOfSeveral(t *testing.T) {
	s := compiledConfigSchema(t)
	c := inProject(t)
	file := c.written(t, s)
	for _, want := range []string{"\n# from: agentcore/agentcore.json#ShopAgent\n", "\n# from: agentcore/agentcore.json#Tools\n"} {
		if !strings.Contains(file, want) || !strings.Contains(c.stdout, "2 agents; choose one") {
			t.Errorf("%q: %s\n%s", want, c.stdout, file)
		}
	}
	file = c.written(t, s, "--force", "--from", "agentcore/agentcore.json#ShopAgent")
	if !strings.Contains(file, "\nfrom: agentcore/agentcore.json#ShopAgent\n") || !strings.Contains(c.stdout, "env LOG_LEVEL, TABLE, entry main.py") || strings.Contains(c.stdout+file, "orders-by") {
		t.Errorf("%s\n%s", c.stdout, file)
	}
	file = c.written(t, s, "--force", "--from", "agentcore/agentcore.json#Tools")
	if !strings.Contains(file, "\nfrom: agentcore/agentcore.json#Tools\n") || strings.Contains(file, "\nprotocol:") {
		t.Errorf("%s", file)
	}
	if c.run("inspect", "image:tag"); c.options == nil || c.options.Protocol != "MCP" {
		t.Errorf("got %+v", c.options)
	}
}

func TestInitWritesOverNothingUnasked(t *testing.T) {
	for _, name := range configNames {
		c := newCall(t)
		c.write(t, name, "strict: true\n")
		if c.run("init"); c.code != codeUsage || !strings.Contains(c.stderr, name+" is here already; --force writes over it") {
			t.Errorf("%s: exit %d, %s", name, c.code, c.stderr)
		}
		if c.run("init", "--force"); c.code != 0 || !strings.Contains(c.stdout, "wrote "+name) {
			t.Errorf("%s: exit %d, %s", name, c.code, c.stderr)
		}
		entries, err := os.ReadDir(c.dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("%v, %v", entries, err)
		}
	}
}

func TestInitRefusesABrokenProject(t *testing.T) {
	c := newCall(t)
	c.write(t, ".bedrock_agentcore.yaml", "agents: [\n")
	if c.run("init"); c.code != codeUsage || !strings.Contains(c.stderr, ".bedrock_agentcore.yaml: read it as") {
		t.Errorf("exit %d, %s", c.code, c.stderr)
	}
}

func TestSchemaOfThisVersion(t *testing.T) {
	for version, at := range map[string]string{"v1.2.3": "/v1.2.3/", "devel": "/main/", "v1.2.3-4-gabcdef-dirty": "/main/", "v0.0.0-20260101000000-abcdef123456": "/main/"} {
		if got := schemaURL(version); !strings.Contains(got, at) || !strings.HasSuffix(got, "/docs/config.schema.json") {
			t.Errorf("%s: %s", version, got)
		}
	}
}

func TestRequirementNames(t *testing.T) {
	_, got, _ := requirements([]byte("Strands_Agents[otel]>=1.0\n-r other.txt\n# mcp\n\nlanggraph==1 ; python_version>'3'\n./local\n"))
	if !slices.Equal(got, []string{"strands-agents", "langgraph"}) {
		t.Errorf("got %q", got)
	}
}
