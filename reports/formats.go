package reports

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writers are the formats that a report can be written in, by name. The first whose ending a file's name has writes it.
var writers = []struct {
	name   string
	ending string
	write  func(io.Writer, *Run) error
}{
	{"json", "", WriteJSON},
	{"junit", "", WriteJUnit},
	{"junit-strict", "", WriteJUnitStrict},
	{"html", "", WriteHTML},
	{"markdown", "", WriteMarkdown},
	{"annotations", "", WriteAnnotations},
	{"gitlab", "", WriteCodeQuality},
	{"sarif", "", WriteSARIF},
	{"har", "", WriteHAR},
	{"curl", "", WriteCurl},
	{"tap", "", WriteTAP},
	{"badge", ".json", WriteBadgeJSON},
	{"badge", "", WriteBadge},
	{"timeline", ".svg", WriteTimelineSVG},
	{"timeline", "", WriteTimeline},
}

// Formats lists the names of the report formats.
func Formats() []string {
	var names []string
	for _, w := range writers {
		if w.ending == "" {
			names = append(names, w.name)
		}
	}
	return names
}

// ParseSpec splits FORMAT=FILE, as --report takes it. The file may be - for standard output.
func ParseSpec(spec string) (format, path string, err error) {
	format, path, _ = strings.Cut(spec, "=")
	format = strings.ToLower(strings.TrimSpace(format))
	if writer(format, path) == nil {
		return "", "", unknownFormat(format)
	}
	if path == "" {
		return "", "", fmt.Errorf("report %q names no file: write it as %s=FILE, or %s=- for standard output", spec, format, format)
	}
	return format, path, nil
}

// writer is that of a format for a file of that name; nil for a format that is not known.
func writer(format, path string) func(io.Writer, *Run) error {
	for _, w := range writers {
		if w.name == format && strings.HasSuffix(strings.ToLower(path), w.ending) {
			return w.write
		}
	}
	return nil
}

func unknownFormat(format string) error {
	return fmt.Errorf("report format %q is not known: write FORMAT=FILE with one of %s", format, strings.Join(Formats(), ", "))
}

// WriteFile writes the report to path in the format, or to standard output when path is -. Missing parent directories
// are made. A file appears whole or not at all; pipes and devices are written straight.
func WriteFile(format, path string, run *Run) error {
	write := writer(format, path)
	if write == nil {
		return unknownFormat(format)
	}
	if path == "-" {
		return write(os.Stdout, run)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("write the %s report: %s is a directory; name a file in it", format, path)
	case err == nil && !info.Mode().IsRegular():
		err = writeStraight(path, run, write)
	default:
		err = writeWhole(path, run, write)
	}
	if err != nil {
		return fmt.Errorf("write the %s report to %s: %w", format, path, err)
	}
	return nil
}

func writeStraight(path string, run *Run, write func(io.Writer, *Run) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f, run), f.Close())
}

// writeWhole writes a report so that a reader never sees half of it.
func writeWhole(path string, run *Run, write func(io.Writer, *Run) error) error {
	return replaceFile(path, func(w io.Writer) error { return write(w, run) })
}

// replaceFile writes beside the target and renames. Missing parent directories are made.
func replaceFile(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// createBeside makes a new file in the target's directory. Unlike os.CreateTemp it leaves the permissions to the umask,
// because a CI server often reads the report as another user.
func createBeside(path string) (*os.File, error) {
	for n := 0; ; n++ {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d-%d", filepath.Base(path), os.Getpid(), n))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
