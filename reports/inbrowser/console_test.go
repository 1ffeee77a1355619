package inbrowser

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// The picture's terminal: columns, lines, and the size of a character in pixels.
const (
	columns, lines  = 80, 32
	across, down    = 7.8, 18
	margin, letters = 16, 13
)

var inks = map[string]string{"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "36": "#79c0ff", "2": "#9198a1"}

var sequence = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// TestConsolePicture keeps the README's picture of the console true to what the console writes of a real run.
func TestConsolePicture(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "images", "console.svg")
	var console bytes.Buffer
	if err := reports.WriteConsole(&console, replayed(t, "images/fastapi-walkthrough"), reports.ConsoleOptions{Width: columns, Colour: true}); err != nil {
		t.Fatal(err)
	}
	want := terminal("agentcore-conform my-agent:latest", console.String())
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("%v: the console writes something else than %s shows (go test ./reports/inbrowser -run TestConsolePicture -update)", err, file)
	}
	if err := xml.Unmarshal(got, new(struct{})); err != nil || strings.Contains(want, "\x1b") {
		t.Errorf("the picture is not well formed: %v", err)
	}
}

// terminal draws the first lines of a console's output below the command that made it.
func terminal(command, output string) string {
	all := strings.Split(strings.TrimRight(output, "\n"), "\n")
	shown := slices.Concat([]string{"\x1b[1m$ " + command + "\x1b[0m"}, all[:min(len(all), lines)], []string{"…"})
	width, height := int(columns*across)+2*margin, len(shown)*down+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="What the console shows of a run">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>`+"\n")
	fmt.Fprintf(&b, `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="%d" fill="#e6edf3">`+"\n", letters)
	for i, line := range shown {
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`+"\n", margin, margin+letters+i*down, spans(line))
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// spans turns the colours of a terminal into those of the picture.
func spans(line string) string {
	var b strings.Builder
	style, from := "", 0
	put := func(text string) {
		if text != "" {
			// Readers of SVG fold ordinary spaces.
			fmt.Fprintf(&b, "<tspan%s>%s</tspan>", style, strings.ReplaceAll(html.EscapeString(text), " ", "\u00a0"))
		}
	}
	for _, at := range sequence.FindAllStringSubmatchIndex(line, -1) {
		put(line[from:at[0]])
		style, from = styleOf(line[at[2]:at[3]]), at[1]
	}
	put(line[from:])
	return b.String()
}

func styleOf(codes string) string {
	style := ""
	for _, code := range strings.Split(codes, ";") {
		if code == "1" {
			style += ` font-weight="bold"`
		}
		if ink := inks[code]; ink != "" {
			style += fmt.Sprintf(" fill=%q", ink)
		}
	}
	return style
}
