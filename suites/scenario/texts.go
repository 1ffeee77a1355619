package scenario

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"unicode/utf16"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/wire"
)

// widths has a numbered piece for each width of UTF-8 and each habit of text: two, three and four bytes, a mark that
// combines, right to left, the line separator, a byte order mark. None of them has an upper case (INV-22).
const widths = "1=×÷ 2=世界 3=🙂🎉 4=か\u3099 5=שלום 6=x\u2028y 7=\ufeffz 8=end"

// injection is a second line that becomes a header field where an agent copies a prompt into one (INV-20).
const injection = "\r\n" + record.InjectedField + ": 1"

// texts sends the widths in UTF-8, and as escapes in the agent's other form where it has one.
func (s *Stage) texts(ctx context.Context, out *record.Wire) (x record.Exchange) {
	if !s.Payload.Template.HasPrompt() {
		return answeredNothing
	}
	for _, t := range []record.Text{{Way: "plain"}, {Way: "escaped", Other: s.Payload.other != nil}} {
		begin, end := platform.NewMarker(), platform.NewMarker()
		prompt, sid := begin+" "+widths+" "+end, platform.NewSessionID()
		in := invocation{what: "wire/text-" + t.Way, session: sid, accept: acceptStream}
		if t.Way == "escaped" {
			prompt += injection
			in.change = func(q *wire.Request) { q.Body = escaped(q.Body) }
		}
		in.body = s.Payload.body(sid, prompt)
		if t.Other {
			in.otherwise(s, prompt)
		}
		var a wire.Answer
		t.Call, a = s.invoke(ctx, in)
		t.Sent = widths
		t.Got, t.Echoed = between(a.Text, begin, end, widths)
		out.Texts, x = append(out.Texts, t), t.Call
		if ctx.Err() != nil || !x.Reached() {
			break
		}
	}
	return x
}

// mostBetween bounds what is kept between two markers, in bytes: text that was damaged grows.
const mostBetween = 1 << 10

// between finds what stands between two markers, which agents may write in capitals. A text says things several times
// over, cut up in one way or the other: where what is wanted stands somewhere, it did come back.
func between(text, begin, end, want string) (got string, found bool) {
	for one := range stretches(text, begin, end) {
		one = strings.TrimSpace(one[len(begin) : len(one)-len(end)])
		if one == want {
			return one, true
		}
		if !found {
			got, found = one, true
		}
	}
	return got, found
}

// stretches are the pieces of a text from a begin to the first end behind it, both in lower case, whatever their case there.
func stretches(text, begin, end string) iter.Seq[string] {
	return func(yield func(string) bool) {
		folded := lower(text)
		for at := 0; ; {
			i := strings.Index(folded[at:], begin)
			if i < 0 {
				return
			}
			from := at + i
			at = from + len(begin)
			n := strings.Index(folded[at:min(len(folded), at+mostBetween)], end)
			if n >= 0 && !yield(text[from:at+n+len(end)]) {
				return
			}
		}
	}
}

// escaped writes everything beyond ASCII in a JSON text as \u escapes.
func escaped(doc []byte) []byte {
	var b strings.Builder
	for _, r := range string(doc) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return []byte(b.String())
}
