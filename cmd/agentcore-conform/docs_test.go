package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func document(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDocumentsNameEveryFlagAndCommand(t *testing.T) {
	readme, flags := document(t, "README.md"), document(t, "docs/flags.md")
	for _, g := range flagGroups(&settings{}) {
		g.flags.VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(flags, "`--"+f.Name) {
				t.Errorf("--%s is not in docs/flags.md", f.Name)
			}
		})
	}
	for _, cmd := range newApp().rootCommand().Commands() {
		if cmd.IsAvailableCommand() && !strings.Contains(readme, "`"+cmd.Name()) {
			t.Errorf("%s is not in the README", cmd.Name())
		}
	}
}

// A flag that a document shows must exist, so that an example can be pasted. Others' programs have flags as well.
func TestDocumentsShowNoOtherFlags(t *testing.T) {
	known := map[string]bool{"help": true}
	root := newApp().rootCommand()
	for _, cmd := range visible(root) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	}
	for _, name := range []string{"README.md", "docs/flags.md", "docs/tutorial.md", "docs/faq.md"} {
		for _, m := range regexp.MustCompile(`(?:^|[\s\x60\[])--([a-z][a-z-]+)`).FindAllStringSubmatch(document(t, name), -1) {
			if others := []string{"platform", "load"}; !known[m[1]] && !slices.Contains(others, m[1]) {
				t.Errorf("%s: --%s does not exist", name, m[1])
			}
		}
	}
}

func TestDocumentedConfigurationIsAccepted(t *testing.T) {
	file := fenced(t, "docs/flags.md", ".agentcore-conform.yaml")
	c := newCall(t)
	c.write(t, ".agentcore-conform.yaml", file)
	c.write(t, "test.env", "A=b\n")
	if c.run("image:tag"); c.code != 0 || c.options == nil || c.options.SlowPayload == "" {
		t.Errorf("exit %d, %s", c.code, c.stderr)
	}
}

func TestArchitectureNamesFoldersThatExist(t *testing.T) {
	text := document(t, "docs/architecture.md")
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(text, -1)
	if len(rows) < 10 {
		t.Fatalf("only %d rooms were found", len(rows))
	}
	for _, r := range rows {
		if info, err := os.Stat(filepath.Join("..", "..", r[1])); err != nil || !info.IsDir() {
			t.Errorf("%s is no folder", r[1])
		}
	}
}
