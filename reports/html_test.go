package reports

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports/timeline"
)

func htmlOf(t testing.TB, run *Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// writeHTMLBody writes the page without what is a file of its own: style sheet, script, and the hashes of both.
func writeHTMLBody(w io.Writer, run *Run) error {
	var b bytes.Buffer
	if err := WriteHTML(&b, run); err != nil {
		return err
	}
	page := b.String()
	policy := strings.ReplaceAll(template.HTMLEscapeString(htmlPolicy()), "+", "&#43;") // as html/template writes attributes
	for _, part := range []string{string(htmlStyle()), string(htmlScript()), policy} {
		if !strings.Contains(page, part) {
			return fmt.Errorf("the page does not hold as it is: %.60s", part)
		}
		page = strings.Replace(page, part, "", 1)
	}
	_, err := io.WriteString(w, page)
	return err
}

// nodes are the elements of a page as a browser sees them, in order.
func nodes(t testing.TB, page string) []*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range doc.Descendants() {
		switch n.Type {
		case html.ElementNode:
			out = append(out, n)
		case html.CommentNode:
			t.Errorf("a comment: %q", n.Data)
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// skeleton is a page without its texts and values.
func skeleton(t testing.TB, page string) []string {
	t.Helper()
	var out []string
	for _, n := range nodes(t, page) {
		s := n.Data
		for _, a := range n.Attr {
			s += " " + a.Key
		}
		out = append(out, s)
	}
	return out
}

// What a container says changes no element and no attribute of the page.
func TestHTMLFromHostileInput(t *testing.T) {
	old := hostileText
	defer func() { hostileText = old }()
	pages := map[string][]string{}
	for name, text := range map[string]string{
		"harmless": "harmless", "control bytes": old,
		"markup":     `</pre></code></summary></details></style></script><script>alert(1)</script><img src=x onerror=alert(1)>`,
		"attributes": `" onmouseover="alert(1)" x='' onfocus='alert(2)' autofocus ` + "`",
		"templates":  `{{.}} {{template "page.html"}} <!-- <![CDATA[ ]]> --> &lt;b&gt; javascript:alert(1)`,
	} {
		hostileText = text
		pages[name] = skeleton(t, htmlOf(t, hostileRun()))
	}
	for name, got := range pages {
		if !slices.Equal(got, pages["harmless"]) {
			t.Errorf("%s: the page has other elements than with harmless texts", name)
		}
	}
}

// Nothing on the page runs, loads or sends anything but its own script; what it points at is there, once.
func TestHTMLIsSelfContained(t *testing.T) {
	for _, s := range samples {
		ids, targets := map[string]int{}, []string{}
		for _, n := range nodes(t, htmlOf(t, s.run())) {
			if slices.Contains([]string{"iframe", "object", "embed", "img", "base", "audio", "video", "source"}, n.Data) {
				t.Errorf("%s: <%s>", s.name, n.Data)
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "id":
					ids[a.Val]++
				case a.Key == "aria-labelledby":
					targets = append(targets, strings.Fields(a.Val)...)
				case a.Key == "href" && a.Val != "data:,":
					if !strings.HasPrefix(a.Val, "#") {
						t.Errorf("%s: a link to %s", s.name, a.Val)
					}
					targets = append(targets, strings.TrimPrefix(a.Val, "#"))
				case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src", a.Key == "srcset", a.Key == "action":
					t.Errorf("%s: <%s %s=%q>", s.name, n.Data, a.Key, a.Val)
				}
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: id %s stands %d times", s.name, id, n)
			}
		}
		for _, id := range targets {
			if ids[id] == 0 {
				t.Errorf("%s: nothing has the id %s", s.name, id)
			}
		}
	}
}

// The policy allows what is on the page by its hash, and nothing else.
func TestHTMLPolicy(t *testing.T) {
	for _, run := range []*Run{sessionRun(), nothingRan()} {
		policy, scripts := "", 0
		var styles []string
		for _, n := range nodes(t, htmlOf(t, run)) {
			switch {
			case n.Data == "meta" && attribute(n, "http-equiv") == "Content-Security-Policy":
				policy = attribute(n, "content")
			case n.Data == "script":
				scripts++
				if !strings.Contains(policy, "script-src "+sourceHash(textOf(n))+";") {
					t.Errorf("the script is not in %s", policy)
				}
			case n.Data == "style":
				styles = append(styles, textOf(n))
			}
		}
		if scripts != 1 || !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%d scripts, policy %q", scripts, policy)
		}
		for _, s := range styles {
			if !strings.Contains(policy, sourceHash(s)) {
				t.Errorf("a style is not in %s: %.80s", policy, s)
			}
		}
	}
}

// All that a finding says is on the page, whether a script runs or not.
func TestHTMLSaysEverything(t *testing.T) {
	for _, s := range samples {
		run := s.run()
		var page string
		for _, n := range nodes(t, htmlOf(t, run)) {
			if n.Data == "body" {
				page = textOf(n)
			}
		}
		page = CleanLine(page)
		for _, f := range run.Findings {
			for _, text := range []string{f.ID, string(f.Level), f.Title, f.Summary, f.Expected, f.Actual, f.Consequence, f.Fix} {
				if !strings.Contains(page, CleanLine(text)) {
					t.Errorf("%s: %s: %.80q is not on the page", s.name, f.ID, text)
				}
			}
		}
		for _, text := range append([]string{verdictText(run), imageText(run, false), runText(run), notCovered, run.ID}, run.Errors...) {
			if !strings.Contains(page, CleanLine(text)) {
				t.Errorf("%s: %.80q is not on the page", s.name, text)
			}
		}
	}
}

// What people ask first comes first.
func TestHTMLOrder(t *testing.T) {
	page := htmlOf(t, oneOfEach())
	_, page, _ = strings.Cut(page, "<body>")
	at := -1
	for _, part := range []string{
		`IMG-14</a>`, "NONCONFORMANT", "1 clause failed: PING-06", "Do not deploy it", "linux/arm64", `id="findings"`, `id="outcome-fail" open`,
		`id="PING-06"`, "expected", "actual", "on AgentCore", "fix", "agentcore-conform explain PING-06", "third poll", "curl -sS", `id="outcome-error" open`,
		`id="outcome-untestable" open`, `id="outcome-warn" open`, `id="outcome-note">`, `id="outcome-pass">`, `id="tested"`, "20.10.24", `id="timeline"`,
	} {
		i := strings.Index(page[at+1:], part)
		if i < 0 {
			t.Fatalf("%q does not come after byte %d", part, at)
		}
		at += i + 1
	}
}

func TestHTMLAdvice(t *testing.T) {
	stopped := oneOfEach()
	stopped.Interrupted = true
	warned := sampleInput()
	warned.Findings = append(passes(), bindWarning())
	for want, run := range map[string]*Run{
		"You may deploy it.":      allPass(),
		"look at the warnings":    Assemble(warned),
		"Do not deploy it. ":      stopped,
		"no verdict on the image": nothingRan(),
		"Run it again":            interruptedRun(),
		"run the whole gate":      {Verdict: Passed},
		"Do not deploy it yet":    {Verdict: Partial},
		"Put right what is named": {Verdict: "whatever"},
	} {
		if got := adviceText(run); !strings.Contains(got, want) {
			t.Errorf("%s: %q does not say %q", run.Verdict, got, want)
		}
	}
}

// A page of the largest run that a file may hold stays readable and says what it leaves out.
func TestHTMLIsBounded(t *testing.T) {
	in := sampleInput()
	in.Records.Sessions = &record.Sessions{}
	long := strings.Repeat("<&>é\x00", 20_000)
	for i := range 3000 {
		f := restamped()
		x := samplePing(long)
		x.ID = fmt.Sprint("call.", i)
		x.Request.Body, x.Request.BodySize, f.Actual = long, int64(len(long)), long
		f.Evidence = []checks.Evidence{checks.Wire(long, x), checks.Text("lines", long)}
		in.Findings = append(in.Findings, f)
		in.Records.Sessions.Rounds = append(in.Records.Sessions.Rounds, record.SessionRound{Turns: []record.Turn{{Call: *x}}})
	}
	page := htmlOf(t, Assemble(in))
	if len(page) > 16<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
	for _, want := range []string{"2500 more findings are in the JSON report", "more pieces of evidence are in the JSON report", "more are in the JSON report"} {
		if !strings.Contains(page, want) {
			t.Errorf("it does not say %q", want)
		}
	}
}

// Clauses that fail for the same cause say it once; people link to a clause by its id.
func TestHTMLSharedCausesAndAnchors(t *testing.T) {
	in := sampleInput()
	in.Findings = passes()
	for _, id := range []string{"INV-02", "INV-03", "INV-04", "INV-04"} {
		f := pass(id, checks.Must, "title", "no engine")
		f.Outcome = checks.Untestable
		in.Findings = append(in.Findings, f)
	}
	page := htmlOf(t, Assemble(in))
	if n := strings.Count(page, `<p class="shared"><b>3 clauses: INV-02, INV-03, INV-04</b> no engine</p>`); n != 1 {
		t.Errorf("the cause is said %d times", n)
	}
	for _, anchor := range []string{`id="INV-04"`, `id="INV-04.2"`} {
		if strings.Count(page, anchor) != 1 {
			t.Errorf("%s is not there once", anchor)
		}
	}
}

func TestHistogram(t *testing.T) {
	var pings []record.Ping
	for _, ms := range []record.Millis{0.01, 0.7, 1, 1.9, 2, 4.9, 40, 40, 1e300} {
		pings = append(pings, record.Ping{Took: ms, Outcome: record.Answered})
	}
	pings = append(pings, record.Ping{Took: 3, Outcome: record.Unsent})
	bins := binsOf(pings)
	total, held := 0, map[string]int{}
	for _, b := range bins {
		total += b.Count
		held[b.Range] = b.Count
	}
	if total != 9 || held["1.0 ms to 2.0 ms"] != 2 || held["2.0 ms to 5.0 ms"] != 2 || held["20 ms to 50 ms"] != 2 || held["below 0.2 ms"] != 1 || held["5.0 ms to 10 ms"] != 0 {
		t.Errorf("%d values in %+v", total, bins)
	}
	if bins[3].Width != "100.0%" || len(bins) > mostStep-leastStep+1 {
		t.Errorf("%+v", bins)
	}
	if binsOf(nil) != nil {
		t.Error("no values have bins")
	}
}

// Every scenario that holds exchanges has its title, and every exchange of the records is in the transcript, once.
func TestTranscript(t *testing.T) {
	set := reflect.TypeFor[record.Set]()
	for i := range set.NumField() {
		name, _, _ := strings.Cut(set.Field(i).Tag.Get("json"), ",")
		if holdsExchange(set.Field(i).Type, map[reflect.Type]bool{}) != (scenarioTitles[record.Kind(name)] != "") {
			t.Errorf("%s has a title without exchanges, or exchanges without a title", name)
		}
	}
	x := samplePing("body")
	found := transcriptOf(&record.Set{
		Idle:  &record.Idle{Bare: x, Platform: x},
		Calls: &record.Calls{Ladder: []record.Exchange{{ID: "a"}}, Variants: map[record.Variant]*record.Exchange{"y": {ID: "c", At: 1}, "x": {ID: "b", At: 2}, "z": nil}},
	})
	var ids []string
	for _, s := range found {
		for _, e := range s.Exchanges {
			ids = append(ids, s.Name+" "+e.ID)
		}
	}
	if want := []string{"calls a", "calls c", "calls b", "idle idle.poll.3"}; !slices.Equal(ids, want) {
		t.Errorf("%q", ids)
	}
}

func holdsExchange(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t == reflect.TypeFor[record.Exchange]() {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return holdsExchange(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsExchange(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}

func TestFigureStyleIsWhatTheFigureHas(t *testing.T) {
	var b bytes.Buffer
	if err := WriteTimeline(&b, sessionRun()); err != nil || !strings.Contains(b.String(), "<style>"+timeline.FigureStyle()+"</style>") {
		t.Errorf("%v", err)
	}
}

func TestHTMLSaysThatItCannotBeWritten(t *testing.T) {
	if err := WriteHTML(noSpace{}, allPass()); err == nil || !strings.Contains(err.Error(), "write the HTML report") {
		t.Errorf("%v", err)
	}
}
