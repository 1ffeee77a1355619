package timeline

import (
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestReadPrefersTheLongSession(t *testing.T) {
	set := session(30_000, ordinary)
	set.End = interrupted().End
	if l := Read(set, About{}); !l.Session || len(l.Turns) != len(set.LongSession.Turns) || len(l.Checks) != len(set.LongSession.Polls) {
		t.Errorf("session %v, %d turns, %d checks", l.Session, len(l.Turns), len(l.Checks))
	}
	set.LongSession = &record.LongSession{} // the container never became ready a second time
	if l := Read(set, About{}); l.Session || len(l.Checks) != 6 {
		t.Errorf("session %v, %d checks; want those of the main container", l.Session, len(l.Checks))
	}
}

func TestNothingToShowSaysWhy(t *testing.T) {
	for want, set := range map[string]*record.Set{
		"no records":               nil,
		"no container was watched": {},
		"no room.":                 {Gaps: []record.Gap{{Kind: record.KindEnd, Text: "no room."}}},
		"never became ready: it listens elsewhere": {Boot: &record.Boot{Detail: "it listens elsewhere"}},
		"only PING was asked for":                  {Gaps: []record.Gap{{Kind: record.KindLongSession, Why: record.GapScope, Text: "only PING was asked for"}}},
	} {
		l := Read(set, About{})
		if !l.empty() || !strings.Contains(l.gist(), want) || l.Plot(PlotOptions{}) != nil {
			t.Errorf("%q does not say %q", l.gist(), want)
		}
	}
}

// The main container's processes stand one after the other, as the wall clock says; offsets begin anew with each.
func TestProcessesFollowOneAnother(t *testing.T) {
	l := Read(interrupted(), About{})
	var at []record.Millis
	for _, c := range l.Checks {
		at = append(at, c.At)
	}
	if want := []record.Millis{50, 2050, 4050, 9050, 11_050, 13_050}; !near(at, want) {
		t.Errorf("health checks at %v, want %v", at, want)
	}
	if len(l.Series) == 0 || len(l.Series[0].Parts) != 2 || l.Series[0].Parts[1][0].At-9060 > 1 {
		t.Errorf("memory %+v", l.Series)
	}
	if want := "the process exited with code 137, killed for lack of memory (seen after: malformed requests)"; len(l.Marks) != 1 ||
		l.Marks[0].Text != want || l.Marks[0].At != 6000 {
		t.Errorf("marks %+v", l.Marks)
	}
}

func near(got, want []record.Millis) bool {
	return slices.EqualFunc(got, want, func(a, b record.Millis) bool { return max(a-b, b-a) < 1 })
}

func TestSamplesOfUnknownProcessesAreLeftOut(t *testing.T) {
	set := interrupted()
	set.End.Samples = append(set.End.Samples, record.Sample{At: 1, Memory: 1})
	l := Read(set, About{})
	if len(l.Series) != 0 || len(l.Notes) != 1 || !strings.Contains(l.Notes[0], "left out") {
		t.Errorf("series %+v, notes %q", l.Series, l.Notes)
	}
	set.End.Samples = nil // an attached server shows none, and nobody needs to be told
	if l := Read(set, About{}); len(l.Notes) != 0 {
		t.Errorf("notes %q", l.Notes)
	}
}

func TestEndOfASession(t *testing.T) {
	set := session(30_000, ordinary)
	set.LongSession.After = record.State{ExitCode: 137, StartedAt: "a", At: 30_500}
	set.LongSession.Turns[3].Outcome = record.TimedOut
	set.LongSession.Turns[4].Response = &record.Response{Status: 500}
	l := Read(set, About{})
	if len(l.Marks) != 1 || l.Marks[0].Text != "the process exited with code 137" {
		t.Errorf("marks %+v", l.Marks)
	}
	if a, b := l.Turns[3].Failed, l.Turns[4].Failed; a != "no answer in time" || b != "answered with 500" || l.failures() != 2 {
		t.Errorf("failed: %q, %q", a, b)
	}
	for _, part := range []string{"2 failed (no answer in time, answered with 500)", "exited with code 137", "all Healthy", "memory 96.2 to"} {
		if !strings.Contains(l.gist(), part) {
			t.Errorf("%q does not say %q", l.gist(), part)
		}
	}
}

func TestStatus(t *testing.T) {
	answered := func(status int, body string) record.Ping {
		return record.Ping{Outcome: record.Answered, Status: status, Body: body}
	}
	for name, tt := range map[string]struct {
		ping record.Ping
		want Status
		says string
	}{
		"healthy":    {answered(200, `{"status":"Healthy"}`), Healthy, ""},
		"busy":       {answered(200, `{"status":"HealthyBusy"}`), HealthyBusy, ""},
		"other word": {answered(200, `{"status":"Sick"}`), Other, `"Sick"`},
		"long word":  {answered(200, `{"status":"`+strings.Repeat("S", 40)+`"}`), Other, `"` + strings.Repeat("S", 23) + `…"`},
		"no word":    {answered(200, "ok"), Other, "no status"},
		"503":        {answered(503, `{"status":"Healthy"}`), Other, "503"},
		"cut":        {record.Ping{Outcome: record.Truncated, Status: 200}, Other, "truncated"},
		"refused":    {record.Ping{Outcome: record.Refused}, NoAnswer, "refused"},
		"late":       {record.Ping{Outcome: record.TimedOut}, NoAnswer, "timeout"},
		"half":       {record.Ping{Outcome: record.TimedOut, Status: 200}, NoAnswer, "timeout"},
	} {
		if got, says := statusOf(tt.ping); got != tt.want || says != tt.says {
			t.Errorf("%s: %v %q, want %v %q", name, got, says, tt.want, tt.says)
		}
	}
	unsent := life{polls: []record.Ping{{Outcome: record.Unsent}, {Outcome: record.Abandoned}}}
	if got := checksOf(unsent); len(got) != 0 {
		t.Errorf("what the harness did not send counts: %+v", got)
	}
}

// A health check speaks until the next; where nobody asked for long, nothing is known.
func TestRuns(t *testing.T) {
	l := &Line{From: 0, To: 100_000}
	for _, at := range []record.Millis{0, 2000, 4000, 6000, 60_000, 62_000} {
		l.Checks = append(l.Checks, Check{At: at})
	}
	l.Checks[2].Status = Other
	want := []run{{0, 4000, Healthy}, {4000, 6000, Other}, {6000, 8000, Healthy}, {60_000, 64_000, Healthy}}
	if got := l.runs(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	l.Marks = []Mark{{At: 5000}, {At: 61_000}}
	want = []run{{0, 4000, Healthy}, {4000, 5000, Other}, {6000, 8000, Healthy}, {60_000, 61_000, Healthy}, {62_000, 64_000, Healthy}}
	if got := l.runs(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	status, known := l.worst(10)
	if !slices.Equal(known, []bool{true, false, false, false, false, false, true, false, false, false}) || status[0] != Other {
		t.Errorf("%v %v", status, known)
	}
}

// later is what record.Sample may become: every number in it is drawn without further work.
type later struct {
	At           record.Millis
	Memory       int64
	CPU          record.Millis
	PIDs         int
	Descriptors  int
	OpenSockets  uint32
	WrittenBytes int64
	Wait         record.Millis
	Idle         float64
	Name         string
	Unseen       int
	Sockets      *int
	Gone         *int64
}

func TestEveryNumberOfASampleIsASeries(t *testing.T) {
	none := 0
	got := seriesOf([]part[later]{{1000, []later{
		{At: 0, Memory: 1, CPU: 100, PIDs: 2, Descriptors: 3, OpenSockets: 4, WrittenBytes: 5, Wait: 6, Idle: 0.5, Name: "x"},
		{At: 2000, Memory: 0, CPU: 600, PIDs: 2, Descriptors: 0, OpenSockets: 4, WrittenBytes: 5, Wait: 6, Idle: -1, Sockets: &none},
	}}})
	var keys []string
	for _, s := range got {
		keys = append(keys, s.Key+"/"+s.Title)
	}
	if want := []string{"Memory/Memory", "CPU/CPU", "PIDs/Processes and threads", "Descriptors/Open descriptors", "OpenSockets/Open sockets",
		"WrittenBytes/Written", "Wait/Wait", "Idle/Idle", "Sockets/Sockets"}; !slices.Equal(keys, want) {
		t.Fatalf("%q, want %q", keys, want)
	}
	for i, want := range map[int][]Point{0: {{1000, 1}}, 1: {{3000, 25}}, 3: {{1000, 3}, {3000, 0}}, 7: {{1000, 0.5}}, 8: {{3000, 0}}} {
		if !slices.Equal(got[i].Parts[0], want) {
			t.Errorf("%s: %v, want %v", got[i].Title, got[i].Parts[0], want)
		}
	}
	if got[5].Unit != Bytes || got[6].Unit != Duration || got[3].Unit != Count {
		t.Errorf("units of %+v", got)
	}
}

func TestWhatNoRunCanHaveSeenIsLeftOut(t *testing.T) {
	set := session(30_000, ordinary)
	l := set.LongSession
	l.Polls[0].At, l.Turns[0].At, l.Samples[0].At = -5, 1e300, -1e300
	l.Polls[1].Took, l.Turns[1].Took, l.Samples[1].Memory = 1e300, -1, -7
	got := Read(set, About{})
	if len(got.Checks) != len(l.Polls)-2 || len(got.Turns) != len(l.Turns)-2 || len(got.Series[0].Parts[0]) != len(l.Samples)-2 {
		t.Errorf("%d of %d checks, %d of %d turns, %d of %d samples", len(got.Checks), len(l.Polls), len(got.Turns), len(l.Turns),
			len(got.Series[0].Parts[0]), len(l.Samples))
	}
	if got.From < 0 || got.To > 40_000 {
		t.Errorf("from %v to %v", got.From, got.To)
	}
}
