package docker

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/moby/moby/api/types/container"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/tiny"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

func TestOptionsAreChecked(t *testing.T) {
	enginetest.Isolate(t)
	if _, err := New(t.Context(), Options{Network: "isolated"}); err == nil || !strings.Contains(err.Error(), "neither internal nor open") {
		t.Errorf("%v", err)
	}
}

func TestRace(t *testing.T) {
	works := func(name string) candidate {
		return candidate{name, func(context.Context) (*route, error) { return &route{name: name}, nil }}
	}
	fails := func(name string) candidate {
		return candidate{name, func(context.Context) (*route, error) { return nil, errors.New(name + " is not there") }}
	}
	hangs := func(name string) candidate {
		return candidate{name, func(ctx context.Context) (*route, error) { <-ctx.Done(); return nil, ctx.Err() }}
	}
	cases := []struct {
		name       string
		candidates []candidate
		won        string
	}{
		{"the first that works", []candidate{works("a"), works("b")}, "a"},
		{"a failure gives way at once", []candidate{fails("a"), works("b"), works("c")}, "b"},
		{"one that hangs is overtaken", []candidate{hangs("a"), works("b")}, "b"},
		{"all but the last", []candidate{fails("a"), hangs("b"), works("c")}, "c"},
	}
	for _, c := range cases {
		if r, err := race(t.Context(), c.candidates); err != nil || r.name != c.won {
			t.Errorf("%s: %v %v", c.name, r, err)
		}
	}
	_, err := race(t.Context(), []candidate{fails("a"), fails("b")})
	if err == nil || !strings.Contains(err.Error(), "a is not there") || !strings.Contains(err.Error(), "b is not there") {
		t.Errorf("when nothing works: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := race(ctx, []candidate{hangs("a"), works("b")}); err == nil {
		t.Error("a race that was called off was won")
	}
}

// A neighbour on the beacon's port must not pass for a route.
func TestTheBeaconIsKnownByItsNonce(t *testing.T) {
	b := &beacon{nonce: strings.Repeat("n", tiny.NonceLength)}
	for said, good := range map[string]bool{b.nonce: true, strings.Repeat("x", tiny.NonceLength): false, "HTTP/1.1 400": false, "": false} {
		ours, theirs := net.Pipe()
		go func() { _, _ = theirs.Write([]byte(said)); theirs.Close() }()
		if err := b.answers(ours); (err == nil) != good {
			t.Errorf("%q: %v", said, err)
		}
	}
}

func TestStartErrorsAreTheImages(t *testing.T) {
	spec := engine.Spec{Name: "main", Image: "agent"}
	for text, images := range map[string]bool{
		`OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/app": stat /app: no such file or directory: unknown`:         true,
		`failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: exec: "python": executable file not found`: true,
		"crun: executable file `python` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found":                true,
		`runc: runc create failed: unable to start container process: exec: "/app": permission denied: OCI permission denied`:                                       true,
		`unable to find user agent: no matching entries in passwd file`:                                                                                             true,
		`failed to create endpoint main on network run: no such file or directory`:                                                                                  false,
		`Bind for 127.0.0.1:8080 failed: port is already allocated`:                                                                                                 false,
		`Cannot connect to the Docker daemon`: false,
	} {
		var start *engine.StartError
		if err := startError(spec, errors.New(text)); errors.As(err, &start) != images {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestALimitThatIsRefusedIsLeftOut(t *testing.T) {
	limited := request{}
	limited.host.NanoCPUs = 2e9
	for _, c := range []struct {
		text    string
		refused bool
	}{
		{`exec: "/agent": permission denied`, false},
		{`failed to write "200000": write /sys/fs/cgroup/memory/x/memory.limit_in_bytes: invalid argument`, false},
		{`failed to write "200000": write /sys/fs/cgroup/cpu/x/cpu.cfs_quota_us: invalid argument`, true},
		{"crun: writing file `cpu.cfs_quota_us`: Invalid argument", true},
	} {
		e := &Engine{cpus: agentCPUs}
		e.info.CPUCfsQuota, e.info.CPUCfsPeriod = true, true
		if e.refusesLimit(request{}, errors.New(c.text)) {
			t.Errorf("%s: refused what was not asked for", c.text)
		}
		if got := e.refusesLimit(limited, errors.New(c.text)); got != c.refused {
			t.Errorf("%s: %v", c.text, got)
		}
		var next request
		if e.limit(&next); next.host.NanoCPUs > 0 == c.refused {
			t.Errorf("%s: the next asks for %d", c.text, next.host.NanoCPUs)
		}
	}
}

func TestRefusals(t *testing.T) {
	for line, refused := range map[string]bool{
		"exec /agent: exec format error":                                               true,
		"standard_init_linux.go:228: exec user process caused: exec format error":      true,
		"exec /agent: no such file or directory":                                       true,
		"qemu-aarch64: Could not open '/lib/ld-linux-aarch64.so.1': No such file":      true,
		`{"msg":"exec container process '/agent': Exec format error","level":"error"}`: true,
		"Traceback: exec of plugin failed: no such file or directory":                  false,
		"executor started": false,
	} {
		if refusedByKernel([]string{line}) != refused {
			t.Errorf("%q", line)
		}
	}
	if refusedByKernel([]string{"exec a: exec format error", "b", "c"}) || refusedByKernel(nil) {
		t.Error("an agent that logs more than two lines did run")
	}
}

func TestWorkingSet(t *testing.T) {
	for _, c := range []struct {
		m    container.MemoryStats
		want int64
	}{
		{container.MemoryStats{Usage: 100, Stats: map[string]uint64{"total_inactive_file": 30, "cache": 60}}, 70},
		{container.MemoryStats{Usage: 100, Stats: map[string]uint64{"inactive_file": 20}}, 80},
		{container.MemoryStats{Usage: 100, Stats: map[string]uint64{"cache": 60}}, 40},
		{container.MemoryStats{Usage: 100, Stats: map[string]uint64{"inactive_file": 200}}, 100},
		{container.MemoryStats{Usage: 100}, 100},
	} {
		if got := workingSet(c.m); got != c.want {
			t.Errorf("%+v: %d", c.m, got)
		}
	}
}

func TestParseListeners(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0B00007F:95F7 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   2: 0300A8C0:1F90 0100A8C0:C350 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:2329 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000
   2: 0000000000000000FFFF00000100007F:0051 00000000000000000000000000000000:0000 0A 00000000:00000000
   3: short 0A
   4: zz:1F90 x 0A
`
	if got := sprint(parseListeners([]byte(table))); got != "[{::1 80} {127.0.0.1 81} {127.0.0.1 8080} {:: 9001}]" {
		t.Error(got)
	}
}

func FuzzListeners(f *testing.F) {
	f.Add([]byte(" 0: 0100007F:1F90 00000000:0000 0A x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, l := range parseListeners(text) {
			if l.Port < 0 || l.Port > 65535 || net.ParseIP(l.Address) == nil {
				t.Errorf("%+v", l)
			}
		}
	})
}

func FuzzLogs(f *testing.F) {
	f.Add([]byte("a\nb\x00\x1b[31m\xff"), 3)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		c := &collector{}
		at := min(max(cut, 0), len(text))
		_, _ = c.Write(text[:at])
		_, _ = c.Write(text[at:])
		logs := c.logs()
		if logs.TotalBytes != int64(len(text)) || len(logs.Lines) > keptLines {
			t.Errorf("%+v", logs)
		}
		for _, line := range logs.Lines {
			if !utf8.ValidString(line) || strings.ContainsAny(line, "\x00\x1b\r\n\u202e") {
				t.Errorf("%q", line)
			}
		}
	})
}

func TestTheRelayNeedsAStaticBuild(t *testing.T) {
	dir := t.TempDir()
	script := dir + "/script"
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		script:                       "not a Linux executable",
		binary(t, "server", "arm64"): "another architecture",
		"/bin/sh":                    "linked dynamically",
	} {
		if err := runsAlone(path, "amd64"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := runsAlone(binary(t, "self", "amd64"), "amd64"); err != nil {
		t.Error(err)
	}
}

func TestNothingBeginsAfterClose(t *testing.T) {
	e := open(t, Options{})
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Start(t.Context(), engine.Spec{Name: "late"}); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("start after close: %v", err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Errorf("a second close: %v", err)
	}
}
