package timeline

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/replays"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestGolden(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			l := s.line()
			sound(t, l)
			compare(t, s.name+".svg", l.SVG())
			compare(t, s.name+".html", l.HTML())
			compare(t, s.name+".txt", text(l.Plot(PlotOptions{Width: 80})))
			compare(t, s.name+".ascii.txt", text(l.Plot(PlotOptions{Width: 80, ASCII: true})))
		})
	}
}

func text(lines []string) []byte { return []byte(strings.Join(append(lines, ""), "\n")) }

func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./reports/timeline -update writes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has changed; look at it, then go test ./reports/timeline -update", path)
	}
}

// long is a day's work: eight hours with a leak, in which each thing goes wrong once.
func long(change func(*record.LongSession)) *record.Set {
	set := session(8*hour, leak)
	if change != nil {
		change(set.LongSession)
	}
	return set
}

func TestEightHoursStaySmall(t *testing.T) {
	l := Read(long(nil), About{Image: "leaky", Fits: leakFit()})
	if len(l.Checks) < 14_000 || len(l.Turns) < 10_000 {
		t.Fatalf("%d checks, %d turns", len(l.Checks), len(l.Turns))
	}
	sound(t, l)
	// As bad as it gets: each check has another status than the one before, each turn fails, the process ends all the time.
	l = Read(long(func(s *record.LongSession) {
		for i := range s.Polls {
			s.Polls[i].Status += 303 * (i % 2)
		}
		for i := range s.Turns {
			s.Turns[i].Outcome = record.Reset
		}
	}), About{Image: strings.Repeat("\x00", 5000)})
	for i := range 5000 {
		l.Marks = append(l.Marks, Mark{record.Millis(i) * 5000, strings.Repeat("\u202e", 5000)})
	}
	sound(t, l)
}

// Of many thousand values one is bad: it is in the picture.
func TestNoSpikeIsLost(t *testing.T) {
	const one = 7000
	plain := Read(long(nil), About{})
	for name, change := range map[string]func(*record.LongSession){
		"memory":       func(s *record.LongSession) { s.Samples[one/3].Memory = int64(2000 * mib) },
		"processes":    func(s *record.LongSession) { s.Samples[one/3].PIDs = 300 },
		"slow turn":    func(s *record.LongSession) { s.Turns[one].Took = 3000 },
		"failed turn":  func(s *record.LongSession) { s.Turns[one].Outcome = record.Reset },
		"slow check":   func(s *record.LongSession) { s.Polls[one].Took = 90 },
		"no answer":    func(s *record.LongSession) { s.Polls[one].Outcome, s.Polls[one].Status = record.Refused, 0 },
		"other answer": func(s *record.LongSession) { s.Polls[one].Status = 503 },
		"busy":         func(s *record.LongSession) { s.Polls[one].Body = `{"status":"HealthyBusy"}` },
	} {
		t.Run(name, func(t *testing.T) {
			l := Read(long(change), About{})
			was, is := drawing(t, plain), drawing(t, l)
			fresh := 0
			for _, d := range is {
				if !slices.Contains(was, d) {
					fresh++
				}
			}
			if fresh == 0 {
				t.Error("the drawing does not show it")
			}
		})
	}
}

// drawing are the shapes of a picture, without its texts.
func drawing(t *testing.T, l *Line) []string {
	var out []string
	for _, e := range readXML(t, l.SVG()) {
		if e.name == "path" || e.name == "rect" {
			out = append(out, e.String())
		}
	}
	return out
}

