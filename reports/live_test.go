package reports

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// display is a Live on a buffer with a clock of its own.
type display struct {
	*Live
	out bytes.Buffer
	at  time.Time
}

func newDisplay(tty, colour, verbose bool, columns int) *display {
	d := &display{at: time.Unix(1000, 0)}
	d.Live = newLive(&d.out, tty, colour, verbose, func() int { return columns }, func() time.Time { return d.at })
	return d
}

func (d *display) pass(t time.Duration) {
	d.at = d.at.Add(t)
	d.refresh()
}

// screen plays what a terminal would show: text, line feeds, and the status line's carriage return with erase.
func (d *display) screen(t *testing.T) (above []string, status string) {
	t.Helper()
	line := ""
	for _, piece := range strings.SplitAfter(strings.ReplaceAll(d.out.String(), "\r\x1b[K", "\r"), "") {
		switch piece {
		case "\n":
			above, line = append(above, line), ""
		case "\r":
			line = ""
		default:
			line += piece
		}
	}
	return above, line
}

func TestTerminalShowsAStatusLineBelowWhatWasFound(t *testing.T) {
	d := newDisplay(true, false, false, 60)
	d.Plan("12 scenarios in 3 boots", 90*time.Second)
	d.Begin("idle", 10*time.Second)
	d.Begin("sessions", 0)
	d.pass(4 * time.Second)
	d.Finding("PING-06", "fail", "stamped anew at every poll")
	d.Finding("PING-01", "pass", "200")
	above, status := d.screen(t)
	if want := "0:04/1:30 idle 0:04/0:10, sessions 0:04"; strings.Join(strings.Fields(status), " ") != want {
		t.Errorf("status %q, want %q", status, want)
	}
	if len(above) != 2 || above[0] != "12 scenarios in 3 boots (about 1m30s)" || strings.Join(strings.Fields(above[1]), " ") != "fail PING-06 stamped anew at every poll" {
		t.Errorf("above %q", above)
	}
	d.End("idle", 9*time.Second)
	d.pass(time.Second)
	if _, status = d.screen(t); !strings.HasSuffix(status, "sessions 0:05") {
		t.Errorf("status %q", status)
	}
	d.Close()
	if _, status = d.screen(t); status != "" {
		t.Errorf("after Close the line %q stays", status)
	}
}

func TestStatusLineFitsTheWindow(t *testing.T) {
	d := newDisplay(true, false, false, 30)
	for i := range 10 {
		d.Begin(fmt.Sprintf("scenario-%d", i), time.Minute)
	}
	d.pass(time.Second)
	if _, status := d.screen(t); len([]rune(status)) != 29 {
		t.Errorf("%d columns of 30: %q", len([]rune(status)), status)
	}
}

func TestStatusLineIsDrawnOnlyWhenItChanges(t *testing.T) {
	d := newDisplay(true, false, false, 80)
	d.Begin("idle", 0)
	d.refresh()
	n := d.out.Len()
	for range 50 {
		d.pass(time.Millisecond)
	}
	if d.out.Len() != n {
		t.Errorf("%d bytes were written for the same line", d.out.Len()-n)
	}
}

func TestPlainLogHasNoControlBytes(t *testing.T) {
	d := newDisplay(false, false, true, 80)
	d.Plan("plan", time.Minute)
	d.Begin("idle", 1500*time.Millisecond)
	d.Finding("PING-06", "fail", hostileText)
	d.Finding("PING-01", "pass", "200")
	d.Log(hostileText)
	d.End("idle", 1400*time.Millisecond)
	d.Close()
	d.Log("after the end")
	out := d.out.String()
	for i, r := range out {
		if unsafe(r) || r == '\r' {
			t.Fatalf("%q at %d", r, i)
		}
	}
	for _, want := range []string{"plan (about 1m00s)\n", "begin idle (about 1.5 s)\n", "fail       PING-06 ", "pass       PING-01 200\n", "end idle, 1.4 s\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	if strings.Contains(out, "after the end") || strings.Count(out, "\n") != 6 {
		t.Errorf("%s", out)
	}
}

func TestPlainLogBreaksLongSilence(t *testing.T) {
	d := newDisplay(false, false, false, 80)
	d.Begin("long session", 8*time.Minute)
	for range 8 * 4 {
		d.pass(15 * time.Second)
	}
	if n := strings.Count(d.out.String(), "still running: "); n != 16 {
		t.Errorf("%d heartbeats in 8 minutes, want one per 30 s", n)
	}
	if !strings.Contains(d.out.String(), "still running: 1:00 long session 1:00/8:00") {
		t.Errorf("%s", d.out.String())
	}
	d.End("long session", 8*time.Minute)
	n := d.out.Len()
	d.pass(time.Hour)
	if d.out.Len() != n {
		t.Error("a heartbeat although nothing runs")
	}
}

func TestLogLinesAreBoundedPerSecond(t *testing.T) {
	d := newDisplay(false, false, false, 80)
	for i := range 1000 {
		d.Log(fmt.Sprint("line ", i))
	}
	if n := strings.Count(d.out.String(), "\n"); n != maxLogLines {
		t.Errorf("%d lines in one second", n)
	}
	d.at = d.at.Add(time.Second)
	d.Log("next")
	if !strings.HasSuffix(d.out.String(), "… 980 more lines were not shown\nnext\n") {
		t.Errorf("%q", d.out.String()[d.out.Len()-80:])
	}
	for range 2 * maxLogLines {
		d.Log("x")
	}
	d.Close()
	if !strings.HasSuffix(d.out.String(), "… 21 more lines were not shown\n") {
		t.Errorf("what was held back is not counted at the end")
	}
}

func TestUnknownOutcomesAreShown(t *testing.T) {
	d := newDisplay(false, false, false, 80)
	d.Finding("NEW-01", "strange", "text")
	d.Finding("NEW-02", "untestable", "text")
	d.Finding("NEW-03", "not-applicable", "text")
	if out := d.out.String(); strings.Count(out, "\n") != 2 {
		t.Errorf("%s", out)
	}
}

func TestColourOnlyWhereWanted(t *testing.T) {
	d := newDisplay(false, true, false, 80)
	d.Finding("PING-06", "fail", "text")
	if !strings.HasPrefix(d.out.String(), "\x1b[1;31mfail") {
		t.Errorf("%q", d.out.String())
	}
}

func TestLiveOnAFileIsPlainAndEnds(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NO_COLOR", "")
	t.Setenv("FORCE_COLOR", "")
	t.Setenv("CLICOLOR_FORCE", "")
	l := NewLive(f, ColourAuto, false)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			name := fmt.Sprint("lane ", i)
			l.Begin(name, time.Second)
			l.Finding("PING-06", "warn", "text")
			l.End(name, time.Second)
		})
	}
	wg.Wait()
	l.Close()
	l.Close()
	data, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("\n")); n != 24 || bytes.ContainsAny(data, "\r\x1b") {
		t.Errorf("%d lines: %q", n, data)
	}
}
