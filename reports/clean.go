package reports

import "github.com/agentcore-conform/agentcore-conform/reports/legible"

// Clean makes text from a container safe for XML 1.0 and for a terminal, and keeps what was there readable: legible.Text.
func Clean(s string) string { return legible.Text(s) }

// CleanLine is Clean for what must stay on one line: line feeds and tabs become single spaces.
func CleanLine(s string) string { return legible.Line(s) }

func unsafe(r rune) bool { return legible.Unsafe(r) }

func clip(s string, most int) string { return legible.Clip(s, most) }

func millisText(ms float64) string { return legible.Millis(ms) }
