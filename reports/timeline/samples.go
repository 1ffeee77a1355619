package timeline

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Unit says what a value counts, and so how it is written.
type Unit int

// The units. Duration is in milliseconds, Percent of one core.
const (
	Count Unit = iota
	Bytes
	Duration
	Percent
)

// part is the samples of one process that was started at start.
type part[S any] struct {
	start   record.Millis
	samples []S
}

// quantity describes a field of record.Sample that needs more than its name.
type quantity struct {
	title, hint string
	unit        Unit
	// total says that the field counts up from the process's start, and is shown as a share of the time that passed.
	total bool
	// positive says that 0 means not known: no process lives without it.
	positive bool
}

var quantities = map[string]quantity{
	Memory:       {title: "Memory", hint: "working set, without the page cache", unit: Bytes, positive: true},
	CPU:          {title: "CPU", hint: "of one core", unit: Percent, total: true},
	Processes:    {title: "Processes and threads", unit: Count, positive: true},
	Descriptors:  {title: "Open descriptors", hint: "files, pipes and sockets of all processes", unit: Count},
	"Translated": {title: "Translated code", hint: "held by the emulator, part of the memory", unit: Bytes},
	"LogLines":   {title: "Log lines", hint: "since the start", unit: Count},
	"LogBytes":   {title: "Log", hint: "since the start", unit: Bytes},
}

// offset is the field of a sample that says when it was taken.
const offset = "At"

// seriesOf makes a series of every number in the samples, in the order of their type's fields. What a target never showed
// is left out: a plain number that is always 0, or one that is always nil where that stands for not known.
func seriesOf[S any](parts []part[S]) []Series {
	t := reflect.TypeFor[S]()
	var out []Series
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == offset || !numeric(f.Type) {
			continue
		}
		q := quantityOf(f)
		s := Series{Key: f.Name, Title: q.title, Hint: q.hint, Unit: q.unit}
		told := false
		for _, p := range parts {
			points := pointsOf(p, i, q)
			told = told || nonZero(points) || optional(f.Type) && len(points) > 0
			if len(points) > 0 {
				s.Parts = append(s.Parts, points)
			}
		}
		if told {
			out = append(out, s)
		}
	}
	return out
}

func numeric(t reflect.Type) bool {
	if optional(t) {
		t = t.Elem()
	}
	return reflect.Int <= t.Kind() && t.Kind() <= reflect.Float64
}

// optional reports a field that is nil where its number is not known.
func optional(t reflect.Type) bool { return t.Kind() == reflect.Pointer }

// quantityOf describes a field. One that nobody described is told by its name: openFiles is "Open files".
func quantityOf(f reflect.StructField) quantity {
	if q, known := quantities[f.Name]; known {
		return q
	}
	q := quantity{title: words(f.Name)}
	switch {
	case f.Type == reflect.TypeFor[record.Millis]():
		q.unit = Duration
	case strings.HasSuffix(f.Name, "Bytes"):
		q.title, q.unit = words(strings.TrimSuffix(f.Name, "Bytes")), Bytes
	}
	return q
}

// words spells a field's name for people.
func words(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case i == 0 || !unicode.IsUpper(r):
			b.WriteRune(r)
		case unicode.IsUpper(runes[i-1]):
			b.WriteRune(r)
		default:
			b.WriteRune(' ')
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// largest is the highest value that is believed: what is more no machine has.
const largest = 1e18

// pointsOf are the values of one field in one process.
func pointsOf[S any](p part[S], field int, q quantity) []Point {
	var out []Point
	for i := range p.samples {
		v := reflect.ValueOf(p.samples[i])
		value := v.Field(field)
		if optional(value.Type()) {
			if value.IsNil() {
				continue
			}
			value = value.Elem()
		}
		point := Point{p.start + record.Millis(v.FieldByName(offset).Float()), number(value)}
		if believed(point.At) && point.Value >= 0 && point.Value <= largest && !(q.positive && point.Value == 0) {
			out = append(out, point)
		}
	}
	slices.SortStableFunc(out, func(a, b Point) int { return cmp.Compare(a.At, b.At) })
	if q.total {
		return rates(out)
	}
	return out
}

func number(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	}
	return v.Float()
}

// rates turns totals into percent of the time between two samples.
func rates(totals []Point) []Point {
	var out []Point
	for i := 1; i < len(totals); i++ {
		before, now := totals[i-1], totals[i]
		if passed := now.At - before.At; passed >= 1 && now.Value >= before.Value {
			out = append(out, Point{now.At, 100 * (now.Value - before.Value) / float64(passed)})
		}
	}
	return out
}

func nonZero(points []Point) bool {
	for _, p := range points {
		if p.Value != 0 {
			return true
		}
	}
	return false
}

// onlyOnce leaves out the control group's count of processes and threads where both were counted apart just as often: it would
// say the same once more.
func onlyOnce(all []Series) []Series {
	counted := map[string]int{}
	for _, s := range all {
		counted[s.Key] = len(flat(s.Parts))
	}
	return slices.DeleteFunc(all, func(s Series) bool {
		return s.Key == Processes && min(counted[Threads], counted["Processes"]) >= counted[Processes]
	})
}
