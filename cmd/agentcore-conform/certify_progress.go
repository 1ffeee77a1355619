package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/certify"
)

// certifyHeartbeat is how long the progress may be silent: CI servers end jobs that are.
const certifyHeartbeat = time.Minute

// certifyProgress tells in plain lines what runs.
type certifyProgress struct {
	w    io.Writer
	stop chan struct{}
	done sync.WaitGroup

	mu      sync.Mutex
	began   time.Time
	running []string
	spoken  time.Time
}

func newCertifyProgress(w io.Writer, quiet bool) *certifyProgress {
	if quiet {
		w = io.Discard
	}
	now := time.Now()
	p := &certifyProgress{w: w, stop: make(chan struct{}), began: now, spoken: now}
	p.done.Go(p.beat)
	return p
}

// beat says every now and then that something still runs.
func (p *certifyProgress) beat() {
	t := time.NewTicker(certifyHeartbeat / 4)
	defer t.Stop()
	for {
		select {
		case <-p.stop:
			return
		case now := <-t.C:
			p.still(now)
		}
	}
}

func (p *certifyProgress) still(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.running) > 0 && now.Sub(p.spoken) >= certifyHeartbeat {
		p.say(now, "still running: "+strings.Join(p.running, ", "))
	}
}

func (p *certifyProgress) event(e certify.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	switch e.Kind {
	case certify.EventBuild:
		p.say(now, "build "+e.Entry)
	case certify.EventBegin:
		p.running = append(p.running, e.Entry)
		p.say(now, "begin "+e.Entry)
	case certify.EventEnd:
		p.running = slices.DeleteFunc(p.running, func(s string) bool { return s == e.Entry })
		p.say(now, "end "+e.Entry+": "+rowText(e.Row))
	}
}

func rowText(r *reports.MatrixRow) string {
	verdict := string(r.Verdict)
	if verdict == "" {
		verdict = "no report"
	}
	as := "as expected"
	if !r.Met {
		as = "not as expected"
	}
	return fmt.Sprintf("%s, %s, in %s", verdict, as, (time.Duration(r.DurationMs) * time.Millisecond).Round(100*time.Millisecond))
}

// say writes one line with the time since the beginning.
func (p *certifyProgress) say(now time.Time, text string) {
	p.spoken = now
	fmt.Fprintf(p.w, "[%6.1fs] %s\n", now.Sub(p.began).Seconds(), reports.CleanLine(text))
}

func (p *certifyProgress) close() {
	close(p.stop)
	p.done.Wait()
}
