package reports

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

//go:embed schema/report-v1.json
var schemaV1 []byte

// JSONSchema returns the JSON Schema (2020-12) of the canonical report, records included.
func JSONSchema() []byte { return bytes.Clone(schemaV1) }

// MaxReport is the size in bytes past which ReadRun and ReadRecords refuse a file.
const MaxReport = 256 << 20

// WriteJSON writes the canonical report, indented, with fields in a stable order. It keeps what the container said,
// except that bytes which are not UTF-8 become U+FFFD, and writes as \u escapes what a terminal could misread.
func WriteJSON(w io.Writer, run *Run) error {
	whole := *run
	if whole.Findings == nil {
		whole.Findings = []checks.Finding{}
	}
	if whole.Measurements == nil {
		whole.Measurements = map[string]float64{}
	}
	if whole.Counts == nil {
		whole.Counts = counts(whole.Findings)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(&whole); err != nil {
		return fmt.Errorf("encode the JSON report: %w", err)
	}
	if _, err := w.Write(escapeUnsafe(b.Bytes())); err != nil {
		return fmt.Errorf("write the JSON report: %w", err)
	}
	return nil
}

// escapeUnsafe spells unsafe characters of encoded JSON as \u escapes. They can only stand inside strings, where the
// escape means the same.
func escapeUnsafe(encoded []byte) []byte {
	out := make([]byte, 0, len(encoded))
	for i := 0; i < len(encoded); {
		r, size := utf8.DecodeRune(encoded[i:])
		switch {
		case !unsafe(r) && r != utf8.RuneError:
			out = append(out, encoded[i:i+size]...)
		case r > 0xffff:
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}

// ReadRun reads a canonical report. Anything else, and a report of another version, is an error that says what it is.
func ReadRun(r io.Reader) (*Run, error) {
	data, schema, err := readDocument(r)
	if err != nil {
		return nil, err
	}
	switch schema {
	case Schema:
	case record.Schema:
		return nil, fmt.Errorf("this is a set of records, not a report: make a report of it with the judge command")
	default:
		return nil, foreign(schema, Schema)
	}
	var run Run
	if err := json.Unmarshal(data, &run); err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	if !decided(run.IdleReaper) {
		return nil, fmt.Errorf("the report's idleReaper does not say how a session ends: judge the file again")
	}
	return &run, nil
}

// decided reports that every time line of the idle reaper has a course, and every course a reading: all writers count on it.
func decided(s *reaper.Session) bool {
	if s == nil {
		return true
	}
	undecided := func(l reaper.Line) bool {
		return len(l.Courses) == 0 || slices.ContainsFunc(l.Courses, func(c reaper.Course) bool { return len(c.Readings) == 0 })
	}
	return len(s.Lines) > 0 && !slices.ContainsFunc(s.Lines, undecided)
}

// ReadRecords reads the records to judge again, from a canonical report or from a bare set of records.
func ReadRecords(r io.Reader) (*record.Set, error) {
	data, schema, err := readDocument(r)
	if err != nil {
		return nil, err
	}
	set := new(record.Set)
	switch schema {
	case record.Schema:
		err = json.Unmarshal(data, set)
	case Schema:
		var run Run
		err = json.Unmarshal(data, &run)
		set = run.Records
	default:
		return nil, foreign(schema, Schema+" or "+record.Schema)
	}
	if err != nil {
		return nil, fmt.Errorf("read the records: %w", err)
	}
	if set == nil {
		return nil, fmt.Errorf("the report holds no records, so there is nothing to judge: use the JSON report of a run")
	}
	if set.Schema != record.Schema {
		return nil, foreign(set.Schema, record.Schema)
	}
	return set, nil
}

func foreign(schema, want string) error {
	if schema == "" {
		return fmt.Errorf("the file has no schema member: want a JSON report of this tool (%s)", want)
	}
	return fmt.Errorf("the file's schema is %q, this version reads %s", CleanLine(clip(schema, 80)), want)
}

// readDocument reads one bounded JSON document and the schema that it names.
func readDocument(r io.Reader) (data []byte, schema string, err error) {
	data, err = io.ReadAll(io.LimitReader(r, MaxReport+1))
	if err != nil {
		return nil, "", fmt.Errorf("read the file: %w", err)
	}
	if len(data) > MaxReport {
		return nil, "", fmt.Errorf("the file is larger than %d MiB: no report of this tool is", MaxReport>>20)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, "", fmt.Errorf("the file is not a JSON report: %w", err)
	}
	return data, head.Schema, nil
}
