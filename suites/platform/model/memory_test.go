package model

import (
	"fmt"
	"testing"
)

func TestMemory(t *testing.T) {
	var m memory
	keep := func(id, said, previous string, size int) {
		ask := Ask{Turns: []Turn{{System, "be brief"}, {User, said}}, Previous: previous, Tools: []Tool{{Name: "f"}}}
		before, ok := m.recall(messages{}, ask)
		if !ok {
			t.Fatalf("%s is lost", previous)
		}
		m.keep(before, Reply{id: id, Tokens: []string{"yes"}}, size)
	}
	keep("1", "one", "", 10)
	keep("2", "two", "1", 10)
	for _, one := range []struct {
		of    api
		turns string
		tools int
	}{
		{messages{}, "s:be brief | u:one | a:yes | s:be brief | u:two | a:yes | s:new | u:three", 1},
		{responses{}, "s:new | u:one | a:yes | u:two | a:yes | u:three", 0},
	} {
		ask, ok := m.recall(one.of, Ask{Previous: "2", Turns: []Turn{{System, "new"}, {User, "three"}}})
		if !ok || transcript(ask) != one.turns || len(ask.Tools) != one.tools {
			t.Errorf("%T goes on as %s with %d tools", one.of, transcript(ask), len(ask.Tools))
		}
	}
	if _, ok := m.recall(responses{}, Ask{Previous: "3"}); ok {
		t.Error("what was never kept is found")
	}
	if ask, ok := m.recall(chat{}, Ask{Previous: "3", Turns: []Turn{{User, "x"}}}); !ok || len(ask.Turns) != 1 {
		t.Error("an operation that keeps nothing looks for it")
	}
}

// TestMemoryIsBounded: by number, and by all the bytes that a conversation holds on to.
func TestMemoryIsBounded(t *testing.T) {
	var many memory
	for i := range maxKept + 10 {
		many.keep(Ask{}, Reply{id: fmt.Sprint(i)}, 1)
	}
	_, first := many.asks["9"]
	if _, next := many.asks["10"]; len(many.asks) != maxKept || many.size != maxKept || first || !next {
		t.Errorf("%d conversations of %d bytes are kept", len(many.asks), many.size)
	}
	var large memory
	previous := ""
	for i := range 10 {
		id := fmt.Sprint(i)
		large.keep(Ask{Previous: previous}, Reply{id: id}, maxKeptBytes/20)
		if _, ok := large.asks[id]; !ok || large.size > maxKeptBytes {
			t.Errorf("after %s, %d bytes in %d conversations are kept", id, large.size, len(large.asks))
		}
		previous = id
	}
	large.keep(Ask{}, Reply{id: "huge"}, maxKeptBytes+1)
	if len(large.asks) != 0 || large.size != 0 || len(large.order) != 0 {
		t.Errorf("what is too large leaves %d bytes", large.size)
	}
}
