package scenario

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// TestSilence: what the container asked last, of whomever, is where the silence begins.
func TestSilence(t *testing.T) {
	lost := record.Exchange{Outcome: record.TimedOut, At: 1000, Took: 120_000}
	ended := lost
	ended.Outcome = record.Answered
	asked := func(at, took record.Millis, o record.ModelOutcome) record.ModelRequest {
		return record.ModelRequest{At: at, Took: took, Outcome: o}
	}
	for _, tt := range []struct {
		name     string
		call     record.Exchange
		model    []record.ModelRequest
		services []record.ServiceRequest
		want     record.Millis
	}{
		{"nothing asked", lost, nil, nil, 120_000},
		{"a call that ended", ended, []record.ModelRequest{asked(1100, 10, record.ModelAnswered)}, nil, 0},
		{"the last of two tries", lost, []record.ModelRequest{asked(1100, 10, record.ModelAnswered), asked(20_000, 1000, record.ModelCut)}, nil, 100_000},
		{"a try that began first and ended last", lost, []record.ModelRequest{asked(1100, 50_000, record.ModelAbandoned), asked(2000, 10, record.ModelAnswered)}, nil, 69_900},
		{"the model owes an answer", lost, []record.ModelRequest{asked(1100, 0, record.ModelOpen), asked(1200, 10, record.ModelAnswered)}, nil, 0},
		{"another service was asked since", lost, []record.ModelRequest{asked(1100, 10, record.ModelAnswered)}, []record.ServiceRequest{{At: 60_000, Took: 1000}}, 60_000},
		{"asked after the end", lost, []record.ModelRequest{asked(121_500, 10, record.ModelAnswered)}, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := silence(&tt.call, tt.model, tt.services); got != tt.want {
				t.Errorf("%.0f ms, want %.0f", float64(got), float64(tt.want))
			}
		})
	}
}
