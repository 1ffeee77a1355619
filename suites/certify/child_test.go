package certify

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// actAs makes the test binary behave as the process of an entry; what it does is in the name of the image.
const actAs = "AGENTCORE_CONFORM_CERTIFY_ACT_AS"

func TestMain(m *testing.M) {
	if os.Getenv(actAs) == "" {
		os.Exit(m.Run())
	}
	os.Exit(fakeRun(os.Args[1:]))
}

// after returns the argument that follows a word, with a prefix taken off.
func after(args []string, word, prefix string) string {
	if i := slices.Index(args, word); i >= 0 && i+1 < len(args) {
		return strings.TrimPrefix(args[i+1], prefix)
	}
	return ""
}

// fakeRun plays one entry by the name of its image and returns the exit code.
func fakeRun(args []string) int {
	file := after(args, "--report", "json=")
	write := func(run *reports.Run) int {
		if err := reports.WriteFile("json", file, run); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 3
		}
		return run.ExitCode(false)
	}
	switch image := after(args, "--", ""); image {
	case "conformant":
		return write(fakeReport(false, false))
	case "leaks":
		return write(fakeReport(true, false))
	case "crash":
		panic("a fault of the harness")
	case "crash-after-report":
		write(fakeReport(false, false))
		panic("a fault at the end")
	case "silent":
		return 0
	case "usage":
		fmt.Fprintln(os.Stderr, "agentcore-conform: --protocol MCP is not played")
		return 2
	case "garbage":
		_ = os.WriteFile(file, []byte("{"), 0o600)
		return 0
	case "liar":
		write(fakeReport(true, false))
		return 0
	case "loud":
		for range 100 {
			fmt.Fprintln(os.Stderr, strings.Repeat("x", 10_000))
		}
		return 3
	case "config":
		data, _ := os.ReadFile(after(args, "--config", ""))
		info, _ := os.Stat(after(args, "--config", ""))
		here, _ := os.Getwd()
		fmt.Fprintf(os.Stderr, "%s %o in %s", strings.TrimSpace(string(data)), info.Mode().Perm(), here)
		return 3
	case "patient", "deaf":
		_ = os.WriteFile(file+".running", nil, 0o600)
		_, _ = io.Copy(io.Discard, os.Stdin)
		if image == "deaf" {
			<-time.After(time.Hour)
		}
		return write(fakeReport(false, true))
	}
	return 99
}

func fakeReport(leaks, interrupted bool) *reports.Run {
	in := reports.Input{
		ID: "fake", Scope: reports.Full, Started: time.Unix(1, 0), Interrupted: interrupted,
		Records:  &record.Set{Schema: record.Schema, Terms: record.Terms{Protocol: "HTTP"}},
		Findings: []checks.Finding{{ID: "PING-01", Level: checks.Must, Area: "PING", Outcome: checks.Pass, Title: "GET /ping answers."}},
	}
	if leaks {
		in.Findings = append(in.Findings, checks.Finding{ID: "SES-06", Level: checks.Must, Area: "SES", Outcome: checks.Fail, Title: "Sessions are apart.", Summary: "text of another session"})
	}
	return reports.Assemble(in)
}
