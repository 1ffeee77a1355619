package checks

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed catalogue/snippets/*.yaml
var snippetFiles embed.FS

// Snippet is a few lines of code that keep a clause.
type Snippet struct {
	// Framework is what the code is written for, such as FastAPI or Dockerfile.
	Framework string
	// Language is the code's, as fenced code blocks name it.
	Language string
	// Code has no line end after its last line. Names that it does not define (app, agent, mux) are the reader's own.
	Code string
}

// Snippets returns code that keeps the clause: by framework in a fixed order, and last what belongs into the image.
// Frameworks that keep the clause by themselves are left out; an unknown clause has none.
func Snippets(clause string) []Snippet {
	return builtInSnippets()[clause]
}

// builtInSnippets reads the texts at first use, for only explanations show them. A fault in them is a fault of the
// build, hence the panic.
var builtInSnippets = sync.OnceValue(func() map[string][]Snippet {
	out, err := loadSnippets(snippetFiles)
	if err != nil {
		panic("snippets: " + err.Error())
	}
	return out
})

// snippetRow is a clause's code as the files hold it.
type snippetRow struct {
	Clause     string `yaml:"clause"`
	FastAPI    string `yaml:"fastapi"`
	Express    string `yaml:"express"`
	Fastify    string `yaml:"fastify"`
	Spring     string `yaml:"spring"`
	Properties string `yaml:"properties"`
	Go         string `yaml:"go"`
	SDK        string `yaml:"sdk"`
	Dockerfile string `yaml:"dockerfile"`
	Shell      string `yaml:"shell"`
}

func (r snippetRow) snippets() []Snippet {
	var out []Snippet
	for _, s := range []Snippet{
		{"FastAPI", "python", r.FastAPI},
		{"Express", "javascript", r.Express},
		{"Fastify", "javascript", r.Fastify},
		{"Spring", "java", r.Spring},
		{"Spring", "properties", r.Properties},
		{"Go", "go", r.Go},
		{"AgentCore SDK", "python", r.SDK},
		{"Dockerfile", "dockerfile", r.Dockerfile},
		{"shell", "sh", r.Shell},
	} {
		if s.Code = strings.TrimRight(s.Code, "\n"); s.Code != "" {
			out = append(out, s)
		}
	}
	return out
}

// loadSnippets reads all catalogue/snippets/*.yaml in files. Unknown keys, clauses without code and clauses that stand
// twice are errors.
func loadSnippets(files fs.FS) (map[string][]Snippet, error) {
	names, err := fs.Glob(files, "catalogue/snippets/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list snippet files: %w", err)
	}
	out := map[string][]Snippet{}
	for _, name := range names {
		rows, err := readSnippets(files, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, r := range rows {
			s := r.snippets()
			if len(s) == 0 {
				return nil, fmt.Errorf("%s: %q has no code", name, r.Clause)
			}
			if out[r.Clause] != nil {
				return nil, fmt.Errorf("%s: %s stands twice", name, r.Clause)
			}
			out[r.Clause] = s
		}
	}
	return out, nil
}

func readSnippets(files fs.FS, name string) ([]snippetRow, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var rows []snippetRow
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&rows); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return rows, nil
}
