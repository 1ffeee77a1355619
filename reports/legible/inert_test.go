package legible

import "testing"

func TestInert(t *testing.T) {
	for in, want := range map[string]string{
		"::error::x":                        `:\:error::x`,
		"a\n \t::add-mask::secret\nb":       "a\n \t:\\:add-mask::secret\nb",
		":: stop-commands::token":           `:\: stop-commands::token`,
		"\u00a0::group::x":                  "\u00a0:\\:group::x",
		"\x1b[2m::notice title=a::x\x1b[0m": "\x1b[2m:\\:notice title=a::x\x1b[0m",
		"said ##[group]x":                   `said #\#[group]x`,
		"###[group]x":                       `##\#[group]x`,
		"##vso[task.setvariable a]b ##[x]":  `#\#vso[task.setvariable a]b #\#[x]`,
		"##teamcity[message text='x']":      `#\#teamcity[message text='x']`,
		"listens on ::, a::b and ::1":       "listens on ::, a::b and ::1",
		"::1 answers":                       "::1 answers",
		"::ffff:192.0.2.1":                  "::ffff:192.0.2.1",
		"## a heading":                      "## a heading",
		"::x::##[y]":                        `:\:x::#\#[y]`,
		"plain":                             "plain",
	} {
		got := Inert(in)
		if got != want {
			t.Errorf("Inert(%q) = %q, want %q", in, got, want)
		}
		if again := Inert(got); again != got {
			t.Errorf("twice: %q became %q", got, again)
		}
	}
}
