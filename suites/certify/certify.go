package certify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// Options say how a catalogue is run.
type Options struct {
	Catalog *Catalog
	// Only are globs of names; none means all entries.
	Only []string
	// Out is the folder of the reports; it is made. Work is where builds and runs take place: relative paths of the
	// catalogue begin there.
	Out, Work string
	// Parallel is how many entries run at a time; 0 means 1.
	Parallel int
	// Program begins the command line of an entry's process: an executable and the command that plays one run. It is given
	// --config, --report json=FILE, --quiet and the image, and must end, with its report written, when its standard input
	// is closed.
	Program []string
	// Grace is how long that may take before the process is killed; 0 means a minute.
	Grace time.Duration
	Tool  reports.Tool
	// Progress receives what happens, one call at a time.
	Progress func(Event)
}

// Event is one step: an entry that is built, begins, or came to its end, with its row.
type Event struct {
	Kind  EventKind
	Entry string
	Row   *reports.MatrixRow
}

// EventKind tells events apart.
type EventKind string

// The events of a certification.
const (
	EventBuild EventKind = "build"
	EventBegin EventKind = "begin"
	EventEnd   EventKind = "end"
)

// defaultGrace is long enough to stop emulated containers and remove them.
const defaultGrace = time.Minute

// Run runs the entries and returns the matrix, which it also writes into the folder beside the entries' reports. No entry
// keeps another from being run. When ctx ends, the entries under way are told to end and write what they saw, and the
// others are not begun. The error is one of the folder or the selection: nothing was run, or the matrix could not be
// written, in which case it is returned all the same.
func Run(ctx context.Context, o Options) (*reports.Matrix, error) {
	entries, err := o.Catalog.Select(o.Only)
	if err != nil {
		return nil, err
	}
	if o.Out, err = filepath.Abs(o.Out); err == nil {
		err = sweep(o.Out, entries)
	}
	if err != nil {
		return nil, fmt.Errorf("make room for the reports: %w", err)
	}
	c := &certification{o: o, builds: map[string]*build{}}
	began := time.Now()
	m := &reports.Matrix{
		Catalog: o.Catalog.File, Only: o.Only, Tool: o.Tool, Started: began.UTC().Format(time.RFC3339),
		Rows: c.all(ctx, entries),
	}
	m.DurationMs = millis(time.Since(began))
	for _, r := range m.Rows {
		m.Interrupted = m.Interrupted || r.Interrupted
	}
	m.Close()
	return m, reports.WriteMatrixFiles(o.Out, m)
}

// beside are the reports that are made of an entry's JSON, by format.
var beside = map[string]string{"junit": ".xml", "html": ".html"}

// sweep makes the folder and removes what an earlier run left of these entries: an old report must not pass for a new one.
func sweep(dir string, entries []Entry) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	stale := reports.MatrixFiles()
	for _, e := range entries {
		stale = append(stale, e.File+".json", e.File+".log")
		for _, ending := range beside {
			stale = append(stale, e.File+ending)
		}
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// certification is one run of a catalogue.
type certification struct {
	o       Options
	telling sync.Mutex
	mu      sync.Mutex
	builds  map[string]*build
}

// all runs the entries side by side, as many as are allowed, and returns their rows in the catalogue's order.
func (c *certification) all(ctx context.Context, entries []Entry) []reports.MatrixRow {
	rows := make([]reports.MatrixRow, len(entries))
	places := make(chan struct{}, max(c.o.Parallel, 1))
	var group sync.WaitGroup
	for i := range entries {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			rows[i] = c.entry(ctx, &entries[i])
		})
	}
	group.Wait()
	return rows
}

func (c *certification) tell(e Event) {
	if c.o.Progress == nil {
		return
	}
	c.telling.Lock()
	defer c.telling.Unlock()
	c.o.Progress(e)
}

// entry builds and runs one entry and compares what it did with what was expected.
func (c *certification) entry(ctx context.Context, e *Entry) reports.MatrixRow {
	row := reports.MatrixRow{Name: e.Name, Image: e.Image, Expected: e.Expect}
	if s := e.Setting("endpoint"); s != nil {
		row.Image = s.Value.Value
	}
	if ctx.Err() != nil {
		row.Interrupted = true
		row.Saw(nil)
		return row
	}
	var run *reports.Run
	if c.built(ctx, e, &row) {
		c.tell(Event{Kind: EventBegin, Entry: e.Name})
		began := time.Now()
		run = c.play(ctx, e, &row)
		row.DurationMs = millis(time.Since(began))
	}
	row.Interrupted = row.Interrupted || ctx.Err() != nil && (run == nil || run.Interrupted)
	row.Saw(run)
	c.tell(Event{Kind: EventEnd, Entry: e.Name, Row: &row})
	return row
}

// play runs the entry's process and reads its report back.
func (c *certification) play(ctx context.Context, e *Entry, row *reports.MatrixRow) *reports.Run {
	said := c.child(ctx, e)
	file := filepath.Join(c.o.Out, e.File+".json")
	run, err := readRun(file)
	switch {
	case err == nil:
		row.Report = e.File + ".json"
		said.fault = said.faultBeside(run)
	case said.fault == "" && !errors.Is(err, os.ErrNotExist):
		said.fault = fmt.Sprintf("the report cannot be read: %v", err)
	case said.fault == "" && ctx.Err() == nil:
		said.fault = fmt.Sprintf("no report was written; %s", said.ended())
	}
	if said.fault != "" {
		row.Errors = append(row.Errors, said.fault+c.keep(e, said.output))
		row.ExitCode = said.code
	}
	if run == nil {
		return nil
	}
	for format, ending := range beside {
		if err := reports.WriteFile(format, filepath.Join(c.o.Out, e.File+ending), run); err != nil {
			row.Errors = append(row.Errors, err.Error())
		}
	}
	return run
}

// keep writes what a process said into a file beside the reports and ends the sentence that says what went wrong.
func (c *certification) keep(e *Entry, output string) string {
	if output == "" {
		return ""
	}
	name := e.File + ".log"
	if err := os.WriteFile(filepath.Join(c.o.Out, name), []byte(output), 0o600); err != nil {
		return fmt.Sprintf("; it said %s", lastLine(output))
	}
	return fmt.Sprintf("; it said %s (all of it in %s)", lastLine(output), name)
}

func readRun(file string) (*reports.Run, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return reports.ReadRun(f)
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
