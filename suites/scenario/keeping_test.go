package scenario

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/all"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// numbered is the nth turn of a session, a second after the one before.
func numbered(n int, x *record.Exchange) record.Exchange {
	x.ID, x.At = fmt.Sprintf("life/longsession/turn#%d", n), record.Millis(n*1000)
	return *x
}

// ids are the numbers of the exchanges that are kept in full.
func ids(kept []record.Aside) (out []int) {
	for _, a := range kept {
		out = append(out, int(a.Call.At/1000))
	}
	return out
}

func TestKeeperKeepsWhatTellsSomething(t *testing.T) {
	k := keeper{bounds: bounds{first: 3, last: 2, failed: 2, odd: 1}}
	special := map[int]*record.Exchange{
		10: checktest.Answer(500, "{}"), 12: checktest.Stream(1, 1, `{"error":"x","error_type":"E"}`), 14: checktest.Answer(500, "{}"),
		20: checktest.Answer(200, `{"large":"`+strings.Repeat("x", 9000)+`"}`), 21: checktest.OK(),
		30: checktest.Typed(200, "application/json", "no json"), 31: checktest.Typed(200, "application/json", "no json either"),
	}
	special[21].Took = 9000
	const turns = 100
	for n := 1; n <= turns; n++ {
		x := special[n]
		if x == nil {
			x = checktest.OK()
		}
		k.add(record.Aside{Call: numbered(n, x)})
	}
	kept := k.kept()
	// The first three, two failures, the largest, the slowest, one that is odd, the last two.
	if got := ids(kept); !slices.Equal(got, []int{1, 2, 3, 10, 12, 20, 21, 30, 99, 100}) {
		t.Errorf("kept %v", got)
	}
	if len(kept)+len(k.brief) != turns {
		t.Errorf("%d in full and %d in brief of %d", len(kept), len(k.brief), turns)
	}
	failures := 0
	for _, b := range k.brief {
		if b.Outcome != record.Answered || b.Status == 0 || b.Took == 0 || b.Bytes == 0 {
			t.Fatalf("brief %+v", b)
		}
		if b.Failed {
			failures++
		}
	}
	if failures != 1 {
		t.Errorf("%d failures in brief, want the third of the session", failures)
	}
	if x := kept[slices.Index(ids(kept), 20)].Call; len(x.Response.Body) != manyBody || x.Response.BodySize < 9000 {
		t.Errorf("%d bytes of the largest are kept, %d told", len(x.Response.Body), x.Response.BodySize)
	}
}

// TestSlimStreamsKeepTheirErrors wherever they stand (SSE-07).
func TestSlimStreamsKeepTheirErrors(t *testing.T) {
	for _, at := range []int{-1, 3, manyEvents, 40, 99} {
		data := make([]string, 100)
		for i := range data {
			data[i] = fmt.Sprintf(`"%d"`, i)
		}
		if at >= 0 {
			data[at] = `{"error":"x","error_type":"E"}`
		}
		x := checktest.Stream(1, 1, data...)
		slim(x)
		if reading.Success(x) != (at < 0) || len(x.Events.Events) != manyEvents || len(x.Events.Tail) != record.MaxTail || x.Events.Count != 100 {
			t.Errorf("error at %d: success %v, %d events and %d of the end", at, reading.Success(x), len(x.Events.Events), len(x.Events.Tail))
		}
		if last := x.Events.Tail[record.MaxTail-1].Data; at != 99 && last != `"99"` {
			t.Errorf("error at %d: the last event is %s", at, last)
		}
	}
	short := checktest.Stream(1, 1, `"a"`, `"b"`)
	slim(short)
	if len(short.Events.Events) != 2 || len(short.Events.Tail) != 0 {
		t.Errorf("a short stream: %+v", short.Events)
	}
}

// polled is a series of health checks with that body at each.
func polled(n int, body func(i int) string) []record.Ping {
	out := make([]record.Ping, n)
	for i := range out {
		out[i] = checktest.Ping(float64(2*i), body(i))
		out[i].Type, out[i].Took, out[i].Lag = "application/json", 3.14159, 0.01
	}
	return out
}

