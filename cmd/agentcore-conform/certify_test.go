package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/certify"
)

// actAsEntry is the program of the test binary as the process of one entry. The image says how its run goes; what it was
// asked for is left beside the catalogue.
func actAsEntry() int {
	a := newApp()
	a.run = func(ctx context.Context, o suites.Options) (*reports.Run, error) {
		asked, _ := json.Marshal(map[string]any{"payload": o.Payload, "env": o.Env, "engine": o.EngineAddress, "image": o.Image, "endpoint": o.Endpoint})
		_ = os.WriteFile("asked.json", asked, 0o600)
		switch o.Image {
		case "waits":
			<-ctx.Done()
			return (&call{verdict: reports.Partial, interrupted: true}).result(), nil
		case "meets":
			if err := meet(ctx); err != nil {
				return nil, err
			}
		case "breaks":
			return nil, errors.New("no engine answers")
		case "refuses":
			return nil, &suites.UsageError{Text: "this cannot be"}
		}
		return (&call{verdict: reports.Conformant}).result(), nil
	}
	return a.execute(context.Background(), os.Args[1:])
}

// meet waits until two entries are under way at a time.
func meet(ctx context.Context) error {
	if err := os.WriteFile(fmt.Sprintf("met.%d", os.Getpid()), nil, 0o600); err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		if met, _ := filepath.Glob("met.*"); len(met) == 2 {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("no other entry ran beside this one")
		case <-tick.C:
		}
	}
}

// certify runs the command in process on a catalogue; its entries are played by the test binary.
func (c *call) certify(ctx context.Context, t *testing.T, catalog string, args ...string) *call {
	t.Helper()
	t.Setenv(actAs, "entry")
	c.write(t, "catalog.yaml", catalog)
	var stdout, stderr bytes.Buffer
	a := newApp()
	a.stdout, a.stderr = &stdout, &stderr
	a.lookup = func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }
	a.entryProgram = func() ([]string, error) { return []string{os.Args[0], entryCommandName}, nil }
	c.code = a.execute(ctx, append([]string{"certify", "catalog.yaml"}, args...))
	c.stdout, c.stderr = stdout.String(), stderr.String()
	return c
}

func (c *call) matrix(t *testing.T, dir string) *reports.Matrix {
	t.Helper()
	f, err := os.Open(filepath.Join(c.dir, dir, "matrix.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := reports.ReadMatrix(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestCertify(t *testing.T) {
	cases := []struct {
		name, entries string
		code          int
		says          []string
	}{
		{"all as expected", "- {name: a, image: good}\n- {name: b, image: good}", 0, []string{"CERTIFIED 2 of 2", "ok  a", "ok  b", "reports in certification: matrix.json"}},
		{"something else", "- {name: a, image: good}\n- {name: b, image: good, expect: {fails: [SES-06]}}", 1,
			[]string{"NOT CERTIFIED 1 of 2", "NOT b", "SES-06 was expected to fail"}},
		{"could not test", "- {name: a, image: breaks}\n- {name: b, image: good}", 3, []string{"NOT a", "no engine answers", "ok  b"}},
		{"refused by the run", "- {name: a, image: refuses}\n- {name: b, image: good}", 2, []string{"NOT a", "this cannot be", "ok  b"}},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			c := newCall(t).certify(context.Background(), t, "entries:\n"+tt.entries)
			if c.code != tt.code {
				t.Errorf("exit %d, want %d; %s%s", c.code, tt.code, c.stdout, c.stderr)
			}
			said := strings.Join(strings.Fields(c.stdout), " ")
			for _, want := range tt.says {
				if !strings.Contains(said, strings.Join(strings.Fields(want), " ")) {
					t.Errorf("%q is not said:\n%s", want, c.stdout)
				}
			}
			if m := c.matrix(t, "certification"); len(m.Rows) != 2 || m.ExitCode() != tt.code || m.Tool.Contract == "" {
				t.Errorf("%+v", m)
			}
			for _, want := range []string{"begin a", "end b: conformant, "} {
				if !strings.Contains(c.stderr, want) {
					t.Errorf("%q is not said while it runs:\n%s", want, c.stderr)
				}
			}
		})
	}
}

