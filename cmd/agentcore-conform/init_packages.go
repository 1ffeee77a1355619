package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// dependency is a package of interest and the file that asks for it.
type dependency struct{ name, file string }

// telling are packages that tell what an agent is built on. Those of a protocol count with the port that it has in the
// contract; what AG-UI has, HTTP has too.
var telling = []struct{ name, protocol, port string }{
	{"bedrock-agentcore", "", ""}, {"strands-agents", "", ""}, {"langgraph", "", ""}, {"langchain", "", ""}, {"llama-index", "", ""},
	{"google-adk", "", ""}, {"openai-agents", "", ""}, {"crewai", "", ""}, {"pydantic-ai", "", ""}, {"fastapi", "", ""}, {"flask", "", ""},
	{"@strands-agents/sdk", "", ""}, {"@langchain/langgraph", "", ""}, {"@openai/agents", "", ""}, {"ai", "", ""}, {"express", "", ""}, {"fastify", "", ""},
	{"mcp", "MCP", "8000"}, {"fastmcp", "MCP", "8000"}, {"@modelcontextprotocol/sdk", "MCP", "8000"},
	{"a2a-sdk", "A2A", "9000"}, {"@a2a-js/sdk", "A2A", "9000"},
}

func (f *folder) lookPackages(dir string) {
	for _, source := range []struct {
		file string
		read func([]byte) (name string, packages []string, err error)
	}{{"pyproject.toml", pyproject}, {"requirements.txt", requirements}, {"package.json", packageJSON}} {
		data, err := readSmall(filepath.Join(dir, source.file))
		if err != nil {
			continue
		}
		name, packages, err := source.read(data)
		if err != nil {
			f.clues = append(f.clues, clue{source.file, "cannot be read and was left out: " + err.Error()})
			continue
		}
		var known []string
		for _, t := range telling {
			if slices.Contains(packages, t.name) {
				known = append(known, t.name)
				f.packages = append(f.packages, dependency{t.name, source.file})
			}
		}
		if f.name == "" {
			f.name = name
		}
		if len(known) > 0 {
			f.clues = append(f.clues, clue{source.file, strings.Join(known, ", ")})
		}
	}
}

func pyproject(data []byte) (string, []string, error) {
	var file struct {
		Project struct {
			Name         string   `toml:"name"`
			Dependencies []string `toml:"dependencies"`
		} `toml:"project"`
		Tool struct {
			Poetry struct {
				Name         string         `toml:"name"`
				Dependencies map[string]any `toml:"dependencies"`
			} `toml:"poetry"`
		} `toml:"tool"`
	}
	if err := toml.Unmarshal(data, &file); err != nil {
		return "", nil, err
	}
	name := file.Project.Name
	if name == "" {
		name = file.Tool.Poetry.Name
	}
	packages := pythonNames(file.Project.Dependencies)
	for p := range file.Tool.Poetry.Dependencies {
		packages = append(packages, pythonName(p))
	}
	return name, packages, nil
}

func requirements(data []byte) (string, []string, error) {
	return "", pythonNames(strings.Split(string(data), "\n")), nil
}

func pythonNames(requirements []string) []string {
	var out []string
	for _, r := range requirements {
		if name := pythonName(r); name != "" {
			out = append(out, name)
		}
	}
	return out
}

var leadingName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*`)

// pythonName is the normal form of a requirement's name: Strands_Agents[otel]>=1.0 is strands-agents.
func pythonName(requirement string) string {
	name := leadingName.FindString(strings.TrimSpace(requirement))
	return strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
}

func packageJSON(data []byte) (string, []string, error) {
	var file struct {
		Name         string         `json:"name"`
		Dependencies map[string]any `json:"dependencies"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return "", nil, err
	}
	var packages []string
	for p := range file.Dependencies {
		packages = append(packages, p)
	}
	return file.Name, packages, nil
}

// tellProtocol wants a protocol's package and its port: a client of MCP has the package, and many a server of plain HTTP
// the port. A project file says it itself.
func (f *folder) tellProtocol() {
	if f.from != "" {
		return
	}
	for _, d := range f.packages {
		for _, t := range telling {
			if t.name == d.name && t.protocol != "" && slices.Contains(f.exposed, t.port) && f.protocol == "" {
				f.protocol, f.why = t.protocol, fmt.Sprintf("%s in %s, and the Dockerfile exposes %s", d.name, d.file, t.port)
			}
		}
	}
}
