package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

var reportFormats = reports.Formats()

func checkReport(spec string) error {
	_, _, err := reports.ParseSpec(spec)
	return err
}

// checkReports finds out before the run whether the reports can be written after it.
func checkReports(specs []string) error {
	seen := map[string]bool{}
	for _, spec := range specs {
		_, file, err := reports.ParseSpec(spec)
		if err != nil {
			return err
		}
		if seen[file] {
			return fmt.Errorf("two reports go to %s; give each a file of its own", file)
		}
		seen[file] = true
		if err := writable(file); err != nil {
			return fmt.Errorf("--report %s: %w", spec, err)
		}
	}
	return nil
}

func writable(file string) error {
	if file == "-" {
		return nil
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder; name a file in it", file)
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	probe, err := os.CreateTemp(dir, ".agentcore-conform-*")
	if err != nil {
		return fmt.Errorf("cannot write there: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// toStdout reports whether a report takes standard output, so that what is for people goes elsewhere.
func toStdout(specs []string) bool {
	for _, spec := range specs {
		if _, file, err := reports.ParseSpec(spec); err == nil && file == "-" {
			return true
		}
	}
	return false
}

// writeReports writes all it can and returns what went wrong.
func writeReports(specs []string, run *reports.Run) error {
	var errs []error
	for _, spec := range specs {
		format, file, err := reports.ParseSpec(spec)
		if err == nil {
			err = reports.WriteFile(format, file, run)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
