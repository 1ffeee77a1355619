package reports

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// shown are all the ways in which a run is written, with the ending of their golden files.
var shown = []struct {
	ending string
	write  func(io.Writer, *Run) error
}{
	{"json", WriteJSON},
	{"xml", WriteJUnit},
	{"strict.xml", WriteJUnitStrict},
	{"md", WriteMarkdown},
	{"annotations", WriteAnnotations},
	{"gitlab.json", WriteCodeQuality},
	{"sarif", WriteSARIF},
	{"har", WriteHAR},
	{"sh", WriteCurl},
	{"tap", WriteTAP},
	{"badge.svg", WriteBadge},
	{"badge.json", WriteBadgeJSON},
	{"report.html", writeHTMLBody},
	{"html", WriteTimeline},
	{"svg", WriteTimelineSVG},
	{"txt", func(w io.Writer, r *Run) error { return WriteConsole(w, r, ConsoleOptions{}) }},
	{"verbose.txt", func(w io.Writer, r *Run) error { return WriteConsole(w, r, ConsoleOptions{Width: 100, Verbose: true}) }},
}

func TestGolden(t *testing.T) {
	for _, s := range samples {
		for _, f := range shown {
			name := s.name + "." + f.ending
			t.Run(name, func(t *testing.T) {
				var b bytes.Buffer
				if err := f.write(&b, s.run()); err != nil {
					t.Fatal(err)
				}
				compare(t, filepath.Join("testdata", name), b.Bytes())
			})
		}
	}
}

// compare holds got against a golden file, which -update writes.
func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test ./reports -update writes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has changed; look at the difference, then go test ./reports -update\n%s", path, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range g {
		if i >= len(w) || !bytes.Equal(g[i], w[i]) {
			line := ""
			if i < len(w) {
				line = string(w[i])
			}
			return "got  " + string(g[i]) + "\nwant " + line
		}
	}
	return "lines are missing at the end"
}

// TestNothingAReaderCouldMisread looks for bytes in every output that a terminal or an XML reader takes for more than text.
func TestNothingAReaderCouldMisread(t *testing.T) {
	for _, s := range samples {
		for _, f := range shown {
			var b bytes.Buffer
			if err := f.write(&b, s.run()); err != nil {
				t.Fatal(err)
			}
			for i, r := range b.String() {
				if unsafe(r) || r == '\ufffd' && f.ending != "json" {
					t.Fatalf("%s as %s: %q at byte %d", s.name, f.ending, r, i)
				}
			}
			for i, c := range b.Bytes() {
				if c < 0x20 && c != '\n' && c != '\t' {
					t.Fatalf("%s as %s: byte %#x at %d", s.name, f.ending, c, i)
				}
			}
		}
	}
}
