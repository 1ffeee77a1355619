package wire

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tmaxmax/go-sse"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// scan feeds a stream in pieces of n bytes.
func scan(stream string, n int) (*record.EventStream, []string) {
	var data []string
	s := Scanner{Data: func(d string) { data = append(data, d) }}
	for i := 0; i < len(stream); i += n {
		s.Feed([]byte(stream[i:min(len(stream), i+n)]), record.Millis(i))
	}
	return s.End(0), data
}

func TestScanner(t *testing.T) {
	type event struct{ kind, data, id string }
	tests := []struct {
		name, stream string
		want         []event
		rest         string
	}{
		{"one event", "data: a\n\n", []event{{"", "a", ""}}, ""},
		{"CRLF", "data: a\r\ndata: b\r\n\r\n", []event{{"", "a\nb", ""}}, ""},
		{"CR", "data: a\rdata: b\r\r", []event{{"", "a\nb", ""}}, ""},
		{"mixed line ends", "data: a\r\n\ndata: b\n\rdata: c\r\r\n", []event{{"", "a", ""}, {"", "b", ""}, {"", "c", ""}}, ""},
		{"one space is taken away", "data:  a\ndata:b\n\n", []event{{"", " a\nb", ""}}, ""},
		{"empty data counts", "data\n\ndata:\ndata:\n\n", []event{{"", "", ""}, {"", "\n", ""}}, ""},
		{"an event without data does not", "event: x\n\ndata: a\n\n", []event{{"", "a", ""}}, ""},
		{"types", "event: error\ndata: a\n\ndata: b\n\n", []event{{"error", "a", ""}, {"", "b", ""}}, ""},
		{"ids stay", "id: 1\ndata: a\n\ndata: b\n\nid: 2\x00\ndata: c\n\nid\ndata: d\n\n", []event{{"", "a", "1"}, {"", "b", "1"}, {"", "c", "1"}, {"", "d", ""}}, ""},
		{"comments and unknown fields", ": c\nretry: 9\nfoo: x\nDATA: x\ndata: a\n\n", []event{{"", "a", ""}}, ""},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", []event{{"", "a", ""}}, ""},
		{"not dispatched", "data: a\n\ndata: b\n", []event{{"", "a", ""}}, "b"},
		{"not even ended", "data: a\ndata: b", nil, "a\nb"},
		{"lines of text", "hello\nworld", nil, "world"},
		{"a comment at the end", "data: a\n\n: bye", []event{{"", "a", ""}}, ""},
		{"nothing", "", nil, ""},
	}
	for _, tt := range tests {
		for _, n := range []int{1, 2, 3, 1000} {
			s, data := scan(tt.stream, n)
			var got []event
			var full []string
			for _, e := range s.Events {
				got = append(got, event{e.Type, e.Data, e.ID})
				full = append(full, e.Data)
			}
			if !slices.Equal(got, tt.want) || s.Undispatched != tt.rest || s.Count != len(tt.want) {
				t.Errorf("%s in pieces of %d: got %q, rest %q; want %q, rest %q", tt.name, n, got, s.Undispatched, tt.want, tt.rest)
			}
			if !slices.Equal(data, full) {
				t.Errorf("%s: data %q, events %q", tt.name, data, full)
			}
		}
	}
}

func TestScannerMeasures(t *testing.T) {
	var s Scanner
	s.Arrived(0, 10)
	for _, step := range []struct {
		after record.Millis
		text  string
	}{{50, ": hi\n"}, {90, "data: 12"}, {490, "345\ndata: 6\n\n"}, {500, "data: x\n\n"}} {
		s.Arrived(len(step.text), step.after)
		s.Feed([]byte(step.text), step.after)
	}
	got := s.End(700)
	if got.LongestSilence != 400 || got.Comments != 1 || got.LargestEvent != 7 || len(got.Reads) != 4 {
		t.Errorf("got %+v", got)
	}
	if e := got.Events[0]; e.After != 490 || e.Lines != 2 || e.Size != 7 {
		t.Errorf("first event %+v", e)
	}
	if r := got.Reads[1]; r != (record.Read{After: 90, Size: 8}) {
		t.Errorf("second read %+v", r)
	}
}

func TestSilenceBeforeTheFirstAndAfterTheLastEventCounts(t *testing.T) {
	var before, after Scanner
	before.Arrived(0, 10)
	before.Arrived(5, 910)
	if got := before.End(950).LongestSilence; got != 900 {
		t.Errorf("before the first: %v, want 900", got)
	}
	after.Arrived(5, 10)
	if got := after.End(600).LongestSilence; got != 590 {
		t.Errorf("after the last: %v, want 590", got)
	}
}

