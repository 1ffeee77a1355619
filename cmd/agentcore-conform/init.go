package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// initSettings are what the command line says of a new configuration file.
type initSettings struct {
	from  *projectAgent
	force bool
}

func (a *app) initCommand() *cobra.Command {
	s := &initSettings{}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a configuration file with what this folder tells",
		Long: "Write .agentcore-conform.yaml into this folder, with comments. What an AgentCore CLI project, a Dockerfile and the\n" +
			"dependencies in pyproject.toml, requirements.txt or package.json tell is taken over, and it is said what was taken\n" +
			"from where. A configuration file that is there is kept, unless --force is given.",
		Example: indent(
			"agentcore-conform init",
			"agentcore-conform init --from agentcore/agentcore.json#MyAgent --force"),
		Args: noArguments, ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error { return a.writeConfiguration(s) },
	}
	fs := newFlagSet()
	fs.Var(project(&s.from), "from", "the AgentCore CLI project and the agent in it, where the folder holds several")
	fs.BoolVar(&s.force, "force", false, "write over a configuration file that is there")
	attach(cmd, []flagGroup{{"Flags", fs}})
	return cmd
}

// writeConfiguration looks, writes and says what it took.
func (a *app) writeConfiguration(s *initSettings) error {
	file, err := a.initTarget(s.force)
	if err != nil {
		return usageError{err}
	}
	found, err := look(a.dir, s.from)
	if err != nil {
		return usageError{err}
	}
	content := found.configuration(toolVersion())
	if err := acceptable(content); err != nil {
		return fmt.Errorf("what was found cannot be written as a configuration: %w; please report this", err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		return fmt.Errorf("write the configuration file: %w", err)
	}
	return a.tellInit(filepath.Base(file), found)
}

// initTarget is the file to write. One of the other name counts as well: two of them are an error of every run.
func (a *app) initTarget(force bool) (string, error) {
	for _, name := range configNames {
		file := filepath.Join(a.dir, name)
		switch _, err := os.Lstat(file); {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return "", fmt.Errorf("look for a configuration file: %w", err)
		case !force:
			return "", fmt.Errorf("%s is here already; --force writes over it", name)
		}
		return file, nil
	}
	return filepath.Join(a.dir, configNames[0]), nil
}

// acceptable reports whether a run would take the file.
func acceptable(content string) error {
	flags := newFlagSet()
	for _, g := range flagGroups(&settings{}) {
		flags.AddFlagSet(g.flags)
	}
	_, err := applyConfig(flags, configNames[0], []byte(content))
	return err
}

func (a *app) tellInit(file string, f *folder) error {
	var b strings.Builder
	fmt.Fprintf(&b, "wrote %s\n", file)
	for _, c := range f.clues {
		fmt.Fprintf(&b, "  from %s: %s\n", reports.CleanLine(c.file), reports.CleanLine(c.text))
	}
	if len(f.clues) == 0 {
		b.WriteString("  found neither an AgentCore CLI project, a Dockerfile nor dependencies here: all of it is the default\n")
	}
	b.WriteString("next: ")
	if f.dockerfile {
		fmt.Fprintf(&b, "docker build --platform linux/arm64 -t %s . && ", f.imageName())
	}
	fmt.Fprintf(&b, "agentcore-conform %s\n", f.imageName())
	_, err := a.stdout.Write([]byte(b.String()))
	return err
}
