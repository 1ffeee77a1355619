package reports

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseSpec(t *testing.T) {
	for spec, want := range map[string][2]string{
		"junit=out/a.xml": {"junit", "out/a.xml"}, "JSON=-": {"json", "-"}, "json=a=b.json": {"json", "a=b.json"},
		"timeline=a.svg": {"timeline", "a.svg"},
	} {
		format, path, err := ParseSpec(spec)
		if err != nil || format != want[0] || path != want[1] {
			t.Errorf("%s: %q %q %v", spec, format, path, err)
		}
	}
	for spec, want := range map[string]string{
		"pdf=a": "one of json, junit, junit-strict, html", "": "one of json, junit", "=x": "one of json, junit", "out.xml": `"out.xml" is not known`,
		"junit": "junit=FILE", "json=": "names no file",
	} {
		if _, _, err := ParseSpec(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v does not say %q", spec, err, want)
		}
	}
}

func TestWriteFileMakesDirectoriesAndReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "run.json")
	for _, run := range []*Run{allPass(), oneOfEach()} {
		if err := WriteFile("json", path, run); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ReadRun(f)
		if err != nil || back.Verdict != run.Verdict {
			t.Errorf("%v, %+v", err, back)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWriteFileKeepsTheOldReportWhenWritingFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run.xml")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	half := func(w io.Writer, _ *Run) error {
		if _, err := w.Write([]byte("half")); err != nil {
			return err
		}
		return io.ErrUnexpectedEOF
	}
	if err := writeWhole(path, allPass(), half); err == nil {
		t.Error("no error")
	}
	if data, _ := os.ReadFile(path); string(data) != "old" {
		t.Errorf("%q", data)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWriteFileSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{dir: "is a directory", filepath.Join(file, "run.xml"): "write the junit report to " + file} {
		if err := WriteFile("junit", path, allPass()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v does not say %q", path, err, want)
		}
	}
	if err := WriteFile("pdf", file, allPass()); err == nil || !strings.Contains(err.Error(), "json, junit") {
		t.Errorf("%v", err)
	}
}

func TestWriteFileToStandardOutput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdout
	os.Stdout = w
	err = WriteFile("json", "-", nothingRan())
	os.Stdout = old
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if data, _ := io.ReadAll(r); !bytes.Equal(data, encoded(t, nothingRan())) {
		t.Errorf("%s", data)
	}
}

func TestEveryFormatCanBeWritten(t *testing.T) {
	for _, f := range Formats() {
		path := filepath.Join(t.TempDir(), f)
		if err := WriteFile(f, path, oneOfEach()); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
}
