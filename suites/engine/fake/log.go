package fake

import (
	"bytes"
	"strings"
	"sync"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Bounds of what is kept of a process's output.
const (
	maxLines     = 200
	maxLineBytes = 2000
)

// logBook keeps the last lines of what a process wrote.
type logBook struct {
	mu      sync.Mutex
	lines   []string
	partial []byte
	logs    record.Logs
}

func newLogBook() *logBook { return &logBook{} }

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.logs.TotalBytes += int64(len(p))
	for rest := p; len(rest) > 0; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if room := maxLineBytes - len(l.partial); len(line) > room {
			line = line[:room]
		}
		l.partial = append(l.partial, line...)
		if whole {
			l.add()
		}
		rest = after
	}
	return len(p), nil
}

func (l *logBook) add() {
	l.lines = append(l.lines, harmless(l.partial))
	l.partial = l.partial[:0]
	l.logs.TotalLines++
	if len(l.lines) > maxLines {
		l.lines = append(l.lines[:0:0], l.lines[len(l.lines)-maxLines:]...)
	}
}

// harmless replaces what could move a terminal's cursor or break a report.
func harmless(line []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(string(line), "\uFFFD"))
}

func (l *logBook) last() record.Logs {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.logs
	out.Lines = append([]string(nil), l.lines...)
	if len(l.partial) > 0 {
		out.Lines = append(out.Lines, harmless(l.partial))
		out.TotalLines++
	}
	return out
}
