package reports

import (
	"os"
	"strings"

	"golang.org/x/term"
)

// Colour says when to use colour.
type Colour string

// The settings of colour; Auto is a terminal without NO_COLOR.
const (
	ColourAuto   Colour = "auto"
	ColourAlways Colour = "always"
	ColourNever  Colour = "never"
)

// plainWidth is the width of text that goes to a pipe or a file, in columns.
const plainWidth = 80

// Terminal reports whether f is a terminal that understands control sequences.
func Terminal(f *os.File) bool {
	return term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// WantsColour decides for f: an explicit setting wins, then NO_COLOR (any non-empty value), then CLICOLOR_FORCE and
// FORCE_COLOR (anything but 0), then whether f is a terminal.
func WantsColour(f *os.File, set Colour) bool {
	switch {
	case set == ColourAlways:
		return true
	case set == ColourNever || os.Getenv("NO_COLOR") != "":
		return false
	case forced("CLICOLOR_FORCE") || forced("FORCE_COLOR"):
		return true
	default:
		return Terminal(f)
	}
}

func forced(name string) bool {
	v := os.Getenv(name)
	return v != "" && v != "0"
}

// WantsASCII decides for f whether to draw with ASCII alone: where the locale names another encoding than UTF-8, and on
// terminals whose fonts lack block characters. No locale at all says nothing, since few CI servers set one.
func WantsASCII(f *os.File) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := os.Getenv(name); v != "" {
			v = strings.ToLower(v)
			if !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8") {
				return true
			}
			break
		}
	}
	return term.IsTerminal(int(f.Fd())) && contains([]string{"dumb", "linux"}, os.Getenv("TERM"))
}

// Width is the number of columns of f, or 80 when it is no terminal.
func Width(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return plainWidth
}

// paint wraps text in a terminal colour when colours are on.
type paint bool

const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	green  = "1;32"
	yellow = "1;33"
	purple = "1;35"
)

func (p paint) as(code, s string) string {
	if !p || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
