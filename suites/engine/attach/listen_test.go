package attach

import (
	"errors"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
)

func TestAServerThatRunsCannotBeGivenAModel(t *testing.T) {
	e, err := New("http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := e.Listen(t.Context())
	if l != nil || !errors.Is(err, engine.ErrUnsupported) || !strings.Contains(err.Error(), "already runs") {
		t.Errorf("%v %v", l, err)
	}
}
