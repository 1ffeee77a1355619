package docker

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/enginetest"
)

// TestEngines plays one boot on every kind of engine and every way to it.
func TestEngines(t *testing.T) {
	cases := []struct {
		name string
		// reach prepares the engine and returns --engine, or sets the environment.
		reach  func(t *testing.T) string
		kind   string
		route  string
		source string
	}{
		{"plain local", func(*testing.T) string { return "" }, "docker", routeAddress, "default socket"},
		{"looks like a container", lookLikeContainer, "docker", routeAddress, "default socket"},
		{"tcp", plainTCP, "docker", routeAddress, "DOCKER_HOST"},
		{"ssh", func(t *testing.T) string { fakeSSH(t); return "ssh://ci@builder.example:2222" }, "docker", routeAddress, "--engine"},
		{"tcp with TLS", protectedTCP, "docker", routeAddress, "DOCKER_HOST"},
		{"own network namespace", secondEngine, "docker", routeRelay, "--engine"},
		{"podman", podman, "podman", routeRelay, "--engine"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Isolate(t)
			enginetest.Need(t)
			e := open(t, Options{Address: c.reach(t), RunID: "route" + token(3), Self: binary(t, "self", "amd64")})
			env, err := e.Preflight(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if env.Engine != c.kind || env.Route != c.route || env.Source != c.source {
				t.Errorf("engine %q by route %q from %q; want %q, %q, %q", env.Engine, env.Route, env.Source, c.kind, c.route, c.source)
			}
			bootOnce(t, e)
			if err := e.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			nothingLeft(t, e)
		})
	}
}

// bootOnce starts the server, asks everything of it once, and stops it.
func bootOnce(t *testing.T, e *Engine) {
	t.Helper()
	target := boot(t, e, serverImage(t, e, "arm64"), "arm64", "")
	if body := get(t, target, "/ping"); !strings.Contains(body, "Healthy") {
		t.Errorf("answered %q", body)
	}
	if state, err := target.State(t.Context()); err != nil || !state.Running || state.StartedAt == "" {
		t.Errorf("state %+v %v", state, err)
	}
	if l, err := target.Listeners(t.Context()); err != nil || len(l) != 1 || l[0].Port != 8080 || l[0].Loopback() {
		t.Errorf("listeners %v %v", l, err)
	}
	if logs, err := target.Logs(t.Context()); err != nil || !strings.Contains(strings.Join(logs.Lines, "\n"), "listening on") {
		t.Errorf("logs %+v %v", logs, err)
	}
	if sample, err := target.Sample(t.Context()); err != nil || sample.Memory < 1<<20 {
		t.Errorf("sample %+v %v", sample, err)
	}
	if err := target.Remove(t.Context()); err != nil {
		t.Error(err)
	}
}

// nothingLeft looks with a connection of its own, because the engine's is closed.
func nothingLeft(t *testing.T, e *Engine) {
	t.Helper()
	conn, err := dial.Open(t.Context(), e.conn.Place)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, left := range enginetest.Leftovers(t, conn, e.opts.RunID) {
		t.Errorf("left behind: %s", left)
	}
}

// lookLikeContainer makes sure that the file is there by which other tools conclude that they run in a container.
func lookLikeContainer(t *testing.T) string {
	const mark = "/.dockerenv"
	if _, err := os.Stat(mark); err == nil {
		return ""
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Skipf("needs to write %s: %v", mark, err)
	}
	t.Cleanup(func() { _ = os.Remove(mark) })
	return ""
}

// plainTCP makes the default socket reachable over a loopback port.
func plainTCP(t *testing.T) string {
	t.Setenv("DOCKER_HOST", "tcp://"+enginetest.Forward(enginetest.Listen(t), enginetest.Socket).Address)
	return ""
}

// fakeSSH puts a program called ssh on the PATH that checks its arguments and joins its stdio to the default socket.
func fakeSSH(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Symlink(binary(t, "ssh", "amd64"), filepath.Join(dir, "ssh")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// asRoot skips what only root can set up; CI is meant to be root.
func asRoot(t *testing.T, programs ...string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			install(t, p)
		}
	}
}

// packages names the Debian packages of the programs that the tests may have to install.
var packages = map[string][]string{
	"podman":  {"podman", "runc", "conmon", "containernetworking-plugins"},
	"ip":      {"iproute2"},
	"nsenter": {"util-linux"},
	"dockerd": {"docker.io"},
}

func install(t *testing.T, program string) {
	t.Helper()
	names := packages[program]
	if _, err := exec.LookPath("apt-get"); err != nil || names == nil {
		t.Skipf("needs %s", program)
	}
	cmd := exec.CommandContext(t.Context(), "apt-get", append([]string{"install", "-y", "-q", "--no-install-recommends"}, names...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("needs %s, which could not be installed: %v\n%s", program, err, out)
	}
}

// daemon starts an engine's process, waits for its socket and stops it after the test.
func daemon(t *testing.T, socket string, name string, args ...string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "daemon.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("%s:\n%s", name, text[max(0, len(text)-4000):])
		}
	})
	awaitSocket(t, socket, ended)
}

