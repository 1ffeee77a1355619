package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func inTree(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestReleaseConfiguration: what the configuration names exists, and what others expect of a release is in it.
func TestReleaseConfiguration(t *testing.T) {
	var c struct {
		Before struct{ Hooks []string }
		Builds []struct {
			Main                string
			Env, Ldflags, Flags []string
			Goos, Goarch        []string
		}
		Archives []struct {
			NameTemplate string `yaml:"name_template"`
			Files        []struct{ Src string }
		}
		Checksum struct {
			NameTemplate string `yaml:"name_template"`
		}
		SBOMs []struct{ Documents []string } `yaml:"sboms"`
	}
	if err := yaml.Unmarshal([]byte(inTree(t, ".goreleaser.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	build := c.Builds[0]
	if !slices.Equal(build.Goos, []string{"linux", "darwin", "windows"}) || !slices.Equal(build.Goarch, []string{"amd64", "arm64"}) ||
		!slices.Contains(build.Env, "CGO_ENABLED=0") || !slices.Contains(build.Flags, "-trimpath") {
		t.Errorf("%+v", build)
	}
	version := inTree(t, build.Main+"/version.go")
	for _, set := range regexp.MustCompile(`-X main\.(\w+)=`).FindAllStringSubmatch(build.Ldflags[0], -1) {
		if !regexp.MustCompile(`(?m)^var .*\b` + set[1] + `\b.* string$`).MatchString(version) {
			t.Errorf("the linker sets main.%s, which does not exist", set[1])
		}
	}
	name := strings.NewReplacer("{{ .ProjectName }}", "agentcore-conform", "{{ .Os }}", "${os}", "{{ .Arch }}", "$arch").Replace(c.Archives[0].NameTemplate)
	if install := inTree(t, "install.sh"); !strings.Contains(install, "archive="+name+".tar.gz\n") || !strings.Contains(install, "/"+c.Checksum.NameTemplate) {
		t.Errorf("install.sh looks for other files than %s and %s", name, c.Checksum.NameTemplate)
	}
	makefile := inTree(t, "Makefile")
	for _, hook := range c.Before.Hooks {
		if goal, ok := strings.CutPrefix(hook, "make "); !ok || !strings.Contains(makefile, "\n"+goal+":") {
			t.Errorf("the hook %q does not exist", hook)
		}
	}
	for _, f := range c.Archives[0].Files {
		if made := strings.HasPrefix(f.Src, "out/release/"); !made {
			inTree(t, f.Src)
		}
	}
	if len(c.SBOMs) != 1 || len(c.SBOMs[0].Documents) != 1 {
		t.Errorf("bills of materials: %+v", c.SBOMs)
	}
}