func (c *call) asked(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(c.dir, "asked.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCatalogSettingsReachTheRun: defaults, own settings, files beside the catalogue, --engine over both.
func TestCatalogSettingsReachTheRun(t *testing.T) {
	c := newCall(t)
	c.write(t, "body.json", body)
	c.write(t, "a.env", "FROM=file\n")
	c.certify(context.Background(), t, `
defaults: {payload: "@body.json", engine: "unix:///run/a.sock", env: {A: b}}
entries: [{name: x, image: team/x:1, env-file: [a.env]}]`, "--engine", "unix:///run/b.sock")
	if got, want := c.asked(t), `{"endpoint":"","engine":"unix:///run/b.sock","env":["FROM=file","A=b"],"image":"team/x:1","payload":"{\"prompt\": \"{{prompt}}\"}"}`; got != want || c.code != 0 {
		t.Errorf("exit %d, %s\ngot  %s\nwant %s", c.code, c.stderr, got, want)
	}
}

// TestCatalogIsTheRoot: relative paths begin at the catalogue, wherever the command is run.
func TestCatalogIsTheRoot(t *testing.T) {
	c := newCall(t)
	for _, dir := range []string{"sub/layout", "elsewhere"} {
		if err := os.MkdirAll(filepath.Join(c.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c.write(t, "sub/body.json", body)
	c.write(t, "sub/catalog.yaml", "entries: [{name: x, image: 'oci:layout', payload: '@body.json'}]")
	t.Setenv(actAs, "entry")
	t.Chdir(filepath.Join(c.dir, "elsewhere"))
	var stdout, stderr bytes.Buffer
	a := newApp()
	a.stdout, a.stderr = &stdout, &stderr
	a.entryProgram = func() ([]string, error) { return []string{os.Args[0], entryCommandName}, nil }
	if code := a.execute(context.Background(), []string{"certify", "../sub/catalog.yaml", "--out", "here", "-q"}); code != 0 || stderr.Len() > 0 {
		t.Errorf("exit %d, %s%s", code, stdout.String(), stderr.String())
	}
	if m := c.matrix(t, "elsewhere/here"); m.Rows[0].Image != "oci:layout" {
		t.Errorf("%+v", m.Rows)
	}
}

func TestCertifyAnEndpoint(t *testing.T) {
	c := newCall(t).certify(context.Background(), t, "entries: [{name: x, endpoint: 'http://127.0.0.1:9', expect: {fails: [SES-06]}}]", "--engine", "unix:///run/b.sock")
	if got := c.asked(t); !strings.Contains(got, `"endpoint":"http://127.0.0.1:9"`) || !strings.Contains(got, `"engine":""`) || c.code != 1 {
		t.Errorf("exit %d, %s, %s", c.code, got, c.stderr)
	}
	if m := c.matrix(t, "certification"); m.Rows[0].Image != "http://127.0.0.1:9" {
		t.Errorf("%+v", m.Rows)
	}
}

// TestBadCatalogsAreRefusedBeforeAnythingRuns: each names the file, the line and what to do.
func TestBadCatalogsAreRefusedBeforeAnythingRuns(t *testing.T) {
	cases := []struct{ entry, want string }{
		{"profile: gait", "catalog.yaml:4: profile: choose gate, smoke or soak"},
		{"paylod: x", `catalog.yaml:4: unknown key "paylod"; did you mean payload?`},
		{"imag: x", "did you mean image?"},
		{"report: json=x", `catalog.yaml:4: unknown key "report"`},
		{"quiet: true", `catalog.yaml:4: unknown key "quiet"`},
		{"config: x", `catalog.yaml:4: unknown key "config"`},
		{"payload: '@missing.json'", "catalog.yaml:4: payload: "},
		{"env-file: missing.env", "catalog.yaml:2: x: --env-file: "},
		{"only: [NOPE-1]", "catalog.yaml:2: x: "},
		{"only: [PING]", "x can never be conformant with only"},
		{"profile: smoke", "x can never be conformant with profile smoke"},
		{"protocol: MCP", "catalog.yaml:2: x: --protocol MCP is not played"},
		{"model: real", "catalog.yaml:2: x: --model real finds no credentials"},
		{"sessions: 1", "catalog.yaml:4: sessions: give a whole number"},
	}
	for _, tt := range cases {
		c := newCall(t).certify(context.Background(), t, "entries:\n- name: x\n  image: good\n  "+tt.entry+"\n")
		if c.code != codeUsage || !strings.Contains(c.stderr, tt.want) || strings.Count(c.stderr, "\n") != 1 || c.stdout != "" {
			t.Errorf("%s: exit %d, %q, want %q", tt.entry, c.code, c.stderr, tt.want)
		}
		if _, err := os.Stat(filepath.Join(c.dir, "certification")); err == nil {
			t.Errorf("%s: something was begun", tt.entry)
		}
	}
	for image, want := range map[string]string{"oci:missing": "there is no such folder", "agent.zip": "zip file", "Dockerfile": "recipe"} {
		c := newCall(t).certify(context.Background(), t, "entries: [{name: x, image: '"+image+"'}]")
		if c.code != codeUsage || !strings.Contains(c.stderr, "catalog.yaml:1: x: ") || !strings.Contains(c.stderr, want) {
			t.Errorf("%s: exit %d, %q", image, c.code, c.stderr)
		}
	}
}

// TestAnImageThatIsYetToBeBuiltNeedNotExist: the build makes it.
func TestAnImageThatIsYetToBeBuiltNeedNotExist(t *testing.T) {
	c := newCall(t).certify(context.Background(), t, "entries: [{name: x, image: 'oci:layout', build: 'mkdir layout'}]")
	if c.code != 0 || !strings.Contains(c.stderr, "build x") {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
}

func TestCertifyUsage(t *testing.T) {
	const good = "entries: [{name: x, image: good}]"
	for args, want := range map[string]string{
		"--only nothing":  `"nothing" matches no entry of catalog.yaml`,
		"--parallel 0":    "give a whole number from 1 to 64",
		"--out=":          "give a value",
		"--engine nobody": "give an address",
		"other.yaml":      "give one CATALOG",
		"--strict":        "unknown flag --strict",
	} {
		if c := newCall(t).certify(context.Background(), t, good, strings.Fields(args)...); c.code != codeUsage || !strings.Contains(c.stderr, want) {
			t.Errorf("%s: exit %d, %q", args, c.code, c.stderr)
		}
	}
	c := newCall(t)
	if c.run("certify", "missing.yaml"); c.code != codeUsage || !strings.Contains(c.stderr, "read the catalogue: ") {
		t.Errorf("exit %d, %q", c.code, c.stderr)
	}
}

func TestCertifySelects(t *testing.T) {
	c := newCall(t).certify(context.Background(), t, "entries: [{name: a, image: good}, {name: b, image: breaks}]", "--only", "a*", "--out", "o/p", "--color", "always", "--parallel", "2")
	if c.code != 0 || !strings.Contains(c.stdout, "\x1b[") {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
	if m := c.matrix(t, "o/p"); len(m.Rows) != 1 || m.Rows[0].Name != "a" {
		t.Errorf("%+v", m)
	}
}

// TestCertifyInParallel: each entry waits for the other, which one at a time would never come.
func TestCertifyInParallel(t *testing.T) {
	c := newCall(t).certify(context.Background(), t, "entries: [{name: a, image: meets}, {name: b, image: meets}]", "--parallel", "2")
	if c.code != 0 {
		t.Errorf("exit %d, %s%s", c.code, c.stdout, c.stderr)
	}
}

// TestInterruptedCertification: the interruption reaches the entry's process, which writes its report.
func TestInterruptedCertification(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := newCall(t)
	go func() {
		for range time.Tick(10 * time.Millisecond) {
			if _, err := os.Stat(filepath.Join(c.dir, "asked.json")); err == nil {
				cancel()
				return
			}
		}
	}()
	c.certify(ctx, t, "entries: [{name: x, image: waits}, {name: y, image: good}]")
	m := c.matrix(t, "certification")
	if c.code != codeInterrupted || !m.Interrupted || m.Rows[0].Verdict != reports.Partial || m.Rows[0].Report == "" || m.Rows[1].Verdict != "" {
		t.Errorf("exit %d, %+v", c.code, m)
	}
	if len(m.Rows[0].Errors) > 0 {
		t.Errorf("an interruption is no fault: %q", m.Rows[0].Errors)
	}
}

// TestEntryEndsWithItsLeash: when the process that certifies is gone, however it went, the entry's run ends with a report.
func TestEntryEndsWithItsLeash(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, os.Args[0], entryCommandName, "--report", "json=run.json", "--", "waits")
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), actAs+"=entry")
	leash, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	cmd.Stdout, cmd.Stderr = writer, writer
	reader.Close() // with the process that certifies goes who reads
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := leash.Close(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if _, err := os.Stat(filepath.Join(cmd.Dir, "run.json")); err != nil || cmd.ProcessState.ExitCode() != codeInterrupted {
		t.Errorf("exit %d, %v", cmd.ProcessState.ExitCode(), err)
	}
}

// TestHeartbeat: what runs for long is named again, what is silent because nothing runs is not.
func TestHeartbeat(t *testing.T) {
	var out bytes.Buffer
	p := newCertifyProgress(&out, false)
	defer p.close()
	p.still(time.Now().Add(time.Hour))
	p.event(certify.Event{Kind: certify.EventBegin, Entry: "slow\x1b[2J"})
	p.still(time.Now())
	p.still(time.Now().Add(2 * certifyHeartbeat))
	if got := out.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, `still running: slow\x1b[2J`) || strings.Contains(got, "\x1b") {
		t.Errorf("got %q", got)
	}
	quiet := newCertifyProgress(&out, true)
	defer quiet.close()
	if quiet.w != io.Discard {
		t.Error("--quiet is not quiet")
	}
}
