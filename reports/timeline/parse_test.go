package timeline

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// element is what a parser found, whichever it was.
type element struct {
	name       string
	attributes map[string]string
	text       string
}

// Elements that the picture is made of, and those of the page around it. None of them runs or loads anything.
var (
	svgElements  = strings.Fields("svg title desc style defs pattern rect path text tspan")
	htmlElements = append(strings.Fields("figure figcaption p details summary div table thead tbody tr th td"), svgElements...)
	attributes   = strings.Fields("xmlns class viewBox width height role aria-labelledby color fill font-family font-size id patternUnits " +
		"tabindex aria-label stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray d x y dx rx text-anchor font-weight opacity fill-opacity scope")
)

// readXML parses a document strictly.
func readXML(t testing.TB, data []byte) []element {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.Strict = true
	var out []element
	var open []int
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		switch v := token.(type) {
		case xml.StartElement:
			e := element{name: v.Name.Local, attributes: map[string]string{}}
			for _, a := range v.Attr {
				if _, twice := e.attributes[a.Name.Local]; twice {
					t.Fatalf("<%s> has %s twice", e.name, a.Name.Local)
				}
				e.attributes[a.Name.Local] = a.Value
			}
			open = append(open, len(out))
			out = append(out, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				out[open[len(open)-1]].text += string(v)
			}
		case xml.ProcInst:
			if v.Target != "xml" {
				t.Fatalf("instruction %s", v.Target)
			}
		default:
			t.Fatalf("%T", token)
		}
	}
}

// readHTML parses a fragment as a browser does.
func readHTML(t testing.TB, data []byte) []element {
	t.Helper()
	nodes, err := html.ParseFragment(bytes.NewReader(data), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatalf("not HTML: %v", err)
	}
	var out []element
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.ElementNode:
			e := element{name: n.Data, attributes: map[string]string{}}
			for _, a := range n.Attr {
				e.attributes[a.Key] = a.Val
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if c.Type == html.TextNode {
					e.text += c.Data
				}
			}
			out = append(out, e)
		case html.CommentNode, html.DoctypeNode:
			t.Fatalf("a comment or a doctype: %q", n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range nodes {
		walk(n)
	}
	return out
}

var reference = regexp.MustCompile(`url\(([^)]*)\)`)

// harmless fails when a document could run or load anything, or points at what it does not hold.
func harmless(t testing.TB, elements []element, allowed []string) {
	t.Helper()
	ids := map[string]bool{}
	for _, e := range elements {
		if id := e.attributes["id"]; id != "" {
			if ids[id] {
				t.Fatalf("id %s stands twice", id)
			}
			ids[id] = true
		}
	}
	for _, e := range elements {
		if !slices.Contains(allowed, e.name) {
			t.Fatalf("<%s> has no place in it", e.name)
		}
		for name, value := range e.attributes {
			if !slices.Contains(attributes, name) {
				t.Fatalf("<%s> has %s=%q", e.name, name, value)
			}
			for _, m := range reference.FindAllStringSubmatch(value, -1) {
				if !strings.HasPrefix(m[1], "#") || !ids[m[1][1:]] {
					t.Fatalf("<%s> points at %s", e.name, m[1])
				}
			}
			if strings.Contains(value, "NaN") || strings.Contains(value, "Inf") {
				t.Fatalf("<%s> has %s=%.200q", e.name, name, value)
			}
		}
		if e.name == "style" && strings.ContainsAny(e.text, "<&@\\") && strings.Count(e.text, "@") != strings.Count(e.text, "@media (prefers-color-scheme:dark)") {
			t.Fatalf("style %q", e.text)
		}
		for _, id := range strings.Fields(e.attributes["aria-labelledby"]) {
			if !ids[id] {
				t.Fatalf("nothing is called %s", id)
			}
		}
	}
}

func first(elements []element, name string) element {
	i := slices.IndexFunc(elements, func(e element) bool { return e.name == name })
	if i < 0 {
		return element{}
	}
	return elements[i]
}

// sound holds every form of a line to what readers of it rely on.
func sound(t testing.TB, l *Line) {
	t.Helper()
	svg, page := l.SVG(), l.HTML()
	for form, data := range map[string][]byte{"svg": svg, "html": page} {
		if len(data) > 200_000 {
			t.Fatalf("%s: %d bytes", form, len(data))
		}
		for i, c := range data {
			if c != '\n' && (c < 0x20 || c > 0x7e) {
				t.Fatalf("%s: byte %#x at %d", form, c, i)
			}
		}
	}
	picture, fragment := readXML(t, svg), readHTML(t, page)
	harmless(t, picture, svgElements)
	harmless(t, fragment, htmlElements)
	for _, elements := range [][]element{picture, fragment} {
		root := first(elements, "svg")
		if root.attributes["role"] != "img" || root.attributes["aria-labelledby"] == "" {
			t.Fatalf("the picture is no image to a screen reader: %v", root.attributes)
		}
		if got := first(elements, "title").text; got != l.heading() {
			t.Fatalf("the title is %q, want %q", got, l.heading())
		}
		if got := first(elements, "desc").text; got != strings.Join(strings.Fields(l.description()), " ") {
			t.Fatalf("the description is %q, want %q", got, l.description())
		}
	}
	if !l.empty() && first(fragment, "table").name == "" {
		t.Fatal("there is no table of the numbers")
	}
	for _, o := range []PlotOptions{{Width: 40}, {Width: 80}, {Width: 80, ASCII: true}, {Width: 200}, {}} {
		readable(t, l.Plot(o), o)
	}
}

// readable holds a plot to its size, and to characters that show as what they are.
func readable(t testing.TB, plot []string, o PlotOptions) {
	t.Helper()
	if len(plot) > 11 {
		t.Fatalf("%d lines", len(plot))
	}
	for _, s := range plot {
		if n := len([]rune(s)); n > max(o.Width, 40) {
			t.Fatalf("%d columns of %d: %q", n, o.Width, s)
		}
		for _, r := range s {
			if r < ' ' || o.ASCII && r > '~' || r > '~' && !strings.ContainsRune(string(blocks.levels)+"━▒×│─▲…", r) {
				t.Fatalf("%q in %q", r, s)
			}
		}
	}
}

func (e element) String() string { return fmt.Sprintf("<%s %v>%s", e.name, e.attributes, e.text) }
