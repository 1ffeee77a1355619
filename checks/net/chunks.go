package net

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// plainCall is the happy path that the unusual calls of a wire record are held against; nil when it was not served just
// then.
func plainCall(w *record.Wire) *record.LineCall {
	if w == nil || len(w.Line) == 0 || !reading.Success(&w.Line[0].Call) {
		return nil
	}
	return &w.Line[0]
}

// chunksLost rules on requests without a declared length. A clean refusal is a note: servers that speak HTTP/1.0 do so, and
// the platform was only seen to declare lengths.
func chunksLost(w *record.Wire) (checks.Verdict, bool) {
	plain := plainCall(w)
	if plain == nil || len(w.Chunked) == 0 {
		return checks.Verdict{}, false
	}
	const want = "a request in chunks is read like one with a length"
	last := &w.Chunked[len(w.Chunked)-1]
	evidence := []checks.Evidence{checks.Wire("in chunks", &w.Chunked[0].Call), checks.Wire("with a length", &plain.Call)}
	switch x := &last.Call; {
	case reading.FateOf(x) == reading.Refused && !reading.Busy(x):
		return checks.Found("chunked-refused", want, reading.Says(x), evidence...), true
	case reading.Rejected(x), reading.Lost(x) && outlived(w):
		return checks.Found("chunked-unread", want, reading.Says(x)+"; with a length: "+reading.Says(&plain.Call), evidence...), true
	case reading.Success(x) && plain.Own && !last.Own:
		return checks.Found("chunked-unread", want, "served, but the answer does not repeat what was said, as it does with a length", evidence...), true
	}
	if first := &w.Chunked[0].Call; len(w.Chunked) > 1 && reading.Success(&last.Call) && (reading.Rejected(first) || reading.Lost(first)) {
		return checks.Found("chunked-unread", want, fmt.Sprintf("chunks of one byte with a pause: %s; one chunk: %s", reading.Says(first), reading.Says(&last.Call)), evidence...), true
	}
	return checks.Verdict{}, false
}

// outlived reports that the process lived through all of it: what an end of it took away is INV-09's.
func outlived(w *record.Wire) bool {
	_, ended := reading.Ended(w.Before, w.After)
	return !ended
}
