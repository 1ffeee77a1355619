package checks_test

import (
	"slices"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

func TestSnippetsAreInOrder(t *testing.T) {
	var got []string
	for _, s := range checks.Snippets("PING-01") {
		got = append(got, s.Framework+" "+s.Language)
	}
	want := []string{"FastAPI python", "Express javascript", "Spring java", "Go go"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if s := checks.Snippets("PING-99"); s != nil {
		t.Errorf("an unknown clause has %d snippets", len(s))
	}
}
