package model

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

const sdkFolder = "testdata/sdk"

// runSDK runs a driver of testdata/sdk, which calls a vendor's own SDK, against one model per script. The driver finds
// their base URLs by the scripts' names and prints one JSON document, which is returned beside the models.
func runSDK(t *testing.T, driver string, scripts ...Script) (gjson.Result, map[string]*Server) {
	t.Helper()
	modules := sdkModules(t)
	urls, servers := map[string]string{}, map[string]*Server{}
	for _, script := range scripts {
		s, url := serve(t, script)
		urls[script.Name], servers[script.Name] = url, s
	}
	where, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", filepath.Join(driverFolder(t, modules), driver))
	cmd.Env = append(os.Environ(), "MODELS="+string(where), "AWS_EC2_METADATA_DISABLED=true")
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("run %s: %v\n%s%s", driver, err, stdout.Bytes(), stderr.Bytes())
	}
	if !gjson.ValidBytes(stdout.Bytes()) {
		t.Fatalf("%s printed no JSON: %s\n%s", driver, stdout.Bytes(), stderr.Bytes())
	}
	return gjson.ParseBytes(stdout.Bytes()), servers
}

// faulty are scripts named after the faults that they play, for drivers that look at every one.
func faulty() []Script {
	var out []Script
	for _, f := range Faults {
		out = append(out, Script{Name: string(f), Fault: f})
	}
	return out
}

// serve starts a model for the length of a test and returns its base URL without a slash at the end.
func serve(t testing.TB, script Script) (*Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New()
	s.Play(script)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return s, "http://" + l.Addr().String()
}

// driverFolder holds the drivers beside the installed packages: Node looks for those above a script's own place.
func driverFolder(t *testing.T, modules string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(sdkFolder)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sdkModules is the folder of the vendors' SDKs as the lock file has them.
func sdkModules(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("npm is not installed: the vendors' SDKs cannot be driven; install Node.js 20 or later")
		}
		t.Fatalf("CI must drive the vendors' SDKs: %v", err)
	}
	dir, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "node_modules")
}

// installed installs once per lock file into the user's cache. The rename makes a half-done folder impossible, and lets
// two test runs install at the same time.
var installed = sync.OnceValues(func() (string, error) {
	key, err := lockKey()
	if err != nil {
		return "", err
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	base = filepath.Join(base, "agentcore-conform", "model-sdk")
	dir := filepath.Join(base, key)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(base, "new-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := install(fresh); err != nil {
		return "", err
	}
	if err := os.Rename(fresh, dir); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	return dir, nil
})

func lockKey() (string, error) {
	sum := sha256.New()
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(sdkFolder, name))
		if err != nil {
			return "", err
		}
		sum.Write(b)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func install(dir string) error {
	if err := os.CopyFS(dir, os.DirFS(sdkFolder)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci of the vendors' SDKs, which needs the npm registry: %w\n%s", err, out)
	}
	return nil
}
