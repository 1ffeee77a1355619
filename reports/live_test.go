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

// A long session tells its turns, its time and what its container holds.
func TestProgressOfASession(t *testing.T) {
	d := newDisplay(true, false, false, 100)
	d.Plan("gate", time.Minute)
	d.Begin("health check, polled", 6*time.Second)
	d.Begin("long session", 30*time.Second)
	d.pass(2 * time.Second)
	for _, c := range []struct {
		told Progress
		want string
	}{
		{Progress{}, "0:02/1:00  health check, polled 0:02/0:06, long session 0:02/0:30"},
		{Progress{12, 14 * time.Second, 30 * time.Second, 24_300_000}, "0:02/1:00  health check, polled 0:02/0:06, long session  12 turns · 0:14 of 0:30 · 24 MB"},
		{Progress{9001, 3*time.Hour + 61*time.Second, 8 * time.Hour, 0}, "0:02/1:00  health check, polled 0:02/0:06, long session  9001 turns · 3:01:01 of 8:00:00"},
	} {
		if c.told != (Progress{}) {
			d.Progress("long session", c.told)
			d.refresh()
		}
		if _, status := d.screen(t); status != c.want {
			t.Errorf("status %q, want %q", status, c.want)
		}
	}
	d.Progress("nothing that runs", Progress{Turns: 1})
	d.End("long session", 30*time.Second)
	d.refresh()
	if _, status := d.screen(t); status != "0:02/1:00  health check, polled 0:02/0:06" {
		t.Errorf("status %q", status)
	}
}

// Eight hours leave a few lines an hour in a plain log, and progress none of its own.
func TestPlainLogOfEightHours(t *testing.T) {
	d := newDisplay(false, false, false, 80)
	d.Plan("soak", 8*time.Hour)
	d.Begin("long session", 8*time.Hour)
	for s := range 8 * 3600 {
		d.Progress("long session", Progress{s, time.Duration(s) * time.Second, 8 * time.Hour, 24 << 20})
		d.pass(time.Second)
	}
	lines := strings.Split(strings.TrimSpace(d.out.String()), "\n")
	if want := 2 + 20 + 470*60/180 + 1; len(lines) < want-3 || len(lines) > want+3 {
		t.Errorf("%d lines, want about %d", len(lines), want)
	}
	if want := "still running: 0:30/8:00:00 long session 29 turns · 0:29 of 8:00:00 · 25 MB"; lines[2] != want {
		t.Errorf("%q, want %q", lines[2], want)
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
