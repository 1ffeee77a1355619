package trend

import "math"

// startUp is how long, in milliseconds, a process may work for itself after its start: what grows by the clock and not
// with the turns may be an index that is being built.
const startUp = 5 * 60 * 1000

// trusted is how far below the best estimate the interval may reach of what is called likely.
const trusted = 3

// rule concludes. What cannot be told apart from something harmless is never certain, and what was not seen for long
// enough is never level.
func (f *Forecast) rule(b Bounds) Outcome {
	switch {
	case !f.enough() || f.Shape == Unsettled:
		return TooShort
	case f.AtHorizon.High < b.Harmless && f.Shape != Late && f.Span >= settled*f.WarmUp:
		return Level
	case f.Shape == Filling || f.Shape == Collected:
		return TooShort
	case f.AtHorizon.Low >= b.Limit && f.Growth >= b.Bounded && (f.Driver == ByTurns || f.Span >= startUp):
		return Certain
	case f.PerHour.Low > f.PerHour.Best/trusted && f.seen().Best >= b.Settling && f.AtHorizon.Best >= b.Harmless:
		return Likely
	}
	return TooShort
}

// seen is the growth while it was watched.
func (f *Forecast) seen() Estimate {
	if f.Driver == ByTurns {
		return f.PerTurn.times(f.Turns)
	}
	return f.PerHour.times(f.Span / hour)
}

func (f *Forecast) enough() bool {
	return f.Measured && f.Points >= f.leastPoints() && f.Turns >= leastTurns && f.Span >= leastSpan
}

func (f *Forecast) leastPoints() int {
	if f.Floored {
		return leastFloors
	}
	return leastPoints
}

// needed is the session in milliseconds that would tell for sure what this one does not, as far as can be seen from here:
// long enough for the curve to have settled, for what is rare to have come often enough, and for the interval, which
// shrinks with the power of 3/2 of the time as far as noise makes it, to come clear of what it has to be clear of.
func (f *Forecast) needed(s Series, p *part, b Bounds) float64 {
	if f.Outcome == Certain || f.Outcome == Level || f.Outcome == Likely && f.AtHorizon.Best < b.Limit {
		return 0
	}
	more := max(float64(f.leastPoints())/float64(max(f.Points, 1)), leastTurns/max(f.Turns, 1), leastSpan/max(f.Span, 1000))
	switch {
	case f.Shape == Unsettled:
		more = max(more, settled*f.WarmUp/max(f.Span, 1000))
	case f.Shape == Filling, f.Shape == Late && f.Outcome == TooShort:
		more = max(more, 2)
	case f.Measured:
		more = max(more, f.toBeClear(p, b), f.toBeSeen(b))
	}
	long := max(f.WarmUp+more*f.Span, 1.25*s.span(), leastSpan)
	if f.Shape == Collected {
		long = max(long, s.span()*(leastFloors+1)/float64(p.falls))
	}
	return min(long, b.Horizon)
}

// toBeClear is how many times the span would let the interval end on one side of what it straddles.
func (f *Forecast) toBeClear(p *part, b Bounds) float64 {
	half, far := f.AtHorizon.High-f.AtHorizon.Best, b.Harmless-f.AtHorizon.Best
	if far <= 0 {
		half, far = f.AtHorizon.Best-f.AtHorizon.Low, max(f.AtHorizon.Best-b.Limit, b.Limit/20)
	}
	unseen := min(half, b.Step*max(b.Horizon-p.points[len(p.points)-1].At, 0)/max(f.Span, 1000))
	return max(math.Pow(2*(half-unseen)/far, 2.0/3), 2*unseen/far)
}

// toBeSeen is how many times the span a growth that goes on takes to be surely more than a cache takes.
func (f *Forecast) toBeSeen(b Bounds) float64 {
	if f.AtHorizon.Best < b.Harmless || f.PerHour.Best <= 0 {
		return 0
	}
	more := b.Bounded / max(f.Growth, f.seen().Best/trusted)
	if f.Driver == ByTime {
		more = max(more, startUp/f.Span)
	}
	return more
}
