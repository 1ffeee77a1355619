package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// folder is what a folder tells of the agent in it.
type folder struct {
	// from is --from, empty without a project; choices are its values where the project has several agents.
	from    string
	choices []string
	// protocol is empty where nothing but the default can be told; why says what tells it.
	protocol, why string
	dockerfile    bool
	exposed       []string
	packages      []dependency
	name          string
	clues         []clue
}

// clue is one thing that was found, and the file it was found in.
type clue struct{ file, text string }

// look reads what is in the folder. A project that cannot be read is an error; anything else that cannot, is left out.
func look(dir string, chosen *projectAgent) (*folder, error) {
	f := &folder{}
	if err := f.lookProject(dir, chosen); err != nil {
		return nil, err
	}
	f.lookDockerfile(dir)
	f.lookPackages(dir)
	f.tellProtocol()
	return f, nil
}

func (f *folder) lookProject(dir string, chosen *projectAgent) error {
	if chosen != nil {
		f.take(chosen)
		return nil
	}
	for _, name := range projectFiles {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		agents, preferred, err := projectAgents(file)
		if err != nil {
			return err
		}
		for i := range agents {
			agents[i].file = name
		}
		if preferred == "" && len(agents) > 1 {
			for _, a := range agents {
				f.choices = append(f.choices, name+"#"+a.name)
			}
			f.clues = append(f.clues, clue{name, fmt.Sprintf("%d agents; choose one of them in the file", len(agents))})
			return nil
		}
		agent, err := pickAgent(name, preferred, agents)
		if err != nil {
			return err
		}
		f.take(agent)
		return nil
	}
	return nil
}

// take has a run read the project file each time, so that the two never differ.
func (f *folder) take(p *projectAgent) {
	f.from, f.name = p.file+"#"+p.name, p.name
	said := []string{"agent " + p.name}
	for _, s := range p.settings {
		said = append(said, s.flag+" "+s.value)
	}
	var names []string
	for _, e := range p.env {
		name, _, _ := strings.Cut(e, "=")
		names = append(names, name)
	}
	if len(names) > 0 {
		said = append(said, "env "+shorten(strings.Join(names, ", ")))
	}
	if p.entry != "" {
		said = append(said, "entry "+shorten(p.entry))
	}
	f.clues = append(f.clues, clue{p.file, strings.Join(said, ", ")})
}

// lookDockerfile reads the last stage's EXPOSE and what starts it: the only instructions of interest, so that no parser of
// the whole language is needed.
func (f *folder) lookDockerfile(dir string) {
	data, err := readSmall(filepath.Join(dir, "Dockerfile"))
	if err != nil {
		return
	}
	f.dockerfile = true
	starts := map[string]string{}
	for _, line := range instructions(string(data)) {
		word, rest, _ := strings.Cut(line, " ")
		switch word = strings.ToUpper(word); word {
		case "FROM":
			f.exposed, starts = nil, map[string]string{}
		case "EXPOSE":
			for _, port := range strings.Fields(rest) {
				port, _, _ = strings.Cut(port, "/")
				f.exposed = append(f.exposed, port)
			}
		case "CMD", "ENTRYPOINT":
			starts[word] = shorten(rest)
		}
	}
	said := []string{"exposes no port"}
	if len(f.exposed) > 0 {
		said[0] = "exposes " + strings.Join(f.exposed, ", ")
	}
	for _, word := range []string{"ENTRYPOINT", "CMD"} {
		if starts[word] != "" {
			said = append(said, word+" "+starts[word])
		}
	}
	f.clues = append(f.clues, clue{"Dockerfile", strings.Join(said, ", ")})
}

// instructions joins continued lines and drops comments.
func instructions(dockerfile string) []string {
	var out []string
	open := ""
	for _, line := range strings.Split(dockerfile, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if rest, more := strings.CutSuffix(line, `\`); more {
			open += strings.TrimSpace(rest) + " "
			continue
		}
		out, open = append(out, strings.Join(strings.Fields(open+line), " ")), ""
	}
	return out
}

var notInImageName = regexp.MustCompile(`[^a-z0-9]+`)

// imageName is what an image of the agent may be called.
func (f *folder) imageName() string {
	if name := strings.Trim(notInImageName.ReplaceAllString(strings.ToLower(f.name), "-"), "-"); name != "" {
		return name
	}
	return "my-agent"
}
