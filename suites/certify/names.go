package certify

import (
	"fmt"
	"path"
	"strings"
)

// maxFileName leaves room for endings below the 255 bytes that file systems allow.
const maxFileName = 80

// fileNames gives every entry a file name of its own, also where case does not count, none of them the matrix's.
func fileNames(entries []Entry) {
	taken := map[string]bool{"matrix": true}
	for i := range entries {
		base := safe(entries[i].Name)
		name := base
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		taken[strings.ToLower(name)] = true
		entries[i].File = name
	}
}

// safe keeps letters, digits and a few marks. A name that has nothing else becomes entry.
func safe(name string) string {
	keep := func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
			return c
		}
		return '-'
	}
	s := strings.Trim(strings.Map(keep, name), "-.")
	if len(s) > maxFileName {
		s = strings.TrimRight(s[:maxFileName], "-.")
	}
	if s == "" {
		return "entry"
	}
	return s
}

// Select returns the entries whose names match one of the globs, in which * stands for any text; all without globs. A
// glob that matches nothing is an error.
func (c *Catalog) Select(globs []string) ([]Entry, error) {
	if len(globs) == 0 {
		return c.Entries, nil
	}
	hit := make([]bool, len(c.Entries))
	for _, g := range globs {
		found := false
		for i, e := range c.Entries {
			ok, err := path.Match(flat(g), flat(e.Name))
			if err != nil {
				return nil, fmt.Errorf("%q is no glob: %w", g, err)
			}
			hit[i], found = hit[i] || ok, found || ok
		}
		if !found {
			return nil, fmt.Errorf("%q matches no entry of %s", g, c.File)
		}
	}
	var out []Entry
	for i, e := range c.Entries {
		if hit[i] {
			out = append(out, e)
		}
	}
	return out, nil
}

// flat lets * match slashes, which mean nothing in a name, and case not count.
func flat(s string) string { return strings.ToLower(strings.ReplaceAll(s, "/", "\x00")) }
