package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
)

// Fix sets up what is missing on this machine: an engine, if none was named and none answers, and emulation of arm64.
// What is there is left alone, so that it may be called any number of times. Steps are told to log.
func Fix(ctx context.Context, opts Options, log io.Writer) error {
	_, given, err := dial.Given(opts.Address)
	if err != nil {
		return err
	}
	if !given {
		if err := StartEngine(ctx, log); err != nil {
			return err
		}
	}
	e, err := New(ctx, opts)
	if err != nil {
		return err
	}
	defer e.Close(ctx)
	if _, err := e.proveArchitecture(ctx); err == nil {
		fmt.Fprintf(log, "%s programs run on this engine\n", e.opts.Platform)
		return nil
	}
	if !e.sameMachine() {
		return errors.New("the engine is on another machine; install emulation there: " + emulationRemedy)
	}
	if err := FixEmulation(ctx, log); err != nil {
		return err
	}
	_, err = e.proveArchitecture(ctx)
	return err
}

// FixEmulation makes this kernel run arm64 programs, in containers, too: Debian's qemu and its registration.
func FixEmulation(ctx context.Context, log io.Writer) error {
	if runtime.GOARCH == "arm64" {
		return nil
	}
	if h, ok := findHandler(binfmtFolder); ok && h.enabled && h.fixed() {
		fmt.Fprintf(log, "emulation: handler %s is in place\n", h.name)
		return nil
	}
	if err := needRoot("installing emulation"); err != nil {
		return err
	}
	if err := mountBinfmt(); err != nil {
		return fmt.Errorf("mounting %s: %w; in a container this takes --privileged", binfmtFolder, err)
	}
	if !onPath("qemu-aarch64-static") || !onPath("update-binfmts") {
		if err := aptInstall(ctx, log, "qemu-user-static", "binfmt-support"); err != nil {
			return err
		}
	}
	if err := run(ctx, log, "update-binfmts", "--enable", "qemu-aarch64"); err != nil {
		fmt.Fprintf(log, "emulation: %v; registering it directly\n", err)
	}
	return ensureHandler()
}

// ensureHandler registers qemu itself where Debian's tool did not: it does nothing in some containers.
func ensureHandler() error {
	if h, ok := findHandler(binfmtFolder); ok && h.enabled && h.fixed() {
		return nil
	}
	qemu, err := exec.LookPath("qemu-aarch64-static")
	if err != nil {
		return err
	}
	if err := os.WriteFile(binfmtFolder+"/register", []byte(registration(qemu)), 0o200); err != nil {
		return fmt.Errorf("registering emulation with the kernel: %w", err)
	}
	if _, ok := findHandler(binfmtFolder); !ok {
		return errors.New("the kernel did not take the registration of emulation")
	}
	return nil
}

// registration is the kernel's format, with the flag F. The mask ignores the ABI bytes and takes shared objects, too.
func registration(qemu string) string {
	const (
		magic = `\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`
		mask  = `\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`
	)
	return ":agentcore-conform-arm64:M::" + magic + ":" + mask + ":" + qemu + ":F"
}

// StartEngine makes sure that a container engine answers on this machine: any that is found, else Debian's.
func StartEngine(ctx context.Context, log io.Writer) error {
	if conn, err := dial.Find(ctx, ""); err == nil {
		fmt.Fprintf(log, "engine: %s answers\n", conn.Place.Redacted())
		conn.Close()
		return nil
	}
	if err := needRoot("starting a container engine"); err != nil {
		return err
	}
	if !onPath("dockerd") {
		if err := aptInstall(ctx, log, "docker.io", "iptables"); err != nil {
			return err
		}
	}
	logFile, err := launchDockerd(ctx, log)
	if err != nil {
		return err
	}
	return awaitEngine(ctx, logFile)
}

// awaitEngine waits up to a minute: the first start makes networks and firewall rules.
func awaitEngine(ctx context.Context, logFile string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := dial.Find(ctx, "")
		if err == nil {
			conn.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("dockerd was started and does not answer: %s", lastLine(logFile))
		case <-tick.C:
		}
	}
}

func lastLine(path string) string {
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		return "look at its log"
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return oneLine(lines[len(lines)-1]) + " (" + path + ")"
}

func needRoot(what string) error {
	switch {
	case runtime.GOOS != "linux":
		return fmt.Errorf("%s is left to the products for this system; start Docker Desktop, Colima, OrbStack or Podman, which bring emulation", what)
	case os.Getuid() != 0:
		return fmt.Errorf("%s takes root; run `sudo agentcore-conform doctor --fix`", what)
	}
	return nil
}

func aptInstall(ctx context.Context, log io.Writer, names ...string) error {
	if !onPath("apt-get") {
		return fmt.Errorf("this is not Debian or Ubuntu; install %s with this system's own tools", strings.Join(names, " and "))
	}
	install := append([]string{"install", "-y", "-q", "--no-install-recommends"}, names...)
	if run(ctx, log, "apt-get", install...) == nil {
		return nil
	}
	// A fresh machine has no list of packages.
	if err := run(ctx, log, "apt-get", "update", "-q"); err != nil {
		return err
	}
	return run(ctx, log, "apt-get", install...)
}

func run(ctx context.Context, log io.Writer, name string, args ...string) error {
	fmt.Fprintf(log, "+ %s %s\n", name, strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	out, err := cmd.CombinedOutput()
	if err != nil {
		tail := out[max(0, len(out)-400):]
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, oneLine(string(tail)))
	}
	return nil
}

func onPath(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}