func TestScannerIsBounded(t *testing.T) {
	var stream strings.Builder
	for i := range 3 * record.MaxEvents {
		fmt.Fprintf(&stream, "data: %d\n\n", i)
	}
	stream.WriteString("data: " + strings.Repeat("x", 3*maxEventText) + "\n\n")
	s, data := scan(stream.String(), 1000)
	if s.Count != 3*record.MaxEvents+1 || len(s.Events) != record.MaxEvents || len(s.Tail) != record.MaxTail {
		t.Fatalf("%d events, %d kept, %d of the end", s.Count, len(s.Events), len(s.Tail))
	}
	last := s.Tail[record.MaxTail-1]
	if s.Tail[0].Data != fmt.Sprint(3*record.MaxEvents-record.MaxTail+1) || last.Size != 3*maxEventText || len(last.Data) != record.MaxEventData {
		t.Errorf("the end begins with %q and ends with %d of %d bytes", s.Tail[0].Data, len(last.Data), last.Size)
	}
	if n := len(data[len(data)-1]); s.LargestEvent != 3*maxEventText || n > maxEventText || n < maxEventText-len("data: ") {
		t.Errorf("largest %d, %d bytes for the text", s.LargestEvent, n)
	}
	for _, endless := range []string{strings.Repeat("data: y\n", maxEventText), "data: " + strings.Repeat("y", 2*maxEventText)} {
		s, _ := scan(endless, 5000)
		if len(s.Undispatched) > record.MaxEventData || s.LargestEvent < 2*maxEventText-1 {
			t.Errorf("%d undispatched bytes kept of %d", len(s.Undispatched), s.LargestEvent)
		}
	}
}

func TestTailBeginsWhereEventsEnd(t *testing.T) {
	s, _ := scan(strings.Repeat("data: x\n\n", record.MaxEvents)+"data: y\n\n", 100)
	if len(s.Events) != record.MaxEvents || len(s.Tail) != 1 || s.Tail[0].Data != "y" {
		t.Errorf("%d events, tail %+v", len(s.Events), s.Tail)
	}
}

// TestScannerAgreesWithGoSSE compares with a parser that others wrote.
func TestScannerAgreesWithGoSSE(t *testing.T) {
	for _, stream := range streamSeeds {
		agree(t, stream)
	}
}

// agree compares all dispatched events. Three differences are go-sse's own and are left out of the comparison: it
// dispatches an event without data, it dispatches what the end cuts off, and it reads NUL in ids as the end of them.
func agree(t *testing.T, stream string) {
	t.Helper()
	s, _ := scan(stream, len(stream)+1)
	if s.Undispatched != "" || strings.ContainsRune(stream, 0) || len(s.Events) == record.MaxEvents {
		return
	}
	ours := []string{}
	for _, e := range s.Events {
		if e.Data != "" && int(e.Size) == len(e.Data) {
			ours = append(ours, e.Type+"|"+e.Data)
		}
	}
	theirs := []string{}
	for e, err := range sse.Read(strings.NewReader(stream), &sse.ReadConfig{MaxEventSize: 1 << 20}) {
		if err != nil {
			return
		}
		if e.Data != "" && len(e.Data) <= record.MaxEventData {
			theirs = append(theirs, e.Type+"|"+e.Data)
		}
	}
	if !slices.Equal(ours, theirs) {
		t.Errorf("stream %q\nwe read   %q\ngo-sse    %q", stream, ours, theirs)
	}
}

var streamSeeds = []string{
	"data: a\n\n",
	"data: \"17 times 23 \"\n\ndata: \"equals 391.\"\n\n",
	"\xef\xbb\xbfevent: message\r\ndata: {\"a\":1}\r\n\r\n",
	"id: 7\nevent: error\ndata: x\ndata: y\n\n: ping\n\n",
	"data: a\rdata: b\r\rdata: c\n\n",
	"data:a\ndata:  b\ndata\n\n",
	"retry: 10\nfoo\ndata: z\n\n",
	"data: unfinished",
}

func FuzzScanner(f *testing.F) {
	for _, s := range streamSeeds {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, stream string, n int) {
		whole, data := scan(stream, len(stream)+1)
		pieces, again := scan(stream, max(1, n%64))
		if whole.Count != pieces.Count || whole.Undispatched != pieces.Undispatched || whole.Comments != pieces.Comments || !slices.Equal(data, again) {
			t.Errorf("cut into pieces of %d the stream reads differently:\n%+v\n%+v", n%64, whole, pieces)
		}
		agree(t, stream)
	})
}
