package record

import "github.com/HdrHistogram/hdrhistogram-go"

// Latency sums up a series of health checks, in milliseconds as a caller on a fixed schedule sees them: Lag + Took.
type Latency struct {
	Count int
	P50   Millis
	P90   Millis
	P99   Millis
	Max   Millis
	// MaxLag is the worst delay of the harness's own sending: past a tenth of a limit it voids a verdict on that limit.
	MaxLag Millis
}

// longestLatency bounds the histogram, in microseconds: an hour.
const longestLatency = int64(3_600_000_000)

// LatencyOf measures the pings that were sent. Lost ones count with the time that was waited for them.
func LatencyOf(pings []Ping) Latency {
	h := hdrhistogram.New(1, longestLatency, 3)
	var l Latency
	for _, p := range pings {
		if p.Outcome == Unsent || p.Outcome == Abandoned {
			continue
		}
		total := p.Lag + p.Took
		micros := min(max(int64(total*1000), 1), longestLatency)
		if h.RecordValue(micros) != nil {
			continue
		}
		l.Count++
		l.Max = max(l.Max, total)
		l.MaxLag = max(l.MaxLag, p.Lag)
	}
	if l.Count == 0 {
		return l
	}
	quantile := func(q float64) Millis { return min(Millis(h.ValueAtQuantile(q))/1000, l.Max) }
	l.P50, l.P90, l.P99 = quantile(50), quantile(90), quantile(99)
	return l
}
