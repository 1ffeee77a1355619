package reports

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func consoleOf(t *testing.T, run *Run, o ConsoleOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteConsole(&b, run, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestConsoleOrder(t *testing.T) {
	out := consoleOf(t, oneOfEach(), ConsoleOptions{})
	at := -1
	for _, part := range []string{"! IMG-14", "NONCONFORMANT", "image", "environment", "run", "FAIL · PING", "expected", "actual", "evidence", "$ curl", "| GET /ping 200", "on AgentCore", "fix", "ERROR · SSE", "COULD NOT TEST", "WARN · IMG", "passed", "notes", "measured", "not proven", "NONCONFORMANT"} {
		i := strings.Index(out[at+1:], part)
		if i < 0 {
			t.Fatalf("%q does not come after byte %d in\n%s", part, at, out)
		}
		at += i + 1
	}
}

func TestConsoleFitsTheWindow(t *testing.T) {
	for _, width := range []int{10, 40, 60, 80, 100, 300} {
		for _, s := range samples {
			run := s.run()
			if run.Image != nil {
				run.Image.Reference = "short"
			}
			for _, l := range strings.Split(consoleOf(t, run, ConsoleOptions{Width: width, Verbose: true}), "\n") {
				if n := len([]rune(l)); n > min(max(width, 40), 120) && !strings.HasPrefix(l, "      $ ") && longestWord(l) < min(width, 40)-20 {
					t.Errorf("%s at %d: %d columns: %s", s.name, width, n, l)
				}
			}
		}
	}
}

func longestWord(l string) int {
	most := 0
	for _, w := range strings.Fields(l) {
		most = max(most, len([]rune(w)))
	}
	return most
}

var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// TestColourChangesNothingElse: with the colours taken out, the text is the same and clean, whatever the container said.
func TestColourChangesNothingElse(t *testing.T) {
	for _, s := range samples {
		plain := consoleOf(t, s.run(), ConsoleOptions{Verbose: true})
		coloured := consoleOf(t, s.run(), ConsoleOptions{Verbose: true, Colour: true})
		if !strings.Contains(coloured, "\x1b[") {
			t.Errorf("%s: no colour", s.name)
		}
		if got := colours.ReplaceAllString(coloured, ""); got != plain {
			t.Errorf("%s: %s", s.name, firstDifference([]byte(got), []byte(plain)))
		}
	}
}

func TestVerboseListsWhatIsCountedOtherwise(t *testing.T) {
	quiet, verbose := consoleOf(t, oneOfEach(), ConsoleOptions{}), consoleOf(t, oneOfEach(), ConsoleOptions{Verbose: true})
	for _, text := range []string{"no call could be made to last a second", "20 of 20 pings", "not covered by this version", "not part of the HTTP protocol"} {
		if strings.Contains(quiet, text) || !strings.Contains(verbose, text) {
			t.Errorf("%q is shown without -v or not with it", text)
		}
	}
	if !strings.Contains(verbose, sampleImage().Digest) || strings.Contains(quiet, sampleImage().Digest) {
		t.Error("the whole digest is for -v")
	}
}

func TestVerdictSentences(t *testing.T) {
	if out := consoleOf(t, allPass(), ConsoleOptions{}); !strings.HasPrefix(out, "CONFORMANT  nothing was found") {
		t.Errorf("%.80s", out)
	}
	in := sampleInput()
	in.Findings, in.Scope, in.ScopeWhy = passes(), Reduced, []string{"smoke", "--skip SEC"}
	if out := consoleOf(t, Assemble(in), ConsoleOptions{}); !strings.HasPrefix(out, "PASSED ") || !strings.Contains(strings.Join(strings.Fields(out), " "), "scope reduced (smoke, --skip SEC)") {
		t.Errorf("%s", out)
	}
	in = sampleInput()
	in.Findings = append(passes(), finding("INV-01", checks.Must, checks.Untestable))
	if out := consoleOf(t, Assemble(in), ConsoleOptions{}); !strings.HasPrefix(out, "PARTIAL ") || !strings.Contains(out, "could not test INV-01") {
		t.Errorf("%s", out)
	}
	in = sampleInput()
	for _, c := range checks.Contract().Clauses()[:20] {
		in.Findings = append(in.Findings, finding(c.ID, checks.Must, checks.Fail))
	}
	if out := consoleOf(t, Assemble(in), ConsoleOptions{}); !strings.Contains(strings.Join(strings.Fields(out), " "), "20 clauses failed: IMG-01, IMG-02") || !strings.Contains(out, "and 12 more") {
		t.Errorf("%.300s", out)
	}
	in = sampleInput()
	in.Findings, in.Records.Image, in.Records.Terms.Attached = passes(), nil, true
	if out := consoleOf(t, Assemble(in), ConsoleOptions{}); !strings.Contains(out, "none: a server that already ran") {
		t.Errorf("%s", out)
	}
}

func TestStrictIsSaid(t *testing.T) {
	in := sampleInput()
	in.Findings, in.Strict = append(passes(), bindWarning()), true
	out := consoleOf(t, Assemble(in), ConsoleOptions{})
	if !strings.HasPrefix(out, "! IMG-14") || !strings.Contains(out, "a warning that --strict turned into a failure") {
		t.Errorf("%s", out)
	}
}

func TestPolicyIsSaid(t *testing.T) {
	in := sampleInput()
	f := restamped()
	f.Basis = checks.PolicyBasis
	in.Findings = []checks.Finding{f}
	if out := consoleOf(t, Assemble(in), ConsoleOptions{}); !strings.Contains(out, "this tool's policy, not the platform's") {
		t.Errorf("%s", out)
	}
}

func TestWantsColour(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		set            Colour
		no, force, cli string
		want           bool
	}{
		{ColourAuto, "", "", "", false},
		{ColourAlways, "1", "", "", true},
		{ColourNever, "", "1", "1", false},
		{ColourAuto, "", "1", "", true},
		{ColourAuto, "", "", "1", true},
		{ColourAuto, "", "0", "0", false},
		{ColourAuto, "1", "1", "1", false},
	} {
		t.Setenv("NO_COLOR", c.no)
		t.Setenv("FORCE_COLOR", c.force)
		t.Setenv("CLICOLOR_FORCE", c.cli)
		if got := WantsColour(file, c.set); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	if Terminal(file) || Width(file) != 80 {
		t.Errorf("a file is taken for a terminal of %d columns", Width(file))
	}
}

func TestMeasurementsAreReadable(t *testing.T) {
	got := measurementsText(map[string]float64{"ping.idle.maxMs": 61_000, "ping.idle.p99Ms": 12.3, "image.readBytes": 2048, "session.turns": 64}, true)
	if want := "image.read 2.0 kB · ping.idle.p99 12 ms · ping.idle.max 1m01s · session.turns 64"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestUnits(t *testing.T) {
	for ms, want := range map[float64]string{0: "0.0 ms", 9.94: "9.9 ms", 999: "999 ms", 1500: "1.5 s", 9_940: "9.9 s", 59_400: "59 s", 59_900: "1m00s", 61_000: "1m01s", 3_661_000: "1h01m01s"} {
		if got := millisText(ms); got != want {
			t.Errorf("%v ms is %q, want %q", ms, got, want)
		}
	}
	for n, want := range map[int64]string{-1: "size unknown", 0: "0 bytes", 1500: "1.5 kB", 2_100_000_000: "2.10 GB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

// TestIdleReaperIsShortAndToldWhereItCosts: a session that ends as it should is told of only when asked.
func TestIdleReaperIsShortAndToldWhereItCosts(t *testing.T) {
	steady := func() *Run {
		in := sampleInput()
		in.Findings = passes()
		in.Records.LongSession = &record.LongSession{Polls: polled(`{"status":"Healthy"}`, `{"status":"Healthy"}`)}
		return Assemble(in)
	}
	for _, tt := range []struct {
		name           string
		run            *Run
		plain, verbose bool
	}{{"idle", steady(), false, true}, {"never idle", neverIdle(), true, true}, {"killed while busy", killedWhileBusy(), true, true}, {"nothing polled", allPass(), false, false}} {
		for _, width := range []int{40, 80, 120} {
			for verbose, want := range map[bool]bool{false: tt.plain, true: tt.verbose} {
				out := consoleOf(t, tt.run, ConsoleOptions{Width: width, Verbose: verbose})
				_, block, told := strings.Cut(out, "\nidle reaper   ")
				if told != want {
					t.Errorf("%s, verbose %t: told %t", tt.name, verbose, told)
				}
				block, _, _ = strings.Cut(block, "\nnot proven")
				block, _, _ = strings.Cut(block, "\n\ntime line")
				if n := strings.Count(block, "\n") + 1; n > 5 {
					t.Errorf("%s at %d: %d lines:\n%s", tt.name, width, n, block)
				}
			}
		}
	}
	if out := consoleOf(t, killedWhileBusy(), ConsoleOptions{Width: 40}); !strings.Contains(out, " …\nnot proven") {
		t.Errorf("what is cut is not marked:\n%s", out)
	}
}

// TestEveryTroubleEndsInWhatToDo: whoever does not get a green verdict is told the next step.
func TestEveryTroubleEndsInWhatToDo(t *testing.T) {
	partial := allPass()
	partial.Verdict = Partial
	for _, tt := range []struct {
		run  *Run
		want string
	}{
		{oneOfEach(), "agentcore-conform explain PING-06 has the reasons"},
		{nothingRan(), "agentcore-conform doctor shows what is missing"},
		{interruptedRun(), "run it again to the end"},
		{partial, "--allow-partial"},
		{allPass(), ""},
	} {
		said := strings.Join(strings.Fields(consoleOf(t, tt.run, ConsoleOptions{})), " ")
		if _, next, _ := strings.Cut(said, " next "); !strings.Contains(next, tt.want) || tt.want == "" && next != "" {
			t.Errorf("%s: next %.80q, want %q", tt.run.Verdict, next, tt.want)
		}
	}
}

func TestEmptyEvidenceIsSaidToBeEmpty(t *testing.T) {
	run := oneOfEach()
	run.Findings[0].Outcome, run.Findings[0].Evidence = checks.Fail, []checks.Evidence{checks.Text("body", "")}
	if said := consoleOf(t, run, ConsoleOptions{}); !strings.Contains(said, "evidence      body: empty") {
		t.Error(said)
	}
}
