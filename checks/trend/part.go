package trend

// The least that a forecast rests on: samples, or floors where something is collected; turns; and milliseconds, which is
// ten of the platform's health checks.
const (
	leastPoints = 10
	leastFloors = 6
	leastTurns  = 10
	leastSpan   = 20_000
)

// part is what counts of a series, and why.
type part struct {
	points Series
	shape  Shape
	driver Driver
	// warmUp is the time in milliseconds from the first sample to the first that counts.
	warmUp float64
	// teeth is how far the quantity stands above the points at times: the depth of the deepest collection where the points
	// are floors, else 0.
	teeth float64
	// falls is how many collections were seen, where they are too few to tell anything of the floors.
	falls int
	// now is where the line through the points ends, with the teeth on top of it.
	now float64
}

// assess finds the part that counts. The time that a turn takes is nothing that piles up and is collected.
func assess(s Series, b Bounds) *part {
	p := &part{points: s, shape: Straight, driver: ByTime}
	if !b.Paced {
		p.floors(b.Step)
	}
	p.points = p.points.thin()
	p.driver = driverOf(p.points)
	p.settle(b)
	if len(p.points) > 0 {
		p.warmUp = p.points[0].At - s[0].At
	}
	return p
}

// preferred is how much worse a line over the turns may be than one over time and still be the one that is told: a
// leak by the turn is what can be repaired.
const preferred = 1.2

// driverOf tells whether a series is straighter over the turns or over time.
func driverOf(s Series) Driver {
	x, v := s.along(ByTurns), s.values()
	byTurns, ok := middleSlope(x, v)
	if !ok {
		return ByTime
	}
	t := s.along(ByTime)
	byTime, ok := middleSlope(t, v)
	if ok && deviation(leftover(x, v, byTurns)) > preferred*deviation(leftover(t, v, byTime)) {
		return ByTime
	}
	return ByTurns
}

const hour = 3600 * 1000

// forecast is the growth of the part, without a conclusion. The step in which the quantity is taken widens its interval:
// a rise below it may be on its way.
func (p *part) forecast(s Series, step float64) Forecast {
	f := Forecast{
		Shape: p.shape, Driver: p.driver, WarmUp: p.warmUp, Span: p.points.span(), Turns: p.points.turns(), Points: len(p.points),
		Floored: p.teeth > 0,
	}
	x := p.points.along(p.driver)
	e, ok := slope(x, p.points.values())
	if !ok || len(x) < leastFloors {
		return f
	}
	f.Measured = true
	level := median(leftover(x, p.points.values(), e.Best))
	f.From, f.To = p.points[0].At, p.points[len(x)-1].At
	f.Begins, f.Ends = band(e, level, x[0], x[len(x)-1])
	p.now = f.Ends.Best + p.teeth
	if e.Low > 0 && p.shape == Straight && slows(x, p.points.values()) {
		f.Shape = Filling
	}
	blind := step / (x[len(x)-1] - x[0])
	e.Low, e.High = e.Low-blind, e.High+blind
	f.rates(e, s.turns()/max(s.span(), 1)*hour)
	return f
}

// band is a line of that level at its ends, turned about its middle as far as the interval of its slope goes.
func band(slope Estimate, level, from, to float64) (begins, ends Estimate) {
	half := (to - from) / 2
	more, less := (slope.High-slope.Best)*half, (slope.Best-slope.Low)*half
	at := func(x, below, above float64) Estimate {
		v := level + slope.Best*x
		return Estimate{max(v-below, 0), max(v, 0), max(v+above, 0)}
	}
	return at(from, more, less), at(to, less, more)
}

// rates tells the growth along the driver by the turn and by the hour.
func (f *Forecast) rates(e Estimate, turnsPerHour float64) {
	if f.Driver == ByTurns {
		f.PerTurn, f.PerHour = e, e.times(turnsPerHour)
		return
	}
	f.PerHour = e.times(hour)
	if turnsPerHour > 0 {
		f.PerTurn = f.PerHour.times(1 / turnsPerHour)
	}
}

func (e Estimate) times(k float64) Estimate { return Estimate{e.Low * k, e.Best * k, e.High * k} }

// slows reports a rise that is less than half as fast in the second half as in the first: a cache that nears its end.
func slows(x, v []float64) bool {
	half := len(x) / 2
	first, ok := middleSlope(x[:half], v[:half])
	second, ok2 := middleSlope(x[half:], v[half:])
	return ok && ok2 && second < first/2
}
