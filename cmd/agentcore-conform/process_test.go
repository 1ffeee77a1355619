package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
)

// actAs makes the test binary behave as the program: itself, or with a run that waits until it is cancelled or for ever.
const actAs = "AGENTCORE_CONFORM_TEST_ACT_AS"

func TestMain(m *testing.M) {
	how := os.Getenv(actAs)
	if how == "" {
		os.Exit(m.Run())
	}
	switch how {
	case "entry":
		os.Exit(actAsEntry())
	case "itself":
		main()
	}
	a := newApp()
	a.run = func(ctx context.Context, _ suites.Options) (*reports.Run, error) {
		os.Stdout.WriteString("running\n")
		<-ctx.Done()
		os.Stdout.WriteString("cancelled\n")
		if how == "deaf" {
			select {}
		}
		return (&call{verdict: reports.Partial, interrupted: true}).result(), nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go interrupt(signals, cancel)
	os.Exit(a.execute(ctx, []string{"image:tag", "--report", "json=run.json"}))
}

// program starts the test binary as the program and waits until its run has begun.
func program(t *testing.T, how string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), actAs+"="+how)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	await(t, lines, "running")
	return cmd, lines
}

func await(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	if !lines.Scan() || lines.Text() != want {
		t.Fatalf("got %q, want %q (%v)", lines.Text(), want, lines.Err())
	}
}

func TestFirstSignalEndsTheRunWithItsReport(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, lines := program(t, "patient")
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // the pipe must be empty before Wait
		}
		_ = cmd.Wait()
		report, err := os.ReadFile(cmd.Dir + "/run.json")
		if code := cmd.ProcessState.ExitCode(); code != codeInterrupted || err != nil || !strings.Contains(string(report), `"interrupted": true`) {
			t.Errorf("%v: exit %d, report %v", sig, code, err)
		}
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	cmd, lines := program(t, "deaf")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	await(t, lines, "cancelled")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != codeInterrupted {
		t.Errorf("exit %d", code)
	}
}
