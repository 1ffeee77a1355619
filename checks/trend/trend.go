// Package trend tells from the first minutes of a session what eight hours will do to a quantity such as memory: whether
// it grows, how fast, and when it meets a limit (LIFE-19 to LIFE-21). It is numbers in, numbers out.
//
// Four things look like a leak and are none: the warm-up, a cache that fills and stops, a garbage collector's sawtooth,
// and noise that remembers itself. Predict tells them apart in four steps, each in a file of its own:
//
//   - floor.go: where something is collected, only the floors after collections count;
//   - settle.go: where the curve breaks, only what comes after the last break counts;
//   - slope.go: the slope of that part, by Theil and Sen, with an interval that autocorrelation widens;
//   - rule.go: what may be concluded, and what session would be long enough where nothing may.
package trend

// Point is one sample of a quantity.
type Point struct {
	// At is when it was taken, in milliseconds from the start of the session's process.
	At float64
	// Turns is how many turns had been completed by then.
	Turns float64
	// Value is the quantity, in a unit of its own: bytes, a count, milliseconds.
	Value float64
}

// Series is a quantity over time. Neither time nor turns go back; values are finite and not negative.
type Series []Point

// Outcome is what may be concluded.
type Outcome string

// The outcomes.
const (
	// Certain: even the least growth that the samples allow meets the limit within the horizon, and more was seen than a
	// cache of a sound program takes.
	Certain Outcome = "certain"
	// Likely: it surely grows and would end beyond what is harmless. A cache that fills beyond what was seen looks the same.
	Likely Outcome = "likely"
	// Level: even the most growth that the samples allow stays harmless up to the horizon.
	Level Outcome = "level"
	// TooShort: none of these can be told; Forecast.Needed says what session would tell.
	TooShort Outcome = "too-short"
)

// Shape is what the curve looks like in the part that counts.
type Shape string

// The shapes.
const (
	// Straight: one line from where the curve settled to the end.
	Straight Shape = "straight"
	// Filling: it rises, and in the second half less than half as fast as in the first.
	Filling Shape = "filling"
	// Late: the growth began, or became faster, after the curve had settled.
	Late Shape = "late"
	// Unsettled: the curve broke so late that it may break again: a cache that still fills, a single large step.
	Unsettled Shape = "unsettled"
	// Collected: something falls back again and again, and too few floors were seen.
	Collected Shape = "collected"
)

// Driver is what the growth follows.
type Driver string

// The drivers.
const (
	// ByTurns: the quantity grows with the turns.
	ByTurns Driver = "turns"
	// ByTime: it grows with the clock, whether there are turns or not.
	ByTime Driver = "time"
)

// Estimate is a number with its interval of 99 %.
type Estimate struct{ Low, Best, High float64 }

// Forecast is what Predict found.
type Forecast struct {
	Outcome Outcome
	Shape   Shape
	Driver  Driver
	// Measured says that there were points enough for a slope; without it all estimates are zero.
	Measured bool
	// Floored says that only the floors after collections were looked at.
	Floored bool
	// PerTurn and PerHour are the growth in the series' unit; PerTurn is zero when no turn was completed.
	PerTurn, PerHour Estimate
	// AtHorizon is the value at the horizon, at the turn rate that was observed.
	AtHorizon Estimate
	// Death is when the limit is met, in milliseconds from the start: Low with the fastest growth, High with the slowest.
	// A bound that does not meet it within the horizon is the horizon; all are zero when none does.
	Death Estimate
	// From and To are when the part that counts begins and ends, in milliseconds; Begins and Ends are where the fitted line is
	// then, with the band that the interval of its slope leaves.
	From, To     float64
	Begins, Ends Estimate
	// WarmUp is how long the curve took to settle, in milliseconds; what came before was left out.
	WarmUp float64
	// Span and Turns are the time in milliseconds and the turns that count, Points the samples or floors.
	Span, Turns float64
	Points      int
	// Growth is what the quantity surely grew by while it was watched after it had settled; never negative.
	Growth float64
	// Needed is the whole session, in milliseconds, that would tell for sure; zero when this one does, and for growth that is
	// likely and ends short of the limit, which no session makes more of.
	Needed float64
}

// Predict tells what the horizon will bring. The error names the first sample that cannot be.
func Predict(s Series, b Bounds) (Forecast, error) {
	if err := s.check(); err != nil {
		return Forecast{}, err
	}
	p := assess(s, b)
	f := p.forecast(s, b.Step)
	if f.Measured {
		f.project(s, p, b)
	}
	f.Outcome = f.rule(b)
	f.Needed = f.needed(s, p, b)
	return f, nil
}
