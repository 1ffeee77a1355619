package main

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// maxPasted bounds what is looked at of a pasted text, in bytes; the end counts, for that is where logs fail.
const maxPasted = 64 << 10

var (
	blanks = regexp.MustCompile(`<[^<>]*>`)
	word   = regexp.MustCompile(`[\pL\pN]+`)
	// noise are the parts of a log line that are no words of its message: colours, escapes, times, ids, ports, addresses.
	noise = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]|\\+[nrt]|\\+u[0-9a-fA-F]{4}|` +
		`\b\d{4}[-/]\d\d[-/]\d\d\b|\b\d\d:\d\d(:\d\d)?([.,]\d+)?Z?|` +
		`\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{4,22}\b|\b[0-9a-fA-F]{12,}\b|\barn:\S+|\bhttps?://\S+|` +
		`\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b|:\d{4,5}\b|\b\d+(\.\d+)? ?(ms|s|MB|kB|KB|bytes)\b`)
	// relayed is the status that the platform hands on; beside it every other number is noise.
	relayed = regexp.MustCompile(`(?i)\breceived error\W{0,3}([1-5]\d\d)\b`)
	number  = regexp.MustCompile(`\b\d+\b`)
)

// fillers say nothing about an error.
var fillers = strings.Fields("a an the of in on at by to is was be that than for and or not your this it its with")

// words are the words of a text that say something, in its order.
func words(text string) []string {
	all := word.FindAllString(strings.ToLower(blanks.ReplaceAllString(text, " ")), -1)
	return slices.DeleteFunc(all, func(w string) bool { return slices.Contains(fillers, w) })
}

// message takes the noise of a log from what was pasted.
func message(pasted string) string {
	if len(pasted) > maxPasted {
		pasted = pasted[len(pasted)-maxPasted:]
	}
	pasted = strings.ToValidUTF8(pasted, " ")
	pasted = noise.ReplaceAllString(pasted, " ")
	if said := relayed.FindAllStringSubmatch(pasted, -1); said != nil {
		last := said[len(said)-1][1]
		return number.ReplaceAllStringFunc(pasted, func(n string) string {
			if n == last {
				return n
			}
			return " "
		})
	}
	return pasted
}

// distinct are the words of a text, each once.
func distinct(all []string) []string { return slices.Compact(slices.Sorted(slices.Values(all))) }

// A text longer than a window is compared piece by piece, so that words scattered over a log make no message.
const (
	windowWords = 48
	windowStep  = windowWords / 2
)

// piece is a window of a pasted text.
type piece struct {
	// known are its words that some known text has, each once; own is the weight of all its words.
	known []string
	own   float64
}

// pieces are the overlapping windows of a text, equal ones once, without those that hold no known word.
func (m *matcher) pieces(all []string) []piece {
	var out []piece
	seen := map[string]bool{}
	for from := 0; ; from += windowStep {
		to := min(from+windowWords, len(all))
		said := distinct(all[from:to])
		if p := m.pieceOf(said); len(p.known) > 0 && !seen[strings.Join(said, " ")] {
			seen[strings.Join(said, " ")] = true
			out = append(out, p)
		}
		if to == len(all) {
			return out
		}
	}
}

func (m *matcher) pieceOf(said []string) piece {
	var p piece
	for _, w := range said {
		p.own += m.worth(w)
		if _, ok := m.weight[w]; ok {
			p.known = append(p.known, w)
		}
	}
	return p
}

// matcher finds the symptoms that a text resembles. Rare words weigh more than frequent ones, so that a status or an
// exception's name decides, not "runtime".
type matcher struct {
	symptoms []symptom
	// words are those of each symptom's texts.
	words [][][]string
	// weight is that of each known word; most that of a word that only one text has.
	weight map[string]float64
	most   float64
}