// The highest of a thinned curve is where its scale puts it, and the status lane keeps the worst of each column.
func TestSpikesKeepTheirHeight(t *testing.T) {
	l := Read(long(func(s *record.LongSession) {
		s.Samples[2333].Memory = int64(2000 * mib)
		s.Polls[7000].Outcome, s.Polls[7000].Status = record.Refused, 0
	}), About{})
	d := diagram{picture: &picture{Line: l}, scale: scaleFor(Bytes, []float64{2000 * mib}, 4), height: 100}
	_, _, highest := d.spots(l.Series[0].Parts[0])
	if top := slices.MinFunc(highest, func(a, b spot) int { return int(a.y - b.y) }); top.y != d.level(2000*mib) || len(highest) > columns {
		t.Errorf("the spike lies at %v, want %v; %d columns", top.y, d.level(2000*mib), len(highest))
	}
	status, known := l.worst(columns)
	if !slices.Contains(status, NoAnswer) || slices.Contains(known, false) {
		t.Errorf("the lost health check is not in the lane, or it has holes")
	}
	for width, lane := range map[int]string{40: l.Plot(PlotOptions{Width: 40})[1], 80: l.Plot(PlotOptions{Width: 80})[1]} {
		if bars, _, _ := strings.Cut(lane[LabelWidth:], "  "); strings.Count(bars, "×") != 1 {
			t.Errorf("at %d columns: %q", width, lane)
		}
	}
}

func leakFit() map[string]Fit {
	return map[string]Fit{Memory: {Label: "+55 MiB/h (54 to 56)", From: 600_000, To: 12 * hour, ValueAtFrom: 193 * mib, ValueAtTo: 844 * mib,
		LowAtFrom: 187 * mib, LowAtTo: 820 * mib, HighAtFrom: 199 * mib, HighAtTo: 868 * mib}}
}

// A fitted line is drawn with its band as far as the picture goes, and named.
func TestFit(t *testing.T) {
	set := long(nil)
	plain, fitted := Read(set, About{}), Read(set, About{Fits: leakFit()})
	more := len(drawing(t, fitted)) - len(drawing(t, plain))
	if svg := string(fitted.SVG()); more != 3 || !strings.Contains(svg, "dashed: +55 MiB/h (54 to 56)") {
		t.Errorf("%d shapes more, want the band, the line and its border", more)
	}
	for name, fit := range map[string]Fit{
		"later": {Label: "later", From: 9 * hour, To: 10 * hour}, "before": {Label: "before", From: -2, To: -1}, "no time": {Label: "none", From: 5, To: 5},
		"no number": {Label: "NaN", To: hour, LowAtTo: math.NaN()}, "endless": {Label: "Inf", To: hour, HighAtTo: math.Inf(1)},
	} {
		if got := Read(set, About{Fits: map[string]Fit{Memory: fit}}); string(got.SVG()) != string(plain.SVG()) {
			t.Errorf("%s: what cannot be drawn is in it", name)
		}
	}
	// A line that shoots up leaves the measured values their room.
	steep := Fit{Label: "steep", From: 0, To: 8 * hour, ValueAtTo: 1e6 * mib, HighAtTo: 2e6 * mib}
	got := Read(set, About{Fits: map[string]Fit{Memory: steep}})
	if !strings.Contains(string(got.SVG()), ">800 MiB<") {
		t.Error("the scale follows the fit, and squeezes what was measured")
	}
	sound(t, got)
}

func TestEverySeriesTakesAFit(t *testing.T) {
	set := holdingMore(session(30_000, ordinary))
	for _, key := range []string{Memory, CPU, Processes, Threads, Descriptors, Sockets, Turns, Health} {
		l := Read(set, About{Fits: map[string]Fit{key: {Label: "fitted", From: 1000, To: 20_000, ValueAtFrom: 1, ValueAtTo: 2, HighAtFrom: 3, HighAtTo: 4}}})
		if n := strings.Count(string(l.SVG()), "dashed: fitted"); n != 1 {
			t.Errorf("%s: drawn %d times", key, n)
		}
	}
}

// The control group's count stands for threads and processes until both were counted apart as often.
func TestThreadsAreDrawnOnce(t *testing.T) {
	set := holdingMore(session(30_000, ordinary))
	if has := Read(set, About{}).has(Processes); !has {
		t.Error("the first sample tells nothing but the control group's count, and that is left out")
	}
	set.LongSession.Samples = set.LongSession.Samples[1:]
	l := Read(set, About{})
	if l.has(Processes) || !l.has(Threads) || !l.has("Processes") {
		t.Errorf("drawn: %v", l.Series)
	}
}

func (l *Line) has(key string) bool {
	return slices.ContainsFunc(l.Series, func(s Series) bool { return s.Key == key })
}