func awaitSocket(t *testing.T, socket string, ended chan error) {
	t.Helper()
	for t.Context().Err() == nil {
		if conn, err := net.Dial("unix", socket); err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the engine ended: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// mustRun runs a program that must succeed.
func mustRun(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// namespace makes a network namespace of its own with its loopback up.
func namespace(t *testing.T) string {
	t.Helper()
	name := "agentcore-conform-" + token(3)
	mustRun(t, "ip", "netns", "add", name)
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() })
	mustRun(t, "ip", "-n", name, "link", "set", "lo", "up")
	return "/run/netns/" + name
}

// state is a folder for an engine's data, on a short path because sockets must have one.
func state(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "acc-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		unmountUnder(dir)
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing an engine's data: %v", err)
		}
	})
	return dir
}

// unmountUnder takes down what an engine left mounted, innermost first.
func unmountUnder(dir string) {
	mounts, _ := os.ReadFile("/proc/self/mounts")
	var points []string
	for line := range strings.Lines(string(mounts)) {
		if fields := strings.Fields(line); len(fields) > 1 && strings.HasPrefix(fields[1], dir+"/") {
			points = append(points, fields[1])
		}
	}
	slices.Sort(points)
	for _, point := range slices.Backward(points) {
		_ = exec.Command("umount", "-l", point).Run()
	}
}

// secondEngine starts another dockerd whose containers this network namespace cannot reach. It enters only the network
// namespace: anything more would hide the control groups from it.
func secondEngine(t *testing.T) string {
	asRoot(t, "ip", "nsenter", "dockerd")
	dir, space := state(t), namespace(t)
	socket := filepath.Join(dir, "docker.sock")
	daemon(t, socket, "nsenter", "--net="+space, "dockerd",
		"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"),
		"--pidfile", filepath.Join(dir, "pid"), "--host", "unix://"+socket, "--group", "",
		"--userland-proxy=false", "--bip", "198.18.200.1/24",
		"--default-address-pool", "base=198.18.128.0/18,size=24")
	return "unix://" + socket
}

// podman starts the compatible service with all its state in one folder and one network namespace. crun refuses this
// kind of control groups and the default limits are above what a container on a build machine may have.
func podman(t *testing.T) string {
	asRoot(t, "podman", "ip", "nsenter")
	dir, space := state(t), namespace(t)
	socket := filepath.Join(dir, "podman.sock")
	conf := filepath.Join(dir, "containers.conf")
	text := "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n[engine]\nruntime = \"runc\"\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n" +
		"[network]\nnetwork_config_dir = \"" + filepath.Join(dir, "net") + "\"\ndefault_subnet = \"198.18.64.0/24\"\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CONTAINERS_CONF", conf)
	daemon(t, socket, "nsenter", "--net="+space, "podman", "--root", filepath.Join(dir, "root"), "--runroot", filepath.Join(dir, "run"),
		"--runtime", "runc", "--cgroup-manager", "cgroupfs", "--tmpdir", filepath.Join(dir, "tmp"),
		"system", "service", "--time=0", "unix://"+socket)
	return "unix://" + socket
}

// TestWrongAddresses: what the user named is used or is the error, and never replaced by the engine that does answer.
func TestWrongAddresses(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	cases := []struct {
		name, engine, host string
		says               []string
	}{
		{"closed tcp port", "", "tcp://" + closed.Addr().String(), []string{closed.Addr().String(), "DOCKER_HOST", "refused"}},
		{"missing socket", "unix:///nowhere/docker.sock", "", []string{"unix:///nowhere/docker.sock", "--engine", "no such file"}},
		{"flag before variable", "unix:///nowhere/docker.sock", "unix:///elsewhere.sock", []string{"unix:///nowhere/docker.sock", "--engine"}},
		{"misspelt scheme", "", "unx:///var/run/docker.sock", []string{"unx", "DOCKER_HOST", "unix:///"}},
		{"no scheme", "/var/run/docker.sock", "", []string{"--engine", "no scheme"}},
		{"no host", "", "tcp://", []string{"no host"}},
		{"named pipe", "npipe:////./pipe/docker_engine", "", []string{"Windows"}},
		{"not an engine", "tcp://" + silentServer(t), "", []string{"--engine"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Isolate(t)
			t.Setenv("DOCKER_HOST", c.host)
			e, err := New(t.Context(), Options{Address: c.engine})
			if err == nil {
				_ = e.Close(context.Background())
				t.Fatalf("connected to %s", e.conn.Place.Address)
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}

// silentServer answers every request with nonsense.
func silentServer(t *testing.T) string {
	l := enginetest.Listen(t)
	enginetest.Serve(l, func(conn net.Conn) { _, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.2\r\n") })
	return l.Addr().String()
}