func newMatcher(symptoms []symptom) *matcher {
	m := &matcher{symptoms: symptoms, weight: map[string]float64{}}
	texts := 0.0
	for _, s := range symptoms {
		var all [][]string
		for _, t := range s.texts {
			texts++
			known := distinct(words(t))
			for _, w := range known {
				m.weight[w]++
			}
			all = append(all, known)
		}
		m.words = append(m.words, all)
	}
	for w, n := range m.weight {
		m.weight[w] = math.Log(1 + texts/n)
	}
	m.most = math.Log(1 + texts)
	return m
}

// match is a symptom and how well a text fits it.
type match struct {
	symptom symptom
	text    string
	// shared is the weight of the words in common; covered their share of the known text, likeness the larger share of them
	// in either text, both from 0 to 1.
	shared, covered, likeness float64
}

// leastLikeness is the likeness below which a text is called unknown.
const leastLikeness = 0.6

// find returns the symptoms that a pasted text resembles, best first.
func (m *matcher) find(pasted string) []match {
	out := m.rank(pasted)
	n := slices.IndexFunc(out, func(x match) bool { return x.likeness < leastLikeness })
	if n >= 0 {
		out = out[:n]
	}
	return out
}

// rank returns all symptoms by how well the text fits them: those that are alike enough first, by shared weight.
func (m *matcher) rank(pasted string) []match {
	said := m.pieces(m.meant(words(message(pasted))))
	var out []match
	for i, s := range m.symptoms {
		best := match{symptom: s}
		for j, known := range m.words[i] {
			for _, p := range said {
				if x := m.compare(p, known); x.better(best) {
					x.symptom, x.text = s, s.texts[j]
					best = x
				}
			}
		}
		out = append(out, best)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].better(out[j]) })
	return out
}

func (x match) better(y match) bool {
	if a, b := x.likeness >= leastLikeness, y.likeness >= leastLikeness; a != b {
		return a
	}
	if x.shared != y.shared {
		return x.shared > y.shared
	}
	return x.covered > y.covered
}

// compare weighs what a text said and a known text have in common. Both directions count: users paste a part of the
// message, or a log line with the message in it.
func (m *matcher) compare(said piece, known []string) match {
	if otherStatus(said.known, known) {
		return match{}
	}
	shared, all, common := 0.0, 0.0, 0
	rare := false
	for _, w := range known {
		all += m.worth(w)
		if slices.Contains(said.known, w) {
			shared += m.worth(w)
			common++
			rare = rare || m.rare(w)
		}
	}
	if common == 0 || common == 1 && len(known) > 1 && !rare {
		return match{}
	}
	return match{shared: shared, covered: shared / all, likeness: max(shared/all, shared/said.own)}
}

// otherStatus reports that both texts name an HTTP status, but not the same.
func otherStatus(a, b []string) bool {
	return slices.ContainsFunc(a, isStatus) && slices.ContainsFunc(b, isStatus) &&
		!slices.ContainsFunc(a, func(w string) bool { return isStatus(w) && slices.Contains(b, w) })
}

// isStatus reports an HTTP status, 100 to 599.
func isStatus(w string) bool {
	return len(w) == 3 && w[0] >= '1' && w[0] <= '5' && isDigit(w[1]) && isDigit(w[2])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// worth is the weight of a word; one that no known text has weighs most.
func (m *matcher) worth(w string) float64 {
	if x, ok := m.weight[w]; ok {
		return x
	}
	return m.most
}

// rare reports that a word alone points to an error: few known texts have it.
func (m *matcher) rare(w string) bool { return m.worth(w) > 0.7*m.most }

// mostTyped is the number of words up to which a text may have been typed, misspellings included; longer ones are pasted.
const mostTyped = 60

// meant corrects misspelt long words to known ones.
func (m *matcher) meant(said []string) []string {
	if len(said) > mostTyped {
		return said
	}
	out := slices.Clone(said)
	vocabulary := slices.Sorted(maps.Keys(m.weight))
	for i, w := range out {
		if _, known := m.weight[w]; known || len(w) < 5 || len(w) > 40 {
			continue
		}
		for _, k := range vocabulary {
			if len(k) >= 5 && distance(w, k) == 1 {
				out[i] = k
				break
			}
		}
	}
	return out
}
