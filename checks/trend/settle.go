package trend

// Where a curve is looked for a break: the least points before it and after it, and how many times. The best of all places
// is a break when it explains so many times the noise for each of the three numbers that it takes: an F ratio, larger than
// that of a place known beforehand (Andrews, Econometrica 61, 1993).
const (
	leastBefore = 2
	leastAfter  = 5
	mostBreaks  = 4
	leastRatio  = 8
)

// settled is how many times longer the part after a break must be than all before it, so that what broke once would have
// broken again.
const settled = 2

// settle leaves out what came before the last break of the curve: a warm-up, a cache that filled, a quiet time before a
// leak.
func (p *part) settle(b Bounds) {
	whole := p.points
	for range mostBreaks {
		if p.shape == Collected {
			return
		}
		x, v := p.points.along(p.driver), p.points.values()
		broken := findBreak(x, despiked(v))
		if !broken.real(x, v, b.Step) {
			return
		}
		earlier := p.points[:broken.at]
		p.points = p.points[broken.at:]
		p.shape = p.shapeAfter(earlier, p.points[0].At-whole[0].At, b)
	}
}

// shapeAfter names what is left behind a break; before is the time of all that was left out, in milliseconds.
func (p *part) shapeAfter(earlier Series, before float64, b Bounds) Shape {
	depth := earlier[max(len(earlier)-3, 0):].Usual() - p.points[:3].Usual()
	if !b.Paced && depth > deepInSteps*b.Step && climb(p.points) <= explained*depth {
		p.falls = 1
		return Collected
	}
	if p.points.span() >= settled*before {
		return Straight
	}
	was, known := slope(earlier.along(p.driver), earlier.values())
	is, known2 := slope(p.points.along(p.driver), p.points.values())
	if known && known2 && is.Low > max(was.High, 0) {
		return Late
	}
	return Unsettled
}