// What real images, good agents and broken ones left in their records can all be drawn.
func TestReplays(t *testing.T) {
	drawn := 0
	for _, name := range replays.Names() {
		r, err := replays.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range []*record.Set{r.Records, {Terms: r.Records.Terms, End: r.Records.End}} {
			l := Read(set, About{Image: name})
			sound(t, l)
			if len(l.Checks) > 0 && len(l.Series) > 0 {
				drawn++
			}
		}
	}
	if drawn < 150 {
		t.Errorf("only %d were drawn in full", drawn)
	}
}

// Two pictures in one page do not share their ids.
func TestIdsDiffer(t *testing.T) {
	a, b := Read(session(30_000, ordinary), About{Image: "a"}), Read(session(30_000, ordinary), About{Image: "b"})
	harmless(t, readHTML(t, append(a.HTML(), b.HTML()...)), htmlElements)
}

// The shapes of the statuses differ as well as their colours.
func TestColourIsNotAllThatTells(t *testing.T) {
	set := session(30_000, ordinary)
	p := set.LongSession.Polls
	p[3].Body, p[6].Status, p[9].Status, p[9].Outcome = `{"status":"HealthyBusy"}`, 503, 0, record.Refused
	l := Read(set, About{})
	heights := map[string]string{}
	for _, e := range readXML(t, l.SVG()) {
		if fill := e.attributes["fill"]; e.name == "rect" && (strings.HasPrefix(fill, "url") || fill == green.light) {
			heights[e.attributes["height"]] = fill
		}
	}
	if len(heights) != int(statuses) {
		t.Errorf("%v", heights)
	}
	all := strings.Join(l.Plot(PlotOptions{Width: 80}), "\n")
	for _, part := range []string{"▒ 1 busy ? 1 other × 1 lost", "━▒", "━?", "━×"} {
		if !strings.Contains(all, part) {
			t.Errorf("no %q in\n%s", part, all)
		}
	}
}

func TestPlotIsPainted(t *testing.T) {
	set := session(30_000, ordinary)
	set.LongSession.Polls[5].Status = 503
	set.LongSession.Turns[2].Outcome = record.Reset
	l := Read(set, About{})
	marked := PlotOptions{Width: 80, Paint: func(s Status, text string) string { return "<" + s.String() + ">" + text + "</>" }}
	all := strings.Join(l.Plot(marked), "\n")
	if strings.Count(all, "<other>") != 1 || strings.Count(all, "<unanswered>") != 1 {
		t.Errorf("%s", all)
	}
	for _, tag := range []string{"<Healthy>", "<other>", "<unanswered>", "</>"} {
		all = strings.ReplaceAll(all, tag, "")
	}
	if want := strings.Join(l.Plot(PlotOptions{Width: 80}), "\n"); all != want {
		t.Errorf("without colour:\n%s\nwant\n%s", all, want)
	}
}

// FuzzTexts: whatever a container or a report file says, the picture is well-formed, bounded and harmless.
func FuzzTexts(f *testing.F) {
	f.Add(hostileText)
	f.Add("]]>")
	f.Add("</text><script>")
	f.Add("&#x202e;")
	f.Add(strings.Repeat("\xff", 300))
	f.Fuzz(func(t *testing.T, s string) {
		sound(t, Read(hostile(s), About{Image: s, Fits: hostileFits(s)}))
		sound(t, Read(&record.Set{Gaps: []record.Gap{{Kind: record.KindEnd, Text: s}}}, About{Image: s, Interrupted: true}))
	})
}

// FuzzRecords: whatever numbers stand in a file of records, the picture is finite and small.
func FuzzRecords(f *testing.F) {
	for _, set := range []*record.Set{oneSample(), interrupted(), session(9000, ordinary)} {
		data, err := json.Marshal(set)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"longsession":{"samples":[{"at":0,"cpu":1},{"at":1e-320,"cpu":1e308}],"polls":[{"at":1e9,"took":-1,"outcome":"answered"}]}}`))
	f.Add([]byte(`{"end":{"lost":[{"polls":[{"unix":1e300,"outcome":"answered"}],"state":{"at":-1e300}}],"polls":[{"unix":-1e300,"at":1e7,"outcome":"timeout"}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		set := new(record.Set)
		if json.Unmarshal(data, set) != nil {
			return
		}
		sound(t, Read(set, About{}))
	})
}
