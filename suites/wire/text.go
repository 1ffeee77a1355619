package wire

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"
)

// Reassemble returns what a reader of the answer would read, in a form in which a marker is found whole however it was
// cut up: every text value at its place in the document, then all of them in one go, then the values of equal places
// strung together. A place is the path of names to a value; the last view takes all elements of a list as one place.
//
// JSON bodies give their string values. Of event streams, events holds the data: JSON data gives its string values,
// other data itself. JSON and event streams that stand inside a string value are opened too, three levels deep, because
// handlers wrap twice. Bodies of other types are kept as they are, and lines of JSON in them are read like events.
func Reassemble(contentType string, body []byte, events []string) string {
	v := newViews()
	media := mediaType(contentType)
	switch {
	case media == "text/event-stream":
		for _, e := range events {
			v.text(e, rootPlace, 0)
		}
	case isJSON(body) && (strings.HasSuffix(media, "json") || isNested(body)):
		v.document(body, rootPlace, 0)
	default:
		for _, e := range lineEvents(body) {
			v.text(e, rootPlace, 0)
		}
		return join(string(body), v.String())
	}
	return v.String()
}

// lineEvents returns the JSON lines of a body, without prefixes such as "0:", or the events of a stream that was not
// declared as one; nil when it holds neither.
func lineEvents(body []byte) []string {
	if looksLikeStream(body) {
		return scanData(body)
	}
	var out []string
	for line := range bytes.Lines(body) {
		line = bytes.TrimSpace(line)
		if name, rest, ok := bytes.Cut(line, []byte(":")); ok && len(name) < 8 && isToken(string(name)) {
			line = bytes.TrimSpace(rest)
		}
		if len(line) > 0 && (line[0] == '"' || isNested(line)) && isJSON(line) {
			out = append(out, string(line))
		}
	}
	return out
}

func scanData(stream []byte) []string {
	var out []string
	s := Scanner{Data: func(d string) { out = append(out, d) }}
	s.Feed(stream, 0)
	if rest := s.undispatched(); rest != "" {
		out = append(out, rest)
	}
	return out
}

func looksLikeStream[T string | []byte](t T) bool {
	return strings.HasPrefix(string(t[:min(len(t), 5)]), "data:") || strings.HasPrefix(string(t[:min(len(t), 6)]), "event:")
}

// isNested reports that the text begins like a JSON object or list.
func isNested[T string | []byte](t T) bool {
	for i := range len(t) {
		if !isSpace(t[i]) {
			return t[i] == '{' || t[i] == '['
		}
	}
	return false
}

// place is where in a document a value stands, as hashes of the path to it: one with the indexes of lists, one without.
type place struct{ exact, loose uint64 }

var rootPlace = place{14695981039346656037, 14695981039346656037}

func mix(h uint64, key []byte) uint64 {
	for _, c := range key {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return (h ^ 0xff) * 1099511628211
}

func (p place) member(name []byte) place { return place{mix(p.exact, name), mix(p.loose, name)} }

func (p place) element(i int) place {
	return place{mix(p.exact, []byte{'[', byte(i), byte(i >> 8), byte(i >> 16)}), mix(p.loose, []byte("["))}
}

// views collects values in the order in which they stand.
type views struct {
	all          strings.Builder
	exact, loose groups
}

func newViews() *views {
	return &views{exact: groups{index: map[uint64]int{}}, loose: groups{index: map[uint64]int{}}}
}

func (v *views) String() string {
	return join(v.exact.String(), v.all.String(), v.loose.String())
}

// join puts texts on lines of their own, leaving out those that an earlier one equals.
func join(texts ...string) string {
	var kept []string
	for i, t := range texts {
		seen := t == ""
		for _, before := range texts[:i] {
			seen = seen || before == t
		}
		if !seen {
			kept = append(kept, t)
		}
	}
	return strings.Join(kept, "\n")
}

const maxOpened = 3

// text takes one value, which may itself be a document or a stream.
func (v *views) text(t string, at place, depth int) {
	switch {
	case t == "":
	case depth < maxOpened && (isNested(t) || depth == 0 && strings.HasPrefix(t, `"`)) && isJSON([]byte(t)):
		v.document([]byte(t), at, depth+1)
	case depth < maxOpened && looksLikeStream(t):
		for _, d := range scanData([]byte(t)) {
			v.text(d, at, depth+1)
		}
	default:
		v.all.WriteString(t)
		v.exact.add(at.exact, t)
		v.loose.add(at.loose, t)
	}
}

// document takes all string values of a valid JSON document.
func (v *views) document(doc []byte, at place, depth int) {
	w := walk{doc: doc, visit: func(t string, at place) { v.text(t, at, depth) }}
	w.value(at)
}

// maxPlaces bounds the places that are told apart; the rest are strung together.
const maxPlaces = 10000

// groups strings together the values of equal places.
type groups struct {
	index map[uint64]int
	parts []*strings.Builder
}

func (g *groups) add(place uint64, t string) {
	i, ok := g.index[place]
	if !ok {
		i = min(len(g.parts), maxPlaces)
		if i == len(g.parts) {
			g.parts = append(g.parts, &strings.Builder{})
		}
		if i < maxPlaces {
			g.index[place] = i
		}
	}
	g.parts[i].WriteString(t)
}

func (g *groups) String() string {
	texts := make([]string, len(g.parts))
	for i, p := range g.parts {
		texts[i] = p.String()
	}
	return strings.Join(texts, "\n")
}

// walk visits the string values of a JSON document in order. The document must be valid: the depth is then bounded.
type walk struct {
	doc   []byte
	pos   int
	visit func(t string, at place)
}

func (w *walk) peek() byte {
	for w.pos < len(w.doc) && isSpace(w.doc[w.pos]) {
		w.pos++
	}
	if w.pos == len(w.doc) {
		return 0
	}
	return w.doc[w.pos]
}

func (w *walk) value(at place) {
	switch w.peek() {
	case '{':
		w.elements('}', func(int) {
			name := w.str()
			w.peek()
			w.pos++
			w.value(at.member(name))
		})
	case '[':
		w.elements(']', func(i int) { w.value(at.element(i)) })
	case '"':
		w.visit(gjson.ParseBytes(w.str()).String(), at)
	default:
		for w.pos < len(w.doc) && !strings.ContainsRune(",]}", rune(w.doc[w.pos])) {
			w.pos++
		}
	}
}

func (w *walk) elements(end byte, one func(i int)) {
	w.pos++
	for i := 0; w.peek() != end && w.pos < len(w.doc); i++ {
		one(i)
		if w.peek() == ',' {
			w.pos++
		}
		w.peek()
	}
	w.pos++
}

// str returns the string that begins here, quotes and escapes included, and moves past it.
func (w *walk) str() []byte {
	begin := w.pos
	for w.pos++; w.pos < len(w.doc) && w.doc[w.pos] != '"'; w.pos++ {
		if w.doc[w.pos] == '\\' {
			w.pos++
		}
	}
	w.pos++
	return w.doc[begin:min(w.pos, len(w.doc))]
}
