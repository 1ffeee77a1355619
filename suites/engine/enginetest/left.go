package enginetest

import (
	"fmt"
	"os"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker/dial"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

// Need skips where no engine answers, but never in CI or where one is named: there a missing engine is a failure.
func Need(t testing.TB) {
	t.Helper()
	conn, err := dial.Find(t.Context(), "")
	if err == nil {
		conn.Close()
		return
	}
	if os.Getenv("CI") != "" || os.Getenv("DOCKER_HOST") != "" {
		t.Fatal(err)
	}
	t.Skipf("needs a container engine: %v", err)
}

// Connect opens a connection of the test's own to the engine that a run would find.
func Connect(t testing.TB) *dial.Conn {
	t.Helper()
	conn, err := dial.Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// Isolate hides the engine settings of whoever runs the tests.
func Isolate(t *testing.T) {
	t.Helper()
	for _, name := range []string{"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"} {
		t.Setenv(name, "")
	}
	t.Setenv("DOCKER_CONFIG", t.TempDir())
}

// Containers lists what the engine holds of a run, running or not.
func Containers(t testing.TB, conn *dial.Conn, run string) []container.Summary {
	t.Helper()
	found, err := conn.Client.ContainerList(t.Context(), client.ContainerListOptions{
		All: true, Filters: make(client.Filters).Add("label", label(run)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return found.Items
}

// Networks lists the networks of a run.
func Networks(t testing.TB, conn *dial.Conn, run string) []dial.Network {
	t.Helper()
	found, err := conn.Networks(t.Context(), label(run))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func label(run string) string { return watchdog.LabelRun + "=" + run }

// Leftovers names everything that the engine still holds of a run.
func Leftovers(t testing.TB, conn *dial.Conn, run string) []string {
	t.Helper()
	var found []string
	for _, c := range Containers(t, conn, run) {
		found = append(found, fmt.Sprintf("container %v %s", c.Names, c.State))
	}
	for _, n := range Networks(t, conn, run) {
		found = append(found, "network "+n.Name)
	}
	return found
}
