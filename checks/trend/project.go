package trend

import "math"

// project draws the growth out to the horizon.
func (f *Forecast) project(s Series, p *part, b Bounds) {
	c := course{from: p.points[len(p.points)-1].At, now: p.now, bounds: b}
	rate := f.PerHour.times(1.0 / hour)
	if b.Paced && s.turns() > 0 {
		c.pace, rate = s.span()/s.turns(), f.PerTurn
	}
	f.AtHorizon = Estimate{c.end(rate.Low), c.end(rate.Best), c.end(rate.High)}
	f.Death = Estimate{c.death(rate.High), c.death(rate.Best), c.death(rate.Low)}
	if f.Death.Low >= b.Horizon {
		f.Death = Estimate{}
	}
	f.Growth = max(f.seen().Low, 0)
}

// course is how a quantity goes on from a time and a value, by a rate per millisecond; or, where a turn takes pace
// milliseconds now and the quantity is a part of that, by a rate per turn.
type course struct {
	from, now, pace float64
	bounds          Bounds
}

// end is the value at the horizon.
func (c course) end(rate float64) float64 {
	left := max(c.bounds.Horizon-c.from, 0)
	if c.pace > 0 {
		left = c.turnsIn(left, rate)
	}
	return max(c.now+rate*left, 0)
}

// turnsIn is how many turns a time has room for when each takes rate more than the one before it.
func (c course) turnsIn(time, rate float64) float64 {
	if rate <= 0 {
		return time / c.pace
	}
	return 2 * time / (c.pace + math.Sqrt(c.pace*c.pace+2*rate*time))
}

// death is when the limit is met, at most the horizon.
func (c course) death(rate float64) float64 {
	room := c.bounds.Limit - c.now
	switch {
	case room <= 0:
		return min(c.from, c.bounds.Horizon)
	case rate <= 0:
		return c.bounds.Horizon
	}
	left := room / rate
	if c.pace > 0 {
		left = left*c.pace + rate*left*left/2
	}
	return min(c.from+left, c.bounds.Horizon)
}
