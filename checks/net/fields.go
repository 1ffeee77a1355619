package net

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// fewFields is how many custom fields of full size a header limit of common servers leaves room for.
const fewFields = 3

// unusualFields rules on header fields that callers may send through the platform. Calls are only held against the happy
// path of the same minute.
func unusualFields(w *record.Wire) (checks.Verdict, bool) {
	plain := plainCall(w)
	if plain == nil {
		return checks.Verdict{}, false
	}
	if v, bad := largeRefused(w, plain); bad {
		return v, true
	}
	for i := range w.Odd {
		if o := &w.Odd[i]; o.Name != "all" && oddRefused(w, o) {
			return checks.Found("odd-field-refused", "a legal field that the agent does not know is ignored",
				fmt.Sprintf("%s: %s; without it: %s", o.Name, reading.Says(&o.Call), reading.Says(&plain.Call)),
				checks.Wire("with the field", &o.Call), checks.Wire("without", &plain.Call)), true
		}
	}
	return checks.Verdict{}, false
}

func largeRefused(w *record.Wire, plain *record.LineCall) (checks.Verdict, bool) {
	for i := range w.Large {
		l := &w.Large[i]
		reason := ""
		switch {
		case l.Fields == 1:
			reason = "large-field-refused"
		case l.Fields <= fewFields && len(w.Large) > i+1 && w.Large[len(w.Large)-1].Call.OK():
			reason = "large-block-refused"
		}
		if reason != "" && denied(w, &l.Call) {
			return checks.Found(reason, "custom fields of up to 4 KB each are taken, several of them",
				fmt.Sprintf("%d fields of 4 KB: %s; without them: %s", l.Fields, reading.Says(&l.Call), reading.Says(&plain.Call)),
				checks.Wire("with large fields", &l.Call), checks.Wire("without", &plain.Call)), true
		}
	}
	return checks.Verdict{}, false
}

// oddRefused reports a call that an odd field alone spoils. Bytes beyond ASCII may be refused, cleanly.
func oddRefused(w *record.Wire, o *record.OddField) bool {
	if o.Name == "obs-text" && reading.FateOf(&o.Call) == reading.Refused {
		return false
	}
	return denied(w, &o.Call)
}

func denied(w *record.Wire, x *record.Exchange) bool {
	return reading.Rejected(x) || reading.Lost(x) && outlived(w)
}

// largestBlock says how much was taken.
func largestBlock(w *record.Wire) string {
	if w == nil || len(w.Large) == 0 {
		return ""
	}
	if l := w.Large[len(w.Large)-1]; l.Call.OK() {
		return fmt.Sprintf(", and with custom fields of %d KB", l.Bytes>>10)
	}
	return ""
}
