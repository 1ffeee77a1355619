package reports

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

const (
	// redrawEvery bounds how often the status line is drawn.
	redrawEvery = 125 * time.Millisecond
	// heartbeatEvery is how long a plain log may be silent while something runs: CI servers end jobs that are. From slowFrom
	// on it is longer, since hours would fill the log.
	heartbeatEvery = 30 * time.Second
	slowFrom       = 10 * time.Minute
	slowHeartbeat  = 3 * time.Minute
	// maxLogLines is how many log lines are shown per second; more are counted.
	maxLogLines = 20
)

// Live shows a run while it goes on. On a terminal one status line is redrawn at the bottom (what runs, for how long,
// how long it will take) and what was found is printed above it; anywhere else plain lines are written, without
// carriage returns. All methods are safe for concurrent use and ignore write errors: progress is not the report.
type Live struct {
	mu      sync.Mutex
	w       io.Writer
	tty     bool
	verbose bool
	paint   paint
	columns func() int
	now     func() time.Time

	begun   time.Time
	planned time.Duration
	running []step
	// drawn is the status line on the screen, empty when there is none.
	drawn  string
	spoken time.Time
	logs   rate
	closed bool
	stop   chan struct{}
}

// step is something that runs now. What it told of itself, if it did, is shown instead of the time since it began.
type step struct {
	name    string
	begun   time.Time
	planned time.Duration
	told    string
}

// Progress is how far a session is.
type Progress struct {
	Turns int
	// Passed is how long it has lasted, of Planned.
	Passed, Planned time.Duration
	// Memory is the working set of its container in bytes; 0 is not shown.
	Memory int64
}

func (p Progress) String() string {
	text := fmt.Sprintf("%d turns · %s of %s", p.Turns, clock(p.Passed), clock(p.Planned))
	if p.Memory > 0 {
		text += fmt.Sprintf(" · %.0f MB", float64(p.Memory)/1e6)
	}
	return text
}

// NewLive begins to show a run on f. Verbose also prints what passed. Close ends it.
func NewLive(f *os.File, set Colour, verbose bool) *Live {
	l := newLive(f, Terminal(f), WantsColour(f, set), verbose, func() int { return Width(f) }, time.Now)
	go l.tick()
	return l
}

func newLive(w io.Writer, tty, colour, verbose bool, columns func() int, now func() time.Time) *Live {
	t := now()
	return &Live{
		w: w, tty: tty, verbose: verbose, paint: paint(colour), columns: columns, now: now,
		begun: t, spoken: t, stop: make(chan struct{}),
	}
}

// tick draws until Close.
func (l *Live) tick() {
	t := time.NewTicker(redrawEvery)
	defer t.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-t.C:
			l.refresh()
		}
	}
}

// refresh draws the status line anew, or writes the heartbeat of a plain log.
func (l *Live) refresh() {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
	case l.tty:
		l.draw()
	case len(l.running) > 0 && l.now().Sub(l.spoken) >= l.heartbeat():
		l.say("still running: " + l.status())
	}
}

func (l *Live) heartbeat() time.Duration {
	if l.now().Sub(l.begun) > slowFrom {
		return slowHeartbeat
	}
	return heartbeatEvery
}

// Plan says what will be done and how long it is expected to take; 0 when unknown.
func (l *Live) Plan(text string, planned time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun, l.planned = l.now(), planned
	l.say(text + about(planned))
}

// Begin says that something runs now, and how long it is expected to take; 0 when unknown.
func (l *Live) Begin(name string, planned time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running = append(l.running, step{name: CleanLine(name), begun: l.now(), planned: planned})
	if !l.tty {
		l.say("begin " + name + about(planned))
	}
}

// Progress says how far something is that runs now. A terminal shows it at once, a plain log in its heartbeat.
func (l *Live) Progress(name string, p Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	name = CleanLine(name)
	for i := range l.running {
		if l.running[i].name == name {
			l.running[i].told = p.String()
		}
	}
}