// TestThinnedPollsAreJudgedAsAll: what is left out changes no verdict.
func TestThinnedPollsAreJudgedAsAll(t *testing.T) {
	const n = 3000
	long := strings.Repeat("x", 300)
	steady := polled(n, func(int) string { return checktest.Body("Healthy", 1_790_000_000) })
	sick, deaf := slices.Clone(steady), slices.Clone(steady)
	sick[1500].Status, sick[1500].Body = 503, "down"
	deaf[1500].Outcome, deaf[1500].Status, deaf[1500].Body, deaf[1500].Took = record.TimedOut, 0, "", 10_000
	for name, polls := range map[string][]record.Ping{
		"steady": steady, "a bad one": sick, "a lost one": deaf,
		"restamped": polled(n, func(i int) string { return checktest.Body("Healthy", 1_790_000_000+2*i) }),
		"busy at times": polled(n, func(i int) string {
			return checktest.Body([]string{"Healthy", "HealthyBusy"}[i/100%2], 1_790_000_000+i/100*200)
		}),
		"chatty":         polled(n, func(i int) string { return fmt.Sprintf(`{"status":"Healthy","uptime":%d,"note":%q}`, i, long) }),
		"stamp in words": polled(n, func(i int) string { return fmt.Sprintf(`{"status":"Healthy","time_of_last_update":"%d"}`, i) }),
		"no object":      polled(n, func(i int) string { return fmt.Sprint(`"Healthy `, i, `"`) }),
	} {
		t.Run(name, func(t *testing.T) {
			few := thinned(polls)
			outcomes := func(p []record.Ping) (out []string) {
				set := &record.Set{Schema: record.Schema, Idle: &record.Idle{}, LongSession: &record.LongSession{Polls: p, Before: checktest.Alive(), After: checktest.Alive()}}
				set.Idle.Burst = checktest.Pings(1, 12, checktest.Body("Healthy", 1_790_000_000))
				for _, id := range []string{"PING-03", "PING-05", "PING-06", "PING-07", "PING-09", "PING-11", "PING-14"} {
					for _, f := range all.All().Rule(checks.Contract(), id, set) {
						out = append(out, fmt.Sprint(f.ID, " ", f.Outcome, " ", f.Reason, " ", f.Actual))
					}
				}
				return out
			}
			if got, want := outcomes(few), outcomes(polls); !slices.Equal(got, want) {
				t.Errorf("judged as %q, in full %q", got, want)
			}
			bytes := 0
			for i := range few {
				bytes += len(few[i].Body)
			}
			if most := 2*edgePolls*400 + changedPolls*400 + n*mostShort/2; bytes > most {
				t.Errorf("%d bytes of bodies", bytes)
			}
		})
	}
	if few := steady[:manyPolls]; !reflect.DeepEqual(thinned(few), few) {
		t.Error("a short series is kept as it is")
	}
}

// TestEightHoursFitIntoAReport: a poll every two seconds, a turn nearly every second, a sample every ten.
func TestEightHoursFitIntoAReport(t *testing.T) {
	const planned = 8 * time.Hour
	c := &conversation{Stage: &Stage{}, out: &record.LongSession{Planned: millis(planned), Lasted: millis(planned)}, kept: map[record.AsideKind]*keeper{}}
	put := func(a record.Aside) {
		if c.kept[a.Kind] == nil {
			c.kept[a.Kind] = &keeper{bounds: boundsOf(a.Kind)}
		}
		c.kept[a.Kind].add(a)
	}
	n := 0
	call := func() record.Exchange {
		n++
		x := checktest.Stream(100, 10, slices.Repeat([]string{`{"event":{"contentBlockDelta":{"delta":{"text":"word "}}}}`}, 30)...)
		x.Took = 1234.56789
		for i := range 12 {
			x.Request.Header = append(x.Request.Header, record.Field{Name: fmt.Sprint("x-amzn-field-", i), Value: strings.Repeat("v", 40)})
		}
		out := numbered(n, x)
		out.Request.Body = `{"prompt":"Please repeat this word in your answer"}`
		return out
	}
	pace := paceOf(planned)
	for _, p := range pace.draw(planned) {
		if p.aside != "" {
			put(record.Aside{Kind: p.aside, Call: call()})
		}
		for range p.turns {
			if put(record.Aside{Call: call()}); p.aside == record.AsideSession {
				put(record.Aside{Kind: p.aside, Call: call()})
			}
		}
	}
	c.keep()
	for i := range 3000 {
		c.out.Samples = append(c.out.Samples, record.Sample{At: millis(time.Duration(i) * 9600 * time.Millisecond), Memory: 123_456_789, CPU: 1234567.8, PIDs: 12, Processes: &i, Threads: &i, Descriptors: &i, Sockets: &i})
	}
	for stamp, most := range map[int]int{0: 8_000_000, 1: 9_000_000} { // a good agent, and one that stamps at each poll
		c.out.Polls = thinned(polled(int(planned/PollEvery), func(i int) string { return checktest.Body("Healthy", 1_790_000_000+i*stamp) }))
		for i := range c.out.Polls {
			c.out.Polls[i].Activity = i
		}
		var b bytes.Buffer
		if err := reports.WriteJSON(&b, reports.Assemble(reports.Input{ID: "x", Records: &record.Set{LongSession: c.out}})); err != nil {
			t.Fatal(err)
		}
		if b.Len() > most {
			t.Errorf("%d turns and %d asides in full, %d in brief: %d bytes of %d", len(c.out.Turns), len(c.out.Beside), len(c.out.Brief), b.Len(), most)
		}
	}
	if got := len(reading.SessionTurns(c.out)); got < 10_000 {
		t.Errorf("%d turns of the session are told", got)
	}
}
