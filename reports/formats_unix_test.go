//go:build unix

package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOthersMayReadTheReport: a CI server often collects reports as another user than the one that made them.
func TestOthersMayReadTheReport(t *testing.T) {
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	path := filepath.Join(t.TempDir(), "run.json")
	if err := WriteFile("json", path, allPass()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestWriteFileFollowsLinksAndWritesPipesStraight(t *testing.T) {
	dir := t.TempDir()
	target, link, pipe := filepath.Join(dir, "target.json"), filepath.Join(dir, "link.json"), filepath.Join(dir, "pipe")
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile("json", link, allPass()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced by a file")
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan []byte, 1)
	go func() {
		data, _ := os.ReadFile(pipe)
		got <- data
	}()
	if err := WriteFile("json", pipe, allPass()); err != nil {
		t.Fatal(err)
	}
	if want := encoded(t, allPass()); !bytes.Equal(<-got, want) {
		t.Error("the pipe's reader got something else")
	}
}