// End says that it ended.
func (l *Live) End(name string, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	name = CleanLine(name)
	for i, s := range l.running {
		if s.name == name {
			l.running = append(l.running[:i], l.running[i+1:]...)
			break
		}
	}
	if !l.tty || l.verbose {
		l.say("end " + name + ", " + millisText(millis(took)))
	}
}

var outcomeColours = map[checks.Outcome]string{
	checks.Fail: red, checks.Error: purple, checks.Untestable: purple, checks.Warn: yellow, checks.Waived: yellow, checks.Pass: green,
}

// Finding prints what was found: what needs attention always, the rest when verbose. The outcome is one of checks.Outcome.
func (l *Live) Finding(clause, outcome, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := outcomeOf(checks.Finding{Outcome: checks.Outcome(outcome)})
	if !l.verbose && !checks.Worse(o, checks.Note) {
		return
	}
	word := l.paint.as(outcomeColours[o], fmt.Sprintf("%-10s", CleanLine(outcome)))
	l.print(fmt.Sprintf("%s %-7s %s", word, CleanLine(clause), CleanLine(text)))
}

// Log prints one line. More than 20 a second are counted instead.
func (l *Live) Log(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok, missed := l.logs.allow(l.now(), maxLogLines)
	if !ok {
		return
	}
	l.saidMissed(missed)
	l.say(text)
}

func (l *Live) saidMissed(n int) {
	if n > 0 {
		l.say(fmt.Sprintf("… %d more lines were not shown", n))
	}
}

// Close removes the status line and ends the display. Closing twice does nothing.
func (l *Live) Close() {
	l.mu.Lock()
	first := !l.closed
	if first {
		l.erase()
		l.saidMissed(l.logs.missed)
		l.closed = true
		close(l.stop)
	}
	l.mu.Unlock()
}

// say prints a cleaned line.
func (l *Live) say(text string) { l.print(CleanLine(text)) }

// print writes a whole line above the status line. The line is clean but for colour.
func (l *Live) print(line string) {
	if l.closed {
		return
	}
	l.erase()
	_, _ = fmt.Fprintln(l.w, line)
	l.spoken = l.now()
	if l.tty {
		l.draw()
	}
}

// draw writes the status line when it has changed.
func (l *Live) draw() {
	line := ""
	if len(l.running) > 0 {
		// One column stays free: a full last column makes some terminals wrap.
		line = cut(l.status(), l.columns()-1)
	}
	if line == l.drawn {
		return
	}
	l.erase()
	_, _ = fmt.Fprint(l.w, l.paint.as(dim, line))
	l.drawn = line
}

func (l *Live) erase() {
	if l.drawn != "" {
		_, _ = fmt.Fprint(l.w, "\r\x1b[K")
		l.drawn = ""
	}
}

// status is one line: how far the run is, and what runs now.
func (l *Live) status() string {
	now := l.now()
	parts := make([]string, 0, len(l.running))
	for _, s := range l.running {
		if s.told != "" {
			parts = append(parts, s.name+"  "+s.told)
		} else {
			parts = append(parts, s.name+" "+progress(now.Sub(s.begun), s.planned))
		}
	}
	return progress(now.Sub(l.begun), l.planned) + "  " + strings.Join(parts, ", ")
}

// progress shows the time that passed, and of how much when that is known.
func progress(passed, planned time.Duration) string {
	if planned <= 0 {
		return clock(passed)
	}
	return clock(passed) + "/" + clock(planned)
}

func clock(d time.Duration) string {
	s := int64(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func about(planned time.Duration) string {
	if planned <= 0 {
		return ""
	}
	return " (about " + millisText(millis(planned)) + ")"
}

// rate lets so many events pass per second and counts the rest.
type rate struct {
	second time.Time
	passed int
	missed int
}

// allow reports whether an event at now may pass, and how many were held back before it.
func (r *rate) allow(now time.Time, most int) (ok bool, missed int) {
	if now.Sub(r.second) >= time.Second {
		r.second, r.passed = now, 0
	}
	if r.passed >= most {
		r.missed++
		return false, 0
	}
	r.passed++
	missed, r.missed = r.missed, 0
	return true, missed
}
