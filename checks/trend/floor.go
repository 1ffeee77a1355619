package trend

// A fall is a collection when it is as deep as so many standard deviations of the change between samples, and as so many
// of the steps in which the quantity is taken.
const (
	deepInNoise = 6
	deepInSteps = 4
)

// explained is how far a climb, in the depth of the deepest fall before it, is one more tooth of the same sawtooth.
const explained = 2

// fall is one collection: the place of its low point, and its depth.
type fall struct {
	floor int
	depth float64
}

// falls finds where values fall back, at once or over a few samples. The end of a spike of one or two samples is no
// such place: what is collected has piled up.
func falls(v []float64, step float64) []fall {
	if len(v) < 3 {
		return nil
	}
	change := make([]float64, len(v)-1)
	for i := range change {
		change[i] = v[i+1] - v[i]
	}
	deep := max(deepInNoise*deviation(change), deepInSteps*step)
	var out []fall
	top := 0
	for i := 1; i < len(v); i++ {
		if v[i] >= v[i-1] {
			top = i
			continue
		}
		depth, bottom := v[top]-v[i], i+1 == len(v) || v[i+1] >= v[i]
		spike := top == 0 || min(v[top-1], v[max(top-2, 0)])-v[i] < depth/3
		if bottom && depth > deep && !spike {
			out = append(out, fall{i, depth})
		}
	}
	return out
}

// floors keeps what counts of a series with collections: the floors, where there are enough of them; else what came after
// the last one, which tells of a leak only when it climbs far beyond any fall. Floors that are collected themselves, by a
// rarer and deeper collection, are treated the same.
func (p *part) floors(step float64) {
	for deepest := 0.0; ; {
		found := falls(p.points.values(), step)
		if len(found) == 0 {
			return
		}
		for _, f := range found {
			deepest = max(deepest, f.depth)
		}
		rest := p.points[found[len(found)-1].floor:]
		switch beyond := len(rest) >= leastPoints && climb(rest) > explained*deepest; {
		case beyond:
			p.points = rest
			return
		case len(found) < leastFloors:
			p.points, p.shape, p.falls = rest, Collected, len(found)
			return
		}
		kept := make(Series, len(found))
		for i, f := range found {
			kept[i] = p.points[f.floor]
		}
		p.points, p.teeth = kept, deepest
	}
}

// climb is how far a series rises from its first quarter to its last one.
func climb(s Series) float64 {
	quarter := max(len(s)/4, 1)
	return s[len(s)-quarter:].Usual() - s[:quarter].Usual()
}
