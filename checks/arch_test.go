package checks_test

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/agentcore-conform/agentcore-conform/"

// forbidden are what judging must not reach, however far down: judges see records only, so that a dispute replays from a
// file and thousands of mutants are judged in seconds.
var forbidden = []string{
	"net/http", "net", "os/exec", "github.com/onsi/", "github.com/testcontainers/", "github.com/google/go-containerregistry/",
	module + "suites", module + "reports", module + "checks/facts",
}

func TestJudgingReachesNoNetworkAndNoEngine(t *testing.T) {
	for _, pkg := range list(t, "./...") {
		if strings.HasPrefix(pkg, module+"checks/facts") {
			continue
		}
		if pkg == module+"checks/checktest" {
			continue // imports testing, which reaches further; only tests use it
		}
		for _, dep := range list(t, "-deps", pkg) {
			for _, f := range forbidden {
				if dep == f || strings.HasSuffix(f, "/") && strings.HasPrefix(dep, f) || strings.HasPrefix(f, module) && strings.HasPrefix(dep, f) {
					t.Errorf("%s depends on %s, which judging must not reach", pkg, dep)
				}
			}
		}
	}
}

// list runs go list, of whose output each line is an import path.
func list(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Fields(string(out))
}
