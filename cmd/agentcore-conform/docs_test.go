package main

import (
	"os"
	"path/filepath"
	"regexp"
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

func TestReadmeNamesEveryFlagAndCommand(t *testing.T) {
	readme := document(t, "README.md")
	for _, g := range flagGroups(&settings{}) {
		g.flags.VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(readme, "`--"+f.Name) {
				t.Errorf("--%s is not in the README", f.Name)
			}
		})
	}
	for _, cmd := range newApp().rootCommand().Commands() {
		if cmd.IsAvailableCommand() && !strings.Contains(readme, "`"+cmd.Name()) {
			t.Errorf("%s is not in the README", cmd.Name())
		}
	}
}

// A flag that the README shows must exist, so that an example can be pasted.
func TestReadmeShowsNoOtherFlags(t *testing.T) {
	known := map[string]bool{"platform": true, "help": true}
	root := newApp().rootCommand()
	for _, cmd := range append(root.Commands(), root) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	}
	for _, m := range regexp.MustCompile(`(?:^|[\s\x60\[])--([a-z][a-z-]+)`).FindAllStringSubmatch(document(t, "README.md"), -1) {
		if !known[m[1]] {
			t.Errorf("--%s does not exist", m[1])
		}
	}
}

func TestReadmeConfigurationIsAccepted(t *testing.T) {
	_, rest, _ := strings.Cut(document(t, "README.md"), "```yaml\n# .agentcore-conform.yaml\n")
	file, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the example is gone")
	}
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
