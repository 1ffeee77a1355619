package platform

import "regexp"

// markers finds what NewMarker makes. The ends are open: a model or a template may glue text to it.
var markers = regexp.MustCompile(`zq[a-z0-9]{16}`)

// Markers returns the different markers in a text, in the order of their first appearance, and at most that many.
func Markers(text string, most int) []string {
	var out []string
	seen := map[string]bool{}
	for _, m := range markers.FindAllString(text, -1) {
		if !seen[m] && len(out) < most {
			seen[m] = true
			out = append(out, m)
		}
	}
	return out
}
