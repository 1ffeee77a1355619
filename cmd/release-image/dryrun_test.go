//go:build nightly

package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/validate"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

const root = "../.."

func makeGoal(t *testing.T, goal string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "make", goal)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v\n%s", goal, err, out)
	}
}

// TestReleaseDryRun builds a release and opens all of it.
func TestReleaseDryRun(t *testing.T) {
	makeGoal(t, "release-dry-run")
	sums := inTree(t, "dist/checksums.txt")
	for _, target := range []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64", "windows_arm64"} {
		program, archive := "agentcore-conform", "agentcore-conform_"+target+".tar.gz"
		if strings.HasPrefix(target, "windows") {
			program, archive = program+".exe", strings.TrimSuffix(archive, ".tar.gz")+".zip"
		}
		content := inTree(t, "dist/"+archive)
		if want := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(content)), archive); !strings.Contains(sums, want) {
			t.Errorf("checksums.txt lacks %q", want)
		}
		names := unpackedNames(t, archive, content)
		for _, want := range []string{program, "LICENSE", "README.md", "CHANGELOG.md", "completions/agentcore-conform.bash", "completions/agentcore-conform.fish",
			"completions/agentcore-conform.zsh", "man/agentcore-conform.1", "man/agentcore-conform-run.1"} {
			if !slices.Contains(names, want) {
				t.Errorf("%s lacks %s: %q", archive, want, names)
			}
		}
		billOfMaterials(t, "dist/agentcore-conform_"+target+".cdx.json")
	}
	index, byPlatform := children(t, filepath.Join(root, "out", "image"))
	if err := validate.Index(index); err != nil || byPlatform["linux/amd64"] == nil || byPlatform["linux/arm64"] == nil {
		t.Errorf("the image: %v, %d platforms", err, len(byPlatform))
	}
	if runtime.GOOS == "linux" {
		found, _ := filepath.Glob(filepath.Join(root, "dist", "*_linux_"+runtime.GOARCH+"*", "agentcore-conform"))
		out, err := exec.CommandContext(t.Context(), found[0], "version").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "-snapshot\ncommit ") {
			t.Errorf("%v: %s", err, out)
		}
	}
}

func unpackedNames(t *testing.T, archive, content string) []string {
	t.Helper()
	var names []string
	if strings.HasSuffix(archive, ".zip") {
		r, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			names = append(names, f.Name)
		}
		return names
	}
	unzipped, err := gzip.NewReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(unzipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

// billOfMaterials wants the dependencies that the program cannot be without.
func billOfMaterials(t *testing.T, file string) {
	t.Helper()
	var bom struct {
		BOMFormat  string `json:"bomFormat"`
		Components []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(inTree(t, file)), &bom); err != nil || bom.BOMFormat != "CycloneDX" {
		t.Fatalf("%s: %v, %+v", file, err, bom)
	}
	for _, want := range []string{"github.com/spf13/cobra", "github.com/google/go-containerregistry"} {
		if !slices.ContainsFunc(bom.Components, func(c struct{ Name string }) bool { return c.Name == want }) {
			t.Errorf("%s lacks %s", file, want)
		}
	}
}

func TestCrossCompiles(t *testing.T) { makeGoal(t, "cross") }

func TestWorkflowsAreLinted(t *testing.T) { makeGoal(t, "lint-workflows") }

// TestGoInstall installs this tree as a released version, from a module proxy that is a folder.
func TestGoInstall(t *testing.T) {
	const path, version = "github.com/agentcore-conform/agentcore-conform", "v1.2.3"
	proxy := t.TempDir()
	dir := filepath.Join(proxy, path, "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	if err := modzip.CreateFromVCS(&packed, module.Version{Path: path, Version: version}, root, "HEAD", ""); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		version + ".zip": packed.String(), version + ".mod": inTree(t, "go.mod"), version + ".info": `{"Version":"` + version + `"}`, "list": version + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	modules, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	cache, bin := t.TempDir(), t.TempDir()
	install := exec.CommandContext(t.Context(), "go", "install", "-modcacherw", path+"/cmd/agentcore-conform@"+version)
	install.Dir = bin
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOMODCACHE="+cache, "GOFLAGS=", "GONOSUMDB="+path,
		"GOPROXY=file://"+proxy+",file://"+strings.TrimSpace(string(modules))+"/cache/download")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join(bin, "agentcore-conform"), "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "agentcore-conform "+version+"\n") {
		t.Errorf("%v: %s", err, out)
	}
}
