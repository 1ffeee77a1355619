package record

import "testing"

func TestLatencyCountsWhatACallerOnAScheduleSees(t *testing.T) {
	var pings []Ping
	for i := 1; i <= 100; i++ {
		pings = append(pings, Ping{Took: Millis(i), Outcome: Answered})
	}
	pings = append(pings, Ping{Took: 9000, Outcome: Unsent})
	pings[99].Lag = 50
	l := LatencyOf(pings)
	if l.Count != 100 || l.Max != 150 || l.MaxLag != 50 {
		t.Errorf("count %d, max %v, max lag %v; want 100, 150, 50", l.Count, l.Max, l.MaxLag)
	}
	if l.P50 < 49 || l.P50 > 51 || l.P99 < 98 || l.P99 > 151 {
		t.Errorf("p50 %v, p99 %v are off", l.P50, l.P99)
	}
}

func TestLatencyOfNothing(t *testing.T) {
	if l := LatencyOf(nil); l != (Latency{}) {
		t.Errorf("got %+v", l)
	}
}
