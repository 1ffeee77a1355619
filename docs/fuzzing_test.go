// Package docs proves what the documents in this folder say of the code.
package docs

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)
	fuzzRow    = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `(Fuzz\\w+)` \\| [^|]{10,} \\| [^|]{5,} \\|$")
)

// TestEveryFuzzTargetIsListed compares the table with the code, both ways, and leaves no seeds of targets that are gone.
func TestEveryFuzzTargetIsListed(t *testing.T) {
	text, err := os.ReadFile("fuzzing.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, row := range fuzzRow.FindAllStringSubmatch(string(text), -1) {
		listed = append(listed, row[1]+" "+row[2])
	}
	targets, seeded := inTree(t)
	if len(targets) < 40 {
		t.Fatalf("%d targets were found", len(targets))
	}
	for _, target := range targets {
		if !slices.Contains(listed, target) {
			t.Errorf("%s has no row in docs/fuzzing.md: say what it reads and what must hold", target)
		}
	}
	for i, row := range listed {
		if !slices.Contains(targets, row) || slices.Contains(listed[:i], row) {
			t.Errorf("the row %s has no target, or stands twice", row)
		}
	}
	for _, target := range seeded {
		if !slices.Contains(targets, target) {
			t.Errorf("there are seeds of %s, but no target", target)
		}
	}
}

// inTree lists the fuzz targets of the code, and those with seeds in testdata, as "package target".
func inTree(t *testing.T) (targets, seeded []string) {
	t.Helper()
	tree := os.DirFS("..")
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{".git", "bin", "out", "dist", "node_modules"}, entry.Name()) {
				return fs.SkipDir
			}
			if of, target, ok := strings.Cut(name, "/testdata/fuzz/"); ok && !strings.Contains(target, "/") {
				seeded = append(seeded, of+" "+target)
			}
			return nil
		}
		if !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		code, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		for _, found := range fuzzTarget.FindAllStringSubmatch(string(code), -1) {
			targets = append(targets, path.Dir(name)+" "+found[1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return targets, seeded
}
