package reports

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The name of the file decides between the picture alone and the fragment around it.
func TestTimelineFile(t *testing.T) {
	for name, want := range map[string]func(io.Writer, *Run) error{
		"a.svg": WriteTimelineSVG, "a.SVG": WriteTimelineSVG, "a.html": WriteTimeline, "svg": WriteTimeline,
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := WriteFile("timeline", path, sessionRun()); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := want(&b, sessionRun()); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, b.Bytes()) {
			t.Errorf("%s begins with %.40q, want %.40q", name, got, b.Bytes())
		}
	}
	if n := strings.Count(strings.Join(Formats(), " "), "timeline"); n != 1 {
		t.Errorf("the format is listed %d times", n)
	}
}

// The picture of a session with figures enough shows the lines that its forecasts rest on.
func TestTimelineShowsForecasts(t *testing.T) {
	for _, tt := range []struct {
		name       string
		translated bool
		want       string
	}{
		{"natively", false, "forecast"}, {"emulated", true, "forecast, the agent&#39;s own"},
	} {
		run := sessionRun()
		l := run.Records.LongSession
		run.Records.Terms.Emulated = tt.translated
		l.Samples = nil
		for i := range 40 {
			s := record.Sample{At: record.Millis(1000 * i), Memory: int64(200e6 + 4e6*i), CPU: record.Millis(i)}
			if code := int64(50e6); tt.translated {
				s.Translated = &code
			}
			l.Samples = append(l.Samples, s)
		}
		var b bytes.Buffer
		if err := WriteTimelineSVG(&b, run); err != nil || !strings.Contains(b.String(), tt.want) {
			t.Errorf("%s: no %q in the picture, %v", tt.name, tt.want, err)
		}
	}
	if len(fits(&Run{})) != 0 {
		t.Error("a run without records has forecasts")
	}
}

type noSpace struct{}

func (noSpace) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestTimelineSaysThatItCannotBeWritten(t *testing.T) {
	if err := WriteTimeline(noSpace{}, sessionRun()); err == nil || !strings.Contains(err.Error(), "time line") {
		t.Errorf("%v", err)
	}
}

// The console draws the time line when asked to show all, and after a soak, which is run for it.
func TestConsoleTimeline(t *testing.T) {
	soak := sessionRun()
	soak.Records.Terms.Profile = "soak"
	for _, tt := range []struct {
		name string
		run  *Run
		o    ConsoleOptions
		want bool
	}{
		{"verbose", sessionRun(), ConsoleOptions{Verbose: true}, true},
		{"soak", soak, ConsoleOptions{}, true},
		{"gate", sessionRun(), ConsoleOptions{}, false},
		{"nothing watched", allPass(), ConsoleOptions{Verbose: true}, false},
		{"no records", nothingRan(), ConsoleOptions{Verbose: true}, false},
	} {
		if out := consoleOf(t, tt.run, tt.o); strings.Contains(out, "time line") != tt.want {
			t.Errorf("%s: drawn %v, want %v\n%s", tt.name, !tt.want, tt.want, out)
		}
	}
}

func TestConsoleTimelineInColourAndInASCII(t *testing.T) {
	plain := consoleOf(t, sessionRun(), ConsoleOptions{Verbose: true})
	coloured := consoleOf(t, sessionRun(), ConsoleOptions{Verbose: true, Colour: true})
	if got := colours.ReplaceAllString(coloured, ""); got != plain {
		t.Errorf("colour changes the text: %s", firstDifference([]byte(got), []byte(plain)))
	}
	if !strings.Contains(coloured, "\x1b["+red+"m×") {
		t.Error("the failed turn is not red")
	}
	_, ascii, _ := strings.Cut(consoleOf(t, sessionRun(), ConsoleOptions{Verbose: true, ASCII: true}), "time line")
	ascii, _, _ = strings.Cut(ascii, "\n\n")
	if strings.Count(ascii, "\n") != 9 || strings.IndexFunc(ascii, func(r rune) bool { return r > '~' }) >= 0 {
		t.Errorf("not ten lines of ASCII:\n%s", ascii)
	}
}

func TestWantsASCII(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tt := range []struct {
		all, ctype, lang string
		want             bool
	}{
		{"", "", "", false},
		{"", "", "en_US.UTF-8", false},
		{"", "", "C.utf8", false},
		{"", "", "C", true},
		{"", "", "de_DE.ISO-8859-1", true},
		{"POSIX", "", "en_US.UTF-8", true},
		{"C.UTF-8", "C", "C", false},
		{"", "en_US.UTF-8", "C", false},
	} {
		t.Setenv("LC_ALL", tt.all)
		t.Setenv("LC_CTYPE", tt.ctype)
		t.Setenv("LANG", tt.lang)
		t.Setenv("TERM", "linux") // a file shows what its reader's font has
		if got := WantsASCII(f); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}
