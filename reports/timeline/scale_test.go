package timeline

import (
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func (s scale) labels() []string {
	var out []string
	for i := range s.ticks {
		out = append(out, s.label(i))
	}
	return out
}

func TestScales(t *testing.T) {
	for want, s := range map[string]scale{
		"0|100|200|300 MiB":                scaleFor(Bytes, []float64{202 * mib, 237 * mib}, 4),
		"0|2000|4000|6000|8000 MiB":        scaleFor(Bytes, []float64{7900 * mib}, 4),
		"0|5|10|15 GiB":                    scaleFor(Bytes, []float64{12 * 1024 * mib}, 4),
		"0|50|100|150|200 bytes":           scaleFor(Bytes, []float64{200}, 4),
		"0|1":                              scaleFor(Count, []float64{1, 1}, 4),
		"0|5|10|15|20":                     scaleFor(Count, []float64{12, 17}, 4),
		"0|20|40 %":                        scaleFor(Percent, []float64{37}, 2),
		"0|200|400|600 ms":                 scaleFor(Duration, []float64{480, 520}, 4),
		"0|1|2|3|4 s":                      scaleFor(Duration, []float64{3000, 3100, 3200}, 4),
		"0|1|2|3 min":                      scaleFor(Duration, []float64{170_000, 175_000}, 4),
		"1 ms|10 ms|100 ms|1 s|10 s":       scaleFor(Duration, []float64{2, 3, 4, 5000}, 4),
		"0.01 ms|0.1 ms|1 ms|10 ms|100 ms": scaleFor(Duration, []float64{0.0001, 0.0001, 50}, 4),
		"0":                                scaleFor(Percent, []float64{0}, 2),
	} {
		got := strings.Join(s.labels(), "|")
		if want == "0" {
			want = "0|1 %"
		}
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if top := s.ticks[len(s.ticks)-1]; s.share(top) < 0.999 || s.share(2*top) > 1 || s.share(-1) != 0 || s.share(s.low) != 0 {
			t.Errorf("%s: the top lies at %v, what is above at %v, the bottom at %v", got, s.share(top), s.share(2*top), s.share(s.low))
		}
	}
}

func TestAmounts(t *testing.T) {
	for got, want := range map[string]string{
		amount(Bytes, 237.4*mib): "237 MiB", amount(Bytes, 24*mib): "24 MiB", amount(Bytes, 1.5*mib): "1.5 MiB", amount(Bytes, 0): "0 bytes",
		amount(Duration, 0.52): "0.5 ms", amount(Duration, 5000): "5 s", amount(Duration, 5260): "5.3 s", amount(Percent, 12.34): "12.3 %",
		amount(Count, 12): "12", amount(Count, 9.3e18): "9.3e+18", between(Bytes, 300*mib, 100*mib): "300 to 100 MiB",
		between(Count, 3, 3): "3", thousands(14_399): "14,399", thousands(1_234_567): "1,234,567", thousands(17): "17",
		counted(1, "turn"): "1 turn", counted(2000, "turn"): "2,000 turns",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMoments(t *testing.T) {
	for _, tt := range []struct {
		from, to record.Millis
		want     string
	}{
		{0, 900, "0.0 s 0.1 s 0.2 s 0.3 s 0.4 s 0.5 s 0.6 s 0.7 s 0.8 s 0.9 s"},
		{22_066, 52_300, "25 s 30 s 35 s 40 s 45 s 50 s"},
		{88_000, 178_000, "1:30 min 1:40 min 1:50 min 2:00 min 2:10 min 2:20 min 2:30 min 2:40 min 2:50 min"},
		{0, 3_000_000, "0 min 5 min 10 min 15 min 20 min 25 min 30 min 35 min 40 min 45 min 50 min"},
		{0, 7_300_000, "0:00 h 0:15 h 0:30 h 0:45 h 1:00 h 1:15 h 1:30 h 1:45 h 2:00 h"},
		{0, 8 * hour, "0 h 1 h 2 h 3 h 4 h 5 h 6 h 7 h 8 h"},
		{0, longest, "0 h 8 h 16 h 24 h 32 h 40 h 48 h"},
	} {
		l := &Line{From: tt.from, To: tt.to}
		at, step := l.moments(mostTicks)
		var got []string
		for _, m := range at {
			got = append(got, l.moment(m, step))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%v to %v: %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestQuantile(t *testing.T) {
	v := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for q, want := range map[float64]float64{0: 1, 0.5: 5, 0.95: 10, 0.9: 9, 1: 10} {
		if got := quantile(v, q); got != want {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	if quantile(nil, 0.5) != 0 {
		t.Error("none")
	}
}

func TestWindows(t *testing.T) {
	l := &Line{From: 100, To: 200}
	w := l.windows([]Point{{100, 5}, {149, 1}, {150, 2}, {200, 3}}, 2)
	if !slices.Equal(w[0].values, []float64{1, 5}) || !slices.Equal(w[1].values, []float64{2, 3}) || w[1].from != 150 || w[1].to != 200 {
		t.Errorf("%+v", w)
	}
}
