package trend

import (
	"cmp"
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"testing"
)

// FuzzPredict reads any bytes as samples: what is taken for a series has an answer whose numbers are finite and in order.
func FuzzPredict(f *testing.F) {
	for _, s := range []Series{
		played(1, 60, leaking(mib), white(mib)), played(1, 60, sawtooth(40*mib, 9, mib), white(mib)), played(1, 30, level(), silent), nil,
		played(2, 40, pool(20, 1, 30), counting),
	} {
		f.Add(packed(s), uint8(0), false)
	}
	f.Add(packed(Series{{At: 1, Value: math.MaxInt64 / 2}, {At: 1.0001, Turns: 1}, {At: 1e15, Turns: 1e15, Value: 3}}), uint8(3), true)
	f.Fuzz(func(t *testing.T, data []byte, quantity uint8, sorted bool) {
		s := unpacked(data, sorted)
		b := []Bounds{Memory(), Descriptors(s.Usual()), Threads(s.Usual()), Latency(s.Usual(), 1)}[quantity%4]
		if math.IsNaN(s.Usual()) || math.IsInf(s.Usual(), 0) {
			b = Memory()
		}
		got, err := Predict(s, b)
		if err != nil {
			if sorted && s.check() == nil {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		sane(t, got, b)
	})
}

func packed(s Series) []byte {
	var out []byte
	for _, p := range s {
		for _, x := range []float64{p.At, p.Turns, p.Value} {
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x))
		}
	}
	return out
}

// unpacked reads samples, brought into an order that can be where sorted says so.
func unpacked(data []byte, sorted bool) Series {
	var out Series
	for ; len(data) >= 24 && len(out) < 400; data = data[24:] {
		number := func(i int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:])) }
		p := Point{number(0), number(1), number(2)}
		if sorted {
			for _, x := range []*float64{&p.At, &p.Turns, &p.Value} {
				if *x = math.Abs(*x); !(*x < math.MaxInt64) {
					*x = 0
				}
			}
			p.Turns = math.Trunc(p.Turns)
		}
		out = append(out, p)
	}
	if sorted {
		slices.SortFunc(out, func(a, b Point) int { return cmp.Compare(a.At, b.At) })
		for i := 1; i < len(out); i++ {
			out[i].Turns = max(out[i].Turns, out[i-1].Turns)
		}
	}
	return out
}

// sane fails the test unless all numbers are finite and in order.
func sane(t *testing.T, f Forecast, b Bounds) {
	t.Helper()
	v := reflect.ValueOf(f)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch x := v.Field(i).Interface().(type) {
		case Estimate:
			if !(x.Low <= x.Best && x.Best <= x.High) || math.IsInf(x.Low, 0) || math.IsInf(x.High, 0) {
				t.Errorf("%s is %+v", name, x)
			}
		case float64:
			if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
				t.Errorf("%s is %g", name, x)
			}
		}
	}
	if f.Death.High > b.Horizon || f.Needed > b.Horizon {
		t.Errorf("beyond the horizon: death %+v, needed %g", f.Death, f.Needed)
	}
	if !f.Measured && f.Outcome != TooShort {
		t.Errorf("nothing is measured, and it is %s", f.Outcome)
	}
}
