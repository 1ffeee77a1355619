package trend

import (
	"math"
	"math/rand/v2"
)

// The pace of a gate's session: five turns in a row, and a pause. In milliseconds.
const (
	burst     = 5
	turnEvery = 450.0
	pause     = 5000.0
)

// turnsBy is how many turns were completed after so many milliseconds.
func turnsBy(at float64) float64 {
	round := burst*turnEvery + pause
	return burst*math.Floor(at/round) + min(math.Floor(math.Mod(at, round)/turnEvery), burst)
}

// curve is what a process holds after so many milliseconds and turns.
type curve func(at, turns float64) float64

// shape makes a curve, which may begin anywhere; noise what is added to each sample.
type (
	shape func(*rand.Rand) curve
	noise func(*rand.Rand) func() float64
)

// played samples a curve once a second, about, for so many seconds.
func played(seed uint64, seconds float64, s shape, n noise) Series {
	r := rand.New(rand.NewPCG(seed, 7))
	holds, with := s(r), n(r)
	var out Series
	for at := 0.0; at < seconds*1000; at += 1000 {
		t := at + 100*r.Float64()
		out = append(out, Point{At: t, Turns: turnsBy(t), Value: max(holds(t, turnsBy(t))+with(), 0)})
	}
	return out
}

// fixed makes a curve that is the same each time.
func fixed(c curve) shape { return func(*rand.Rand) curve { return c } }

func silent(*rand.Rand) func() float64 { return func() float64 { return 0 } }

func white(sd float64) noise {
	return func(r *rand.Rand) func() float64 { return func() float64 { return sd * r.NormFloat64() } }
}

// wandering is noise of that standard deviation that remembers itself: AR(1) with the coefficient phi.
func wandering(phi, sd float64) noise {
	return func(r *rand.Rand) func() float64 {
		x := sd * r.NormFloat64()
		return func() float64 {
			x = phi*x + sd*math.Sqrt(1-phi*phi)*r.NormFloat64()
			return x
		}
	}
}

// spiky is noise with one sample in twenty far above.
func spiky(sd, height float64) noise {
	return func(r *rand.Rand) func() float64 {
		return func() float64 {
			x := sd * r.NormFloat64()
			if r.IntN(20) == 0 {
				x += height * r.Float64()
			}
			return x
		}
	}
}

// counting is the noise of counts: now and then up to three more.
func counting(r *rand.Rand) func() float64 {
	return func() float64 {
		if r.Float64() < 0.7 {
			return 0
		}
		return float64(r.IntN(4))
	}
}

// held is what a process holds before anything grows.
const held = 200 * mib

func level() shape { return fixed(func(_, _ float64) float64 { return held }) }

func leaking(perTurn float64) shape {
	return fixed(func(_, turns float64) float64 { return held + perTurn*turns })
}

// filling is a cache that nears its size, with that time constant in seconds.
func filling(size, seconds float64) shape {
	return fixed(func(at, _ float64) float64 { return held + size*(1-math.Exp(-at/1000/seconds)) })
}

// fillingTo is a cache that grows evenly until it is full, after so many seconds.
func fillingTo(size, seconds float64) shape {
	return fixed(func(at, _ float64) float64 { return held + size*min(at/1000/seconds, 1) })
}

// sawtooth grows for so many seconds and is collected, and may leak beside that.
func sawtooth(height, seconds, perTurn float64) shape {
	return func(r *rand.Rand) curve {
		phase := r.Float64()
		return func(at, turns float64) float64 {
			_, part := math.Modf(at/1000/seconds + phase)
			return held + height*part + perTurn*turns
		}
	}
}

// turnSawtooth is collected every so many turns.
func turnSawtooth(height, every float64) shape {
	return func(r *rand.Rand) curve {
		phase := float64(r.IntN(int(every)))
		return func(_, turns float64) float64 { return held + height*math.Mod(turns+phase, every)/every }
	}
}

// late leaks from so many seconds on.
func late(perTurn, seconds float64) shape {
	return fixed(func(_, turns float64) float64 { return held + perTurn*max(turns-turnsBy(seconds*1000), 0) })
}

// stepping is one step after so many seconds.
func stepping(height, seconds float64) shape {
	return fixed(func(at, _ float64) float64 {
		if at < seconds*1000 {
			return held
		}
		return held + height
	})
}

// paged takes what another shape holds in pages of that size.
func paged(s shape, page float64) shape {
	return func(r *rand.Rand) curve {
		c := s(r)
		return func(at, turns float64) float64 { return page * math.Ceil(c(at, turns)/page) }
	}
}

// both is what two curves hold beyond held, together.
func both(a, b shape) shape {
	return func(r *rand.Rand) curve {
		one, two := a(r), b(r)
		return func(at, turns float64) float64 { return one(at, turns) + two(at, turns) - held }
	}
}

// pool is a count that grows by so much a turn up to a size.
func pool(from, perTurn, size float64) shape {
	return fixed(func(_, turns float64) float64 { return from + math.Floor(min(perTurn*turns, size)) })
}

// slowing is a turn that takes so many milliseconds, and longer by the turn.
func slowing(usual, perTurn float64) shape {
	return fixed(func(_, turns float64) float64 { return usual + perTurn*turns })
}

// stalling is a turn that takes so many milliseconds, and two seconds more for three turns in a row.
func stalling(usual float64) shape {
	return func(r *rand.Rand) curve {
		from := float64(r.IntN(30))
		return func(_, turns float64) float64 {
			if turns >= from && turns < from+3 {
				return usual + 1000 + 2000*r.Float64()
			}
			return usual
		}
	}
}

// turnByTurn samples once a turn, as latency is.
func turnByTurn(seed uint64, seconds float64, s shape, n noise) Series {
	r := rand.New(rand.NewPCG(seed, 7))
	holds, with := s(r), n(r)
	var out Series
	turns, at := 0.0, 0.0
	for at < seconds*1000 {
		took := max(holds(at, turns)+with(), 1)
		at += took
		turns++
		out = append(out, Point{At: at, Turns: turns, Value: took})
		at += 400
		if math.Mod(turns, burst) == 0 {
			at += pause - 400
		}
	}
	return out
}
