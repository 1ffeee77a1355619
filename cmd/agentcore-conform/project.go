package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// projectAgent is what a project file declares of one agent, as far as a run has use for it.
type projectAgent struct {
	file, name   string
	build, entry string
	settings     []projectSetting
	// env holds NAME=value pairs.
	env []string
}

// projectSetting is a flag and the value that the file gives it; field is the file's own name for it.
type projectSetting struct{ flag, value, field string }

// projectFiles are where projects keep the file: the AgentCore CLI, and the starter toolkit before it.
var projectFiles = []string{"agentcore/agentcore.json", ".bedrock_agentcore.yaml"}

// project takes FILE or FILE#NAME, where the file declares several agents.
func project(target **projectAgent) setting[*projectAgent] {
	show := func(p *projectAgent) string { return p.file + "#" + p.name }
	return setting[*projectAgent]{target: target, kind: "FILE[#NAME]", show: show, parse: readProject}
}

func readProject(spec string) (*projectAgent, error) {
	file, name := spec, ""
	if _, err := os.Stat(spec); err != nil {
		if before, after, ok := cutLast(spec, "#"); ok {
			file, name = before, after
		}
	}
	agents, preferred, err := projectAgents(file)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = preferred
	}
	return pickAgent(file, name, agents)
}

// projectAgents reads all agents of a file, and the name of the one that the file itself prefers, if it does.
func projectAgents(file string) ([]projectAgent, string, error) {
	data, err := readSmall(file)
	if err != nil {
		return nil, "", err
	}
	agents, preferred, err := parseProject(data)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", file, err)
	}
	for i := range agents {
		agents[i].file = file
	}
	return agents, preferred, nil
}

// parseProject tells the two kinds of files by how they begin.
func parseProject(data []byte) (agents []projectAgent, preferred string, err error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		agents, err = cliAgents(data)
	} else {
		agents, preferred, err = toolkitAgents(data)
	}
	if err == nil && len(agents) == 0 {
		err = errors.New("declares no agent; name agentcore/agentcore.json of an AgentCore CLI project, or .bedrock_agentcore.yaml of the starter toolkit")
	}
	return agents, preferred, err
}

func pickAgent(file, name string, agents []projectAgent) (*projectAgent, error) {
	var names []string
	for i := range agents {
		if agents[i].name == name || name == "" && len(agents) == 1 {
			return &agents[i], agents[i].check()
		}
		names = append(names, agents[i].name)
	}
	if name == "" {
		return nil, fmt.Errorf("%s declares %d agents: %s; name one, as %s#%s", file, len(names), strings.Join(names, ", "), file, names[0])
	}
	return nil, fmt.Errorf("%s declares no agent %q; it has %s", file, name, strings.Join(names, ", "))
}

// check refuses what no run could use, in the file's own words.
func (p *projectAgent) check() error {
	spare := newFlagSet()
	for _, g := range flagGroups(&settings{}) {
		spare.AddFlagSet(g.flags)
	}
	for _, v := range p.settings {
		if err := spare.Lookup(v.flag).Value.Set(v.value); err != nil {
			return fmt.Errorf("%s#%s: %s %q: %w", p.file, p.name, v.field, shorten(v.value), err)
		}
	}
	for _, e := range p.env {
		if err := checkEnv(e); err != nil {
			return fmt.Errorf("%s#%s: an environment variable: %w", p.file, p.name, err)
		}
	}
	return nil
}

// cliProject is agentcore.json of the AgentCore CLI. Its runtimes were called agents before.
type cliProject struct {
	Runtimes []cliRuntime `json:"runtimes"`
	Agents   []cliRuntime `json:"agents"`
}

type cliRuntime struct {
	Name       string `json:"name"`
	Build      string `json:"build"`
	Entrypoint string `json:"entrypoint"`
	Protocol   string `json:"protocol"`
	EnvVars    []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"envVars"`
	Lifecycle struct {
		Idle     int `json:"idleRuntimeSessionTimeout"`
		Lifetime int `json:"maxLifetime"`
	} `json:"lifecycleConfiguration"`
}

func cliAgents(data []byte) ([]projectAgent, error) {
	var file cliProject
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("read it as agentcore.json: %w", err)
	}
	var out []projectAgent
	for _, r := range slices.Concat(file.Runtimes, file.Agents) {
		p := projectAgent{name: r.Name, build: r.Build, entry: r.Entrypoint}
		p.declare("protocol", r.Protocol, "protocol")
		p.declare("idle-timeout", inSeconds(r.Lifecycle.Idle), "idleRuntimeSessionTimeout")
		p.declare("max-lifetime", inSeconds(r.Lifecycle.Lifetime), "maxLifetime")
		for _, v := range r.EnvVars {
			p.env = append(p.env, v.Name+"="+v.Value)
		}
		out = append(out, p)
	}
	return out, nil
}

// toolkitProject is .bedrock_agentcore.yaml of the starter toolkit. Its first versions held one agent, at the top.
type toolkitProject struct {
	Default      string                  `yaml:"default_agent"`
	Agents       map[string]toolkitAgent `yaml:"agents"`
	toolkitAgent `yaml:",inline"`
}

type toolkitAgent struct {
	Name       string `yaml:"name"`
	Entrypoint string `yaml:"entrypoint"`
	Deployment string `yaml:"deployment_type"`
	AWS        struct {
		Protocol struct {
			Server string `yaml:"server_protocol"`
		} `yaml:"protocol_configuration"`
		Lifecycle struct {
			Idle     int `yaml:"idle_runtime_session_timeout"`
			Lifetime int `yaml:"max_lifetime"`
		} `yaml:"lifecycle_configuration"`
	} `yaml:"aws"`
}

func toolkitAgents(data []byte) ([]projectAgent, string, error) {
	var file toolkitProject
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, "", fmt.Errorf("read it as .bedrock_agentcore.yaml: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(file.Agents) == 0 && file.Name != "" {
		file.Agents = map[string]toolkitAgent{file.Name: file.toolkitAgent}
	}
	var out []projectAgent
	for name, t := range file.Agents {
		p := projectAgent{name: name, build: t.Deployment, entry: t.Entrypoint}
		p.declare("protocol", t.AWS.Protocol.Server, "server_protocol")
		p.declare("idle-timeout", inSeconds(t.AWS.Lifecycle.Idle), "idle_runtime_session_timeout")
		p.declare("max-lifetime", inSeconds(t.AWS.Lifecycle.Lifetime), "max_lifetime")
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b projectAgent) int { return strings.Compare(a.name, b.name) })
	return out, file.Default, nil
}

func (p *projectAgent) declare(flag, value, field string) {
	if value != "" {
		p.settings = append(p.settings, projectSetting{flag, value, field})
	}
}

func inSeconds(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%ds", n)
}
