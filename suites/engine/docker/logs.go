package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// What is kept of a container's log, and how much of it is read at all: counting stops there.
const (
	keptLines  = 200
	keptBytes  = 64 << 10
	readBytes  = 32 << 20
	lineLength = 4 << 10
)

// Logs reads the log once, both streams in the order of their arrival, and keeps its end.
func (t *Target) Logs(ctx context.Context) (record.Logs, error) {
	stream, err := t.e.cli.ContainerLogs(ctx, t.id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return record.Logs{}, fmt.Errorf("reading the log of container %s: %w", t.spec.Name, err)
	}
	defer stream.Close()
	c := &collector{}
	_, err = stdcopy.StdCopy(c, c, io.LimitReader(stream, readBytes))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return record.Logs{}, fmt.Errorf("reading the log of container %s: %w", t.spec.Name, err)
	}
	return c.logs(), nil
}

// collector counts everything and keeps the last lines. A line longer than lineLength loses its end.
type collector struct {
	lines []string
	kept  int
	part  []byte
	logsT record.Logs
}

func (c *collector) Write(b []byte) (int, error) {
	c.logsT.TotalBytes += int64(len(b))
	for rest := b; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte{'\n'})
		if room := lineLength - len(c.part); room > 0 {
			c.part = append(c.part, line[:min(room, len(line))]...)
		}
		if ended {
			c.end()
		}
		rest = after
	}
	return len(b), nil
}

func (c *collector) end() {
	line := printable(strings.TrimSuffix(string(c.part), "\r"))
	c.part = c.part[:0]
	c.logsT.TotalLines++
	c.lines = append(c.lines, line)
	c.kept += len(line)
	for len(c.lines) > keptLines || c.kept > keptBytes {
		c.kept -= len(c.lines[0])
		c.lines = c.lines[1:]
	}
}

func (c *collector) logs() record.Logs {
	if len(c.part) > 0 {
		c.end()
	}
	c.logsT.Lines = c.lines
	return c.logsT
}

// printable replaces every byte that a terminal, XML or a reader could take for something else than text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029', r == '\uFFFE', r == '\uFFFF':
			return '\uFFFD'
		}
		return r
	}, s)
}
