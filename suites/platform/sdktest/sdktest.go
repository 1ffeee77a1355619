// Package sdktest drives the vendors' own SDKs in tests: a folder of drivers with a package.json and its lock file, which
// npm installs once into the user's cache.
package sdktest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// Run runs a driver of a folder with Node.js and returns the one JSON document that it prints. The variables are
// NAME=value and go above those of the test's own environment. Without npm the test is skipped, but not in CI.
func Run(t *testing.T, folder, driver string, variables ...string) gjson.Result {
	t.Helper()
	place := driverFolder(t, folder, Modules(t, folder))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", filepath.Join(place, driver))
	cmd.Env = append(append(os.Environ(), "AWS_EC2_METADATA_DISABLED=true"), variables...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("run %s: %v\n%s%s", driver, err, stdout.Bytes(), stderr.Bytes())
	}
	if !gjson.ValidBytes(stdout.Bytes()) {
		t.Fatalf("%s printed no JSON: %s\n%s", driver, stdout.Bytes(), stderr.Bytes())
	}
	return gjson.ParseBytes(stdout.Bytes())
}

// driverFolder holds the drivers beside the installed packages: Node looks for those above a script's own place.
func driverFolder(t *testing.T, folder, modules string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Modules returns the folder of the packages as a folder's lock file has them. Without npm the test is skipped, but not in CI.
func Modules(t *testing.T, folder string) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("CI") == "" {
			t.Skipf("npm is not installed: the packages of %s cannot be had; install Node.js 20 or later", folder)
		}
		t.Fatalf("CI must have the packages of %s: %v", folder, err)
	}
	dir, err := installed(folder)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "node_modules")
}

// installing lets one test of a process install at a time.
var installing sync.Mutex

// installed installs once per lock file into the user's cache. The rename makes a half-done folder impossible, and lets
// two test runs install at the same time.
func installed(folder string) (string, error) {
	installing.Lock()
	defer installing.Unlock()
	key, err := lockKey(folder)
	if err != nil {
		return "", err
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	base = filepath.Join(base, "agentcore-conform", "sdk")
	dir := filepath.Join(base, key)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	return dir, fresh(folder, base, dir)
}

func fresh(folder, base, dir string) error {
	if err := os.MkdirAll(base, 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(base, "new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	if err := install(folder, temporary); err != nil {
		return err
	}
	if err := os.Rename(temporary, dir); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

func lockKey(folder string) (string, error) {
	sum := sha256.New()
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return "", err
		}
		sum.Write(b)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func install(folder, dir string) error {
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci of %s, which needs the npm registry: %w\n%s", folder, err, out)
	}
	return nil
}
