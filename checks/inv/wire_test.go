package inv

import (
	"fmt"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// onWire is a working agent with a wire record.
func onWire(change func(*record.Wire)) *record.Set {
	set := with(record.NonASCII, checktest.OK())
	set.Wire = &record.Wire{Before: checktest.Alive(), After: checktest.Alive(), Line: []record.LineCall{{Name: "call", Call: *checktest.OK()}}, Last: "odd header fields"}
	change(set.Wire)
	return set
}

func TestStrictFraming(t *testing.T) {
	odd := func(o ...record.Oddity) *record.Set {
		return onWire(func(w *record.Wire) { w.Line[0].Call.Response.Oddities = o })
	}
	injected := checktest.OK()
	injected.Response.Header = append(injected.Response.Header, record.Field{Name: "X-Conform-Injected", Value: "1"})
	inCalls := checktest.OK()
	inCalls.Response.Oddities = []record.Oddity{record.TwoFramings}
	cut := checktest.Ended(record.Truncated)
	cut.Response = checktest.OK().Response
	checktest.Judge(t, Checks, "INV-20", []checktest.Case{
		{Name: "strict all through", Set: odd(), Want: "pass"},
		{Name: "two framings", Set: odd(record.BareLF, record.TwoFramings), Want: "two-framings"},
		{Name: "two framings of an ordinary call", Set: with(record.Rich, inCalls), Want: "two-framings"},
		{Name: "bare line feeds", Set: odd(record.FoldedField, record.BareLF), Want: "bare-line-feed"},
		{Name: "folded", Set: odd(record.FoldedField), Want: "folded-field"},
		{Name: "injected", Want: "header-injected", Set: onWire(func(w *record.Wire) { w.Texts = []record.Text{{Call: *injected}} })},
		{Name: "cut for a slow reader", Want: "cut-short", Set: onWire(func(w *record.Wire) { w.Slow = []record.SlowReader{{Call: *cut}} })},
		{Name: "what breaks in odd calls is not asked", Want: "pass",
			Set: onWire(func(w *record.Wire) { w.Odd = []record.OddField{{Name: "all", Call: *cut}} })},
	})
}

func TestSurvivesTheWire(t *testing.T) {
	with := func(before, after record.State) *record.Set {
		set := onWire(func(w *record.Wire) { w.Before, w.After = before, after })
		set.Malformed = &record.Malformed{Before: checktest.Alive(), Probes: []record.Probe{{
			Name: truncatedJSON, Call: *checktest.Answer(400, "{}"), Again: checktest.OK(), State: checktest.Alive(),
		}}}
		return set
	}
	checktest.Judge(t, Checks, "INV-09", []checktest.Case{
		{Name: "lives on", Set: with(checktest.Alive(), checktest.Alive()), Want: "pass"},
		{Name: "ended", Set: with(checktest.Alive(), checktest.Dead(1)), Want: "process-gone"},
		{Name: "was restarted", Set: with(checktest.Alive(), checktest.Other()), Want: "process-gone"},
		{Name: "was gone before", Set: with(checktest.Dead(1), checktest.Dead(1)), Want: "pass"},
		{Name: "nobody knows", Set: with(record.State{Running: true, Unknown: true}, record.State{Running: true, Unknown: true}), Want: "pass"},
	})
}

func TestAcceptLists(t *testing.T) {
	dropped := checktest.Ended(record.Reset)
	checktest.Judge(t, Checks, "INV-14", []checktest.Case{
		{Name: "anything", Set: with(record.AcceptAny, checktest.OK()), Want: "pass"},
		{Name: "406 for anything", Set: with(record.AcceptAny, checktest.Answer(406, "")), Want: "any-refused"},
		{Name: "400 for anything", Set: with(record.AcceptAny, checktest.Answer(400, "")), Want: "any-refused"},
		{Name: "busy just then", Set: with(record.AcceptAny, checktest.Answer(429, "")), Want: "pass"},
		{Name: "500 for anything", Set: with(record.AcceptAny, checktest.Answer(500, "")), Want: "list-fails"},
		{Name: "406 for weights", Set: with(record.AcceptWeighted, checktest.Answer(406, "")), Want: "both-refused"},
		{Name: "500 for weights", Set: with(record.AcceptWeighted, checktest.Answer(500, "")), Want: "list-fails"},
		{Name: "dropped for weights", Set: with(record.AcceptWeighted, dropped), Want: "list-fails"},
	})
	checktest.Judge(t, Checks, "INV-02", []checktest.Case{
		{Name: "compact charset", Set: with(record.CompactCharset, checktest.OK()), Want: "pass"},
		{Name: "compact charset refused", Set: with(record.CompactCharset, checktest.Answer(415, "")), Want: "charset-refused"},
	})
}

const sentPieces = "1=×÷ 2=世界 3=🙂🎉 4=か\u3099 5=שלום 6=x\u2028y 7=\ufeffz 8=end"

func TestDamagedText(t *testing.T) {
	came := func(got string) *record.Set {
		return onWire(func(w *record.Wire) {
			w.Texts = []record.Text{{Way: "escaped", Sent: sentPieces, Got: got, Echoed: true, Call: *checktest.OK()}}
		})
	}
	replace := func(old, new string) string { return strings.ReplaceAll(sentPieces, old, new) }
	var latin1, escaped, printed strings.Builder
	for _, c := range []byte(sentPieces) {
		latin1.WriteRune(rune(c))
		if c < 0x80 {
			printed.WriteByte(c)
		} else {
			fmt.Fprintf(&printed, `\x%02x`, c)
		}
	}
	for _, r := range sentPieces {
		if r < 0x80 {
			escaped.WriteRune(r)
		} else {
			escaped.WriteString(escapes(string(r)))
		}
	}
	silent := came(latin1.String())
	silent.Wire.Texts[0].Echoed = false
	failed := came(latin1.String())
	failed.Wire.Texts[0].Call = *checktest.Answer(500, "{}")
	checktest.Judge(t, Checks, "INV-22", []checktest.Case{
		{Name: "as it was sent", Set: came(sentPieces), Want: "pass"},
		{Name: "read as Latin-1", Set: came(latin1.String()), Want: "text-damaged"},
		{Name: "escapes", Set: came(escaped.String()), Want: "text-damaged"},
		{Name: "escapes in capitals", Set: came(strings.ToUpper(escaped.String())), Want: "text-damaged"},
		{Name: "printed bytes", Set: came(printed.String()), Want: "text-damaged"},
		{Name: "a character cut in two", Set: came(replace("🙂", "��")), Want: "text-damaged"},
		{Name: "question marks", Set: came("1=?? 2=?? 3=?? 4=?? 5=???? 6=x?y 7=?z 8=end"), Want: "text-damaged"},
		{Name: "left out", Set: came("1= 2= 3= 4= 5= 6=xy 7=z 8=end"), Want: "text-damaged"},
		{Name: "composed", Set: came(replace("か\u3099", "が")), Want: "pass"},
		{Name: "without mark and separator", Set: came(strings.NewReplacer("\ufeff", "", "\u2028", "\n").Replace(sentPieces)), Want: "pass"},
		{Name: "in capitals", Set: came(strings.ToUpper(sentPieces)), Want: "pass"},
		{Name: "a model that shortens", Set: came("1=×÷ 2=世界 …"), Want: "pass"},
		{Name: "a model that asks", Set: came("1=? 2=世界 3=🙂🎉"), Want: "pass"},
		{Name: "a model in its own words", Set: came("some signs and a greeting"), Want: "pass"},
		{Name: "nothing was repeated", Set: silent, Want: "pass"},
		{Name: "the call failed", Set: failed, Want: "pass"},
	})
}

// FuzzDamaged: whatever an agent says, what came back as it was sent is never called damaged, and nothing panics.
func FuzzDamaged(f *testing.F) {
	for _, s := range []string{"", sentPieces, "1=", "9=x", "1=?? 2=?? 3=??", "1=\ufffd", strings.Repeat("1= 2=", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, got string) {
		sent := pieces(sentPieces)
		piece, came, how := spoilt(sent, pieces(got))
		if how != "" && piece == came {
			t.Errorf("%q came back and is called %s", piece, how)
		}
		if how == "" && (piece != "" || came != "") {
			t.Errorf("%q, %q without a fault", piece, came)
		}
	})
}
