package inv

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestSpoiltTextAtItsLimits(t *testing.T) {
	came := func(sent, got string) *record.Set {
		return onWire(func(w *record.Wire) {
			w.Texts = []record.Text{{Way: "plain", Sent: sent, Got: got, Echoed: true, Call: *checktest.OK()}}
		})
	}
	checktest.Judge(t, Checks, "INV-22", []checktest.Case{
		{Name: "three pieces left out", Set: came("1=× 2=世 3=か", "1= 2= 3="), Want: "text-damaged"},
		{Name: "two", Set: came("1=× 2=世", "1= 2="), Want: "pass"},
		{Name: "left out, and the rest in capitals", Set: came(sentPieces, "1= 2= 3= 4= 5= 6=xy 7=z 8=END"), Want: "text-damaged"},
		{Name: "three pieces of question marks", Set: came("1=× 2=世 3=か", "1=? 2=? 3=?"), Want: "text-damaged"},
		{Name: "two", Set: came("1=× 2=世 3=か", "1=? 2=? 3=か"), Want: "pass"},
	})
	for s, want := range map[string][2]string{"a\u007f": {"a\u007f", ""}, "a\u0080b": {"ab", "\u0080"}, "é\u0080": {"", "é\u0080"}, "aéüz": {"az", "éü"}} {
		if keepASCII(s) != want[0] || beyondASCII(s) != want[1] {
			t.Errorf("%q: %q and %q, want %q", s, keepASCII(s), beyondASCII(s), want)
		}
	}
	if got := asLatin1("×é"); got != "Ã" {
		t.Errorf("up to a byte that one-byte encodings read differently: got %q", got)
	}
}

func TestAcceptIsComparedWithAServedCall(t *testing.T) {
	set := func(happy, settled int, any *record.Exchange) *record.Set {
		s := with(record.Platform, checktest.Answer(happy, "{}"))
		s.Calls.Ladder[0], s.Calls.Variants[record.AcceptAny] = *checktest.Answer(settled, "{}"), any
		return s
	}
	checktest.Judge(t, Checks, "INV-14", []checktest.Case{
		{Name: "the settled call alone is refused", Set: set(500, 406, nil), Want: "both-refused"},
		{Name: "refused for anything where all calls fail", Set: set(500, 200, checktest.Answer(400, "{}")), Want: "pass"},
		{Name: "refused for anything where calls are served", Set: set(200, 200, checktest.Answer(400, "{}")), Want: "any-refused"},
	})
}
