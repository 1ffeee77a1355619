package reading

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/reaper"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestPollReadsTheStamp(t *testing.T) {
	number := func(s float64) reaper.Stamp { return reaper.Stamp{Kind: reaper.Number, Seconds: s} }
	other := reaper.Stamp{Kind: reaper.Other}
	for body, want := range map[string]reaper.Stamp{
		`{"status":"Healthy"}`:                   {},
		`{"time_of_last_update":null}`:           {},
		`not JSON`:                               {},
		`{"time_of_last_update":1790000000}`:     number(1_790_000_000),
		`{"time_of_last_update":1790000000500}`:  number(1_790_000_000.5),
		`{"time_of_last_update":0}`:              number(0),
		`{"time_of_last_update":-7.5}`:           number(-7.5),
		`{"time_of_last_update":1e999}`:          other,
		`{"time_of_last_update":"2026-09-21"}`:   other,
		`{"time_of_last_update":true}`:           other,
		`{"time_of_last_update":{"at":1790000}}`: other,
	} {
		if got := Poll(checktest.Ping(10, body)).Stamp; got != want {
			t.Errorf("%s: %+v, want %+v", body, got, want)
		}
	}
	p := checktest.Ping(10, checktest.Body("HealthyBusy", 5))
	p.Lag, p.Took = 500, 250
	want := reaper.Poll{Sent: 10.5, At: 10.75, Outcome: record.Answered, Status: 200, Word: "HealthyBusy", Stamp: number(5)}
	if got := Poll(p); got != want {
		t.Errorf("got %+v", got)
	}
	p.Status = 503
	if got := Poll(p); got.Word != "" || got.Stamp.Kind != reaper.Absent || got.Status != 503 {
		t.Errorf("a bad answer says nothing: %+v", got)
	}
}

// TestCallsOfASeries: an invocation that a health check did not see and the next one counted lay between the two.
func TestCallsOfASeries(t *testing.T) {
	pings := func(f func(p []record.Ping)) Series {
		p := checktest.Pings(10, 3, "{}")
		for i := range p {
			p[i].Took = 100
		}
		f(p)
		return Series{Pings: p}
	}
	slow := pings(func(p []record.Ping) { p[0].Took, p[1].Activity, p[2].Activity = 2500, 1, 1 })
	exact := pings(func(p []record.Ping) { p[1].InFlight = 1 })
	exact.Calls = []*record.Exchange{{At: 1000, Took: 500}}
	none := exact
	none.Calls = []*record.Exchange{}
	for _, tt := range []struct {
		name string
		s    Series
		want []reaper.Call
	}{
		{"nothing", pings(func([]record.Ping) {}), nil},
		{"one between two", pings(func(p []record.Ping) { p[1].Activity, p[2].Activity = 1, 1 }), []reaper.Call{{Start: 10.1, End: 12}}},
		{"one beside one", pings(func(p []record.Ping) { p[1].Activity, p[1].InFlight, p[2].Activity = 1, 1, 1 }),
			[]reaper.Call{{Start: 10.1, End: 12}, {Start: 12, End: 12.1}, {Start: 12, End: 14}}},
		{"one beside the last", pings(func(p []record.Ping) { p[2].Activity, p[2].InFlight = 1, 1 }), []reaper.Call{{Start: 12.1, End: 14}, {Start: 14, End: 14.1}}},
		{"beside an answer that came late", slow, []reaper.Call{{Start: 12, End: 12}}},
		{"known one by one", exact, []reaper.Call{{Start: 1, End: 1.5}}},
		{"known to be none", none, nil},
	} {
		if got := TimeLine(tt.s).Calls; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if l := TimeLine(Series{Name: "x", Pings: checktest.Pings(10, 2, "{}")}); l.Name != "x" || len(l.Polls) != 2 || l.Polls[1].Sent != 12 {
		t.Errorf("got %+v", l)
	}
}

// TestGlances: the close polls beside a job show what the slow ones of the same process missed.
func TestGlances(t *testing.T) {
	set := &record.Set{
		Idle: &record.Idle{}, LongSession: &record.LongSession{}, End: &record.End{},
		Async: &record.Async{Before: checktest.Pings(10, 1, "{}"), Pings: checktest.Pings(12, 2, "{}")},
	}
	count := func() map[string]int {
		out := map[string]int{}
		for _, s := range Polls(set) {
			out[s.Name] = len(TimeLine(s).Glances)
		}
		return out
	}
	want := map[string]int{"idle poll": 3, longSession: 0, "poll beside all other tests": 3, backgroundJob: 0}
	if got := count(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	set.End.Lost = []record.Loss{{}}
	if got := count(); got["idle poll"]+got["poll beside all other tests"] != 0 {
		t.Errorf("on several processes: %v", got)
	}
}

func TestReaperSettings(t *testing.T) {
	for _, tt := range []struct{ idle, lifetime, wantIdle, wantLife float64 }{
		{0, 0, 900, 28_800}, {60_000, 120_000, 60, 120}, {-1, -1, 900, 28_800}, {500, 500, 0.5, 0.5}, {1_209_600_000, 1_209_600_000, 1_209_600, 1_209_600},
		{1_209_600_001, 1e300, 900, 28_800}, {math.NaN(), math.Inf(1), 900, 28_800},
	} {
		got := ReaperSettings(record.Terms{IdleTimeout: record.Millis(tt.idle), MaxLifetime: record.Millis(tt.lifetime)})
		if got.Idle != tt.wantIdle || got.Lifetime != tt.wantLife {
			t.Errorf("%+v: %+v", tt, got)
		}
	}
}

func TestReaped(t *testing.T) {
	steady := checktest.Pings(10, 3, checktest.Body("Healthy", 0))
	set := &record.Set{
		Idle:        &record.Idle{Poll: steady},
		LongSession: &record.LongSession{Polls: steady, Turns: []record.Exchange{{At: 5000, Took: 1000}}},
		End:         &record.End{Polls: steady, Lost: []record.Loss{{Polls: steady}}},
		Async: &record.Async{Before: steady[:1], Pings: steady[1:], Trigger: record.Exchange{At: 1000, Took: 1000},
			During: &record.Exchange{At: 3000, Took: 1000}},
	}
	var got []string
	for _, l := range Reaped(set).Lines {
		got = append(got, l.Name)
	}
	want := []string{"poll beside a long session", "poll beside the background job", "idle poll", "poll beside all other tests", "poll of a process that ended"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if l := Reaped(set).Lines[0]; l.Calls != 1 || l.From != 5 || l.Courses[0].EndsAt != 906 {
		t.Errorf("the long session: %+v", l)
	}
	if job := ReapedJob(set); len(job.Lines) != 1 || job.Lines[0].Calls != 2 || job.Lines[0].Polls != 3 || job.Lines[0].Courses[0].EndsAt != 904 {
		t.Errorf("the job: %+v", job)
	}
	if Reaped(&record.Set{}) != nil || ReapedJob(&record.Set{Idle: set.Idle}) != nil {
		t.Error("nothing was reaped")
	}
	if e := ReaperLines(nil); len(e.Lines) != 1 || !strings.Contains(e.Lines[0], "no health check") {
		t.Errorf("got %+v", e)
	}
	if e := ReaperLines(Reaped(set)); len(e.Lines) != 1 || !strings.HasPrefix(e.Lines[0], "idle (poll beside a long session): ") {
		t.Errorf("got %+v", e)
	}
}
