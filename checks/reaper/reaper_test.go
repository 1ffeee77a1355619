package reaper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var usual = Settings{Idle: DefaultIdle, Lifetime: DefaultLifetime}

// clock is the container's at its start: no time of this machine's.
const clock = 1_790_000_000

// poll is a good health check that was answered at once.
func poll(at float64, word string, s Stamp) Poll {
	return Poll{Sent: at, At: at, Outcome: record.Answered, Status: 200, Word: word, Stamp: s}
}

// polls are health checks every two seconds, from the first time to before the last.
func polls(from, until float64, word string, stamp func(at float64) Stamp) []Poll {
	var out []Poll
	for at := from; at < until; at += 2 {
		out = append(out, poll(at, word, stamp(at)))
	}
	return out
}

// The ways in which stamps are written.
func constant(at float64) func(float64) Stamp {
	return func(float64) Stamp { return Stamped(clock + at) }
}
func now(at float64) Stamp { return Stamped(clock + math.Floor(at)) }
func none(float64) Stamp   { return Stamp{} }
func text(float64) Stamp   { return Stamp{Kind: Other} }

func line(calls []Call, parts ...[]Poll) *TimeLine {
	return &TimeLine{Name: "test", Polls: slices.Concat(parts...), Calls: calls}
}

// kinds are the events of a course; those beyond the record have a question mark.
func kinds(c *Course) string {
	var out []string
	for _, e := range c.Events {
		k := string(e.Kind)
		if e.Predicted {
			k += "?"
		}
		out = append(out, k)
	}
	return strings.Join(out, " ")
}

type expectation struct {
	class  Class
	endsAt float64
	events string
	// insteadOf is only looked at where it is not 0, and says only where it is not empty.
	insteadOf float64
	says      string
}

func (e expectation) hold(t *testing.T, l *TimeLine, s Settings, r Reading) {
	t.Helper()
	c, ok := Simulate(l, s, r)
	if !ok {
		t.Fatal("nothing was played")
	}
	if c.Class != e.class || c.EndsAt != e.endsAt {
		t.Errorf("%s: %s until %v, want %s until %v: %s", r, c.Class, c.EndsAt, e.class, e.endsAt, c.Because)
	}
	if got := kinds(&c); got != e.events {
		t.Errorf("%s: events\n%s\nwant\n%s", r, got, e.events)
	}
	if e.insteadOf != 0 && c.InsteadOf != e.insteadOf {
		t.Errorf("%s: in place of %v, want %v", r, c.InsteadOf, e.insteadOf)
	}
	if !strings.Contains(c.Because, e.says) {
		t.Errorf("%s: it says %q, want %q in it", r, c.Because, e.says)
	}
}

// TestDocumentedCases plays what the platform's pages, its SDKs and measurements describe. Each session begins with a call
// from 0 to 10 s.
func TestDocumentedCases(t *testing.T) {
	first := []Call{{0, 10}}
	idled := expectation{class: Idle, endsAt: 910, events: "active idle stopped-idle?", says: "stopped as idle at 15 min 10 s, after 15 min without a call"}
	restartedOnce := func(at float64) expectation {
		return expectation{class: Idle, endsAt: at + 900, events: "active idle-clock-restarted idle stopped-idle?"}
	}
	never := func(events string) expectation {
		return expectation{class: NeverIdle, endsAt: 28_800, insteadOf: 910, events: events, says: "8 h in place of 15 min 10 s"}
	}
	working := func(endsAt float64) expectation {
		return expectation{class: BusyWhileWorking, endsAt: endsAt, events: "active idle kept-alive idle stopped-idle?",
			says: " without a call; stopped as idle at " + Span(endsAt)}
	}
	keptFor := func(seconds float64) expectation {
		out := working(20 + seconds + 900)
		out.says = "kept alive by HealthyBusy for " + Span(seconds) + " without a call; stopped as idle at"
		return out
	}
	killed := expectation{class: KilledWhileBusy, endsAt: 910, events: "active idle busy-ignored killed-busy",
		says: "work that outlives its call by 15 min is killed, here at 15 min 10 s"}
	for _, tt := range []struct {
		name string
		line *TimeLine
		want expectation
		// measured is what the other reading makes of it, where that is something else.
		measured *expectation
	}{
		{name: "constant stamp", line: line(first, polls(1, 60, "Healthy", constant(-5))), want: idled},
		{name: "no stamp", line: line(first, polls(1, 60, "Healthy", none)), want: idled},
		{name: "stamped at each poll", line: line(first, polls(1, 60, "Healthy", now)), want: never("active idle-clock-restarted max-lifetime?")},
		{name: "stamped at the first poll only, as the Python SDK does",
			line: line(first, polls(11, 13, "Healthy", constant(0)), polls(13, 60, "Healthy", constant(11))), want: restartedOnce(13)},
		{name: "stamped by a timer each ten seconds",
			line: line(first, polls(1, 60, "Healthy", func(at float64) Stamp { return now(math.Floor(at/10) * 10) })), want: never("active idle-clock-restarted idle max-lifetime?")},
		{name: "a single change between two polls", line: line(first, polls(1, 31, "Healthy", constant(0)), polls(31, 60, "Healthy", constant(30))), want: restartedOnce(31)},
		{name: "moves seldom", line: line(first, polls(1, 201, "Healthy", constant(0)), polls(201, 401, "Healthy", constant(200)), polls(401, 500, "Healthy", constant(400))),
			want: restartedOnce(401)},
		{name: "stamped with each call", line: line([]Call{{0, 10}, {20, 30}, {40, 50}}, polls(1, 21, "Healthy", constant(0)), polls(21, 41, "Healthy", constant(20)),
			polls(41, 60, "Healthy", constant(40))), want: expectation{class: Idle, endsAt: 950, events: "active idle active idle active idle stopped-idle?"}},
		{name: "busy for a while, stamped at each change", want: working(200 + 900),
			line: line(first, polls(12, 20, "Healthy", constant(0)), polls(20, 200, "HealthyBusy", constant(19)), polls(200, 220, "Healthy", constant(199)))},
		{name: "busy with an unchanging stamp for longer than the timeout", want: keptFor(1480),
			line: line(first, polls(12, 20, "Healthy", constant(0)), polls(20, 1500, "HealthyBusy", constant(19)), polls(1500, 1520, "Healthy", constant(1499)))},
		{name: "busy, stamped at each poll, and steady again after", want: working(1500 + 900),
			line: line(first, polls(12, 20, "Healthy", constant(0)), polls(20, 1500, "HealthyBusy", now), polls(1500, 1520, "Healthy", constant(1499)))},
		{name: "a stamp that stays when the work ends counts from the call", line: line(first, polls(12, 20, "Healthy", constant(0)),
			polls(20, 1500, "HealthyBusy", constant(0)), polls(1500, 1520, "Healthy", constant(0))),
			want: expectation{class: BusyWhileWorking, endsAt: 1500, events: "active idle kept-alive stopped-idle"}},
		{name: "busy without a stamp for longer than the timeout", line: line(first, polls(12, 20, "Healthy", none), polls(20, 1500, "HealthyBusy", none), polls(1500, 1520, "Healthy", none)),
			want: working(1500 + 900), measured: &killed},
		{name: "busy without a stamp for a moment", line: line(first, polls(12, 20, "Healthy", none), polls(20, 30, "HealthyBusy", none), polls(30, 40, "Healthy", none)),
			want: working(30 + 900), measured: &expectation{class: KilledWhileBusy, endsAt: 910, events: "active idle busy-ignored idle stopped-idle?"}},
		{name: "busy without a stamp beside a call only", line: line(first, polls(1, 10, "HealthyBusy", none), polls(12, 40, "Healthy", none)),
			want: expectation{class: Idle, endsAt: 912, events: "active idle stopped-idle?"}, measured: &idled},
		{name: "busy without a stamp, the stamp again after", line: line(first, polls(12, 20, "Healthy", constant(0)), polls(20, 30, "HealthyBusy", none), polls(30, 40, "Healthy", constant(29))),
			want: working(30 + 900), measured: &expectation{class: KilledWhileBusy, endsAt: 930, events: "active idle busy-ignored idle stopped-idle?"}},
		{name: "busy with a text for a stamp: ignored in every reading", line: line(first, polls(12, 1500, "HealthyBusy", text)), want: killed},
		{name: "busy for ever", line: line(first, polls(12, 60, "HealthyBusy", constant(11))), want: never("active idle kept-alive max-lifetime?")},
		{name: "busy for ever without a stamp", line: line(first, polls(12, 60, "HealthyBusy", none)), want: never("active idle kept-alive max-lifetime?"),
			measured: &expectation{class: KilledWhileBusy, endsAt: 910, events: "active idle busy-ignored killed-busy?"}},
		{name: "busy after a while, and for more than half a minute", line: line(first, polls(12, 20, "Healthy", constant(0)), polls(20, 54, "HealthyBusy", constant(20))),
			want: never("active idle kept-alive max-lifetime?")},
		{name: "still at work at the end", line: line(first, polls(12, 20, "Healthy", constant(0)), polls(20, 52, "HealthyBusy", constant(20))),
			want: expectation{class: BusyWhileWorking, endsAt: 950, events: "active idle kept-alive stopped-idle?", says: "still kept alive by HealthyBusy at the end of the record"}},
		{name: "milliseconds that stay", line: line(first, polls(1, 60, "Healthy", func(float64) Stamp { return Stamped(clock * 1000) })), want: idled},
		{name: "texts that change with each poll are not read", line: line(first, polls(1, 60, "Healthy", text)), want: idled},
		{name: "in the future", line: line(first, polls(1, 60, "Healthy", constant(1e6))), want: idled},
		{name: "from before the start", line: line(first, polls(1, 60, "Healthy", constant(-1e6))), want: idled},
		{name: "negative", line: line(first, polls(1, 60, "Healthy", func(float64) Stamp { return Stamped(-1) })), want: idled},
		{name: "zero", line: line(first, polls(1, 60, "Healthy", func(float64) Stamp { return Stamped(0) })), want: idled},
		{name: "a float that stays", line: line(first, polls(1, 60, "Healthy", constant(0.25))), want: idled},
		{name: "floats, now", line: line(first, polls(1, 60, "Healthy", func(at float64) Stamp { return Stamped(clock + at + 0.25) })), want: never("active idle-clock-restarted max-lifetime?")},
		{name: "now by a clock that is an hour behind", line: line(first, polls(1, 60, "Healthy", func(at float64) Stamp { return now(at - 3600) })), want: never("active idle-clock-restarted max-lifetime?")},
		{name: "backwards at each poll", line: line(first, polls(1, 60, "Healthy", func(at float64) Stamp { return now(-at) })), want: never("active idle-clock-restarted max-lifetime?")},
		{name: "lower case is not busy", line: line(first, polls(1, 60, "healthybusy", constant(0))), want: idled},
		{name: "not JSON", line: line(first, polls(1, 60, "", none)), want: idled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.hold(t, tt.line, usual, Documented)
			other := tt.want
			if tt.measured != nil {
				other = *tt.measured
			}
			other.hold(t, tt.line, usual, Measured)
		})
	}
}

// with changes one poll of a time line.
func with(l *TimeLine, i int, f func(*Poll)) *TimeLine {
	f(&l.Polls[i])
	return l
}

func ended(o record.Outcome) func(*Poll) {
	return func(p *Poll) { *p = Poll{Sent: p.Sent, At: p.At, Outcome: o} }
}

func status(code int) func(*Poll) {
	return func(p *Poll) { p.Status, p.Word, p.Stamp = code, "", Stamp{} }
}

func says(word string) func(*Poll) { return func(p *Poll) { p.Word = word } }

func TestUnhealthyAnswers(t *testing.T) {
	steady := func() *TimeLine { return line([]Call{{0, 10}}, polls(11, 31, "Healthy", constant(0))) }
	replaced := expectation{class: Idle, endsAt: 21 + 900, events: "active idle unhealthy idle stopped-idle?", says: "after 15 min without a call"}
	last := expectation{class: Replaced, endsAt: 29, events: "active idle unhealthy", says: "ended as unhealthy at 29 s and replaced"}
	through := expectation{class: Idle, endsAt: 910, events: "active idle stopped-idle?"}
	for _, tt := range []struct {
		name string
		line *TimeLine
		want expectation
	}{
		{"503 in between", with(steady(), 4, status(503)), replaced},
		{"Unhealthy in a 200", with(steady(), 4, says("UNHEALTHY")), replaced},
		{"DOWN in a 200", with(steady(), 4, says("down")), replaced},
		{"refused", with(steady(), 4, ended(record.Refused)), replaced},
		{"reset", with(steady(), 4, ended(record.Reset)), replaced},
		{"no HTTP", with(steady(), 4, ended(record.Garbled)), replaced},
		{"broken off", with(steady(), 4, ended(record.Truncated)), replaced},
		{"two in a row are one end", with(with(steady(), 3, status(503)), 4, status(500)), replaced},
		{"no end of an answer in time", with(steady(), 4, func(p *Poll) { p.Outcome, p.Word, p.Stamp = record.TimedOut, HealthyBusy, Stamped(7) }), through},
		{"no answer in time", with(steady(), 4, ended(record.TimedOut)), through},
		{"left by the harness", with(steady(), 4, ended(record.Abandoned)), through},
		{"not sent", with(steady(), 4, ended(record.Unsent)), through},
		{"at the end", with(steady(), 9, status(503)), last},
		{"busy before, gone at the end", line([]Call{{0, 10}}, polls(11, 13, "HealthyBusy", constant(0)), []Poll{{Sent: 29, At: 29, Outcome: record.Refused}}),
			expectation{class: BusyWhileWorking, endsAt: 29, events: "active idle kept-alive unhealthy"}},
		{"a call after it begins another session", line([]Call{{0, 10}, {40, 50}}, polls(11, 31, "Healthy", constant(0)), []Poll{{Sent: 33, At: 33, Outcome: record.Refused}}),
			expectation{class: Idle, endsAt: 950, events: "active idle unhealthy active stopped-idle?"}},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.want.hold(t, tt.line, usual, Documented) })
	}
	c, _ := Simulate(with(with(steady(), 3, status(503)), 4, status(500)), usual, Documented)
	if e := c.Events[2]; e.From != 17 || e.To != 19 || e.Count != 2 || !strings.HasPrefix(e.Text, "2 failed health checks") {
		t.Errorf("got %+v", e)
	}
}

func TestCallsAndGaps(t *testing.T) {
	quiet := func(from, until float64) []Poll { return polls(from, until, "Healthy", constant(0)) }
	short := Settings{Idle: 60, Lifetime: 600}
	byATimer := func(at float64) Stamp { return now(math.Floor(at/25) * 25) }
	for _, tt := range []struct {
		name     string
		line     *TimeLine
		settings Settings
		want     expectation
	}{
		{"calls alone", line([]Call{{0, 10}}), usual, expectation{class: Idle, endsAt: 910, events: "active stopped-idle?"}},
		{"polls alone", line(nil, quiet(5, 9)), usual, expectation{class: Idle, endsAt: 905, events: "idle stopped-idle?"}},
		{"a single poll", line(nil, quiet(5, 6)), usual, expectation{class: Idle, endsAt: 905, events: "stopped-idle?"}},
		{"a single busy poll is no stretch", line(nil, polls(5, 6, "HealthyBusy", constant(0))), usual,
			expectation{class: BusyWhileWorking, endsAt: 905, events: "stopped-idle?"}},
		{"a long breath", line([]Call{{0, 10}, {19.5, 20}}), usual, expectation{class: Idle, endsAt: 920, events: "active stopped-idle?"}},
		{"a breath of work is told", line([]Call{{0, 10}, {15, 20}, {22, 24}}, []Poll{poll(11, HealthyBusy, Stamped(1)), poll(25, "Healthy", Stamped(25))}), usual,
			expectation{class: BusyWhileWorking, endsAt: 925, events: "active idle kept-alive active kept-alive active kept-alive stopped-idle?"}},
		{"a breath after work is told", line([]Call{{0, 10}, {15, 20}}, []Poll{poll(11, HealthyBusy, Stamped(1)), poll(12, "Healthy", Stamped(12))}), usual,
			expectation{class: BusyWhileWorking, endsAt: 920, events: "active idle kept-alive idle active stopped-idle?"}},
		{"two answers at once, and nothing before", line(nil, []Poll{poll(5, "Healthy", Stamped(1)), poll(5, "Healthy", Stamped(2)), poll(7, "Healthy", Stamped(2))}), usual,
			expectation{class: Idle, endsAt: 905, events: "idle stopped-idle?"}},
		{"two answers at once, right after a call", line([]Call{{0, 10}}, []Poll{poll(10, "Healthy", Stamped(1)), poll(10, "Healthy", Stamped(2)), poll(12, "Healthy", Stamped(2))}), usual,
			expectation{class: Idle, endsAt: 910, events: "active idle stopped-idle?"}},
		{"overlapping calls are one", line([]Call{{5, 20}, {0, 10}, {20, 30}}), usual, expectation{class: Idle, endsAt: 930, events: "active stopped-idle?"}},
		{"a breath between calls is not told", line([]Call{{0, 10}, {15, 20}}), usual, expectation{class: Idle, endsAt: 920, events: "active stopped-idle?"}},
		{"ten seconds are", line([]Call{{0, 10}, {20, 30}}), usual, expectation{class: Idle, endsAt: 930, events: "active idle active stopped-idle?"}},
		{"a call that ends before it begins", line([]Call{{10, 0}}), usual, expectation{class: Idle, endsAt: 910, events: "active stopped-idle?"}},
		{"a gap in the polls shorter than the timeout", line([]Call{{0, 10}}, quiet(11, 20), quiet(60, 65)), short, expectation{class: Idle, endsAt: 70, events: "active idle stopped-idle?"}},
		{"a longer one", line([]Call{{0, 10}}, quiet(11, 20), quiet(90, 95)), short, expectation{class: Idle, endsAt: 70, events: "active idle stopped-idle"}},
		{"a poll at the very end of the timeout is too late", line([]Call{{0, 10}}, []Poll{poll(70, "HealthyBusy", Stamped(1))}), short,
			expectation{class: Idle, endsAt: 70, events: "active idle stopped-idle"}},
		{"just before", line([]Call{{0, 10}}, []Poll{poll(69, "HealthyBusy", Stamped(1))}), short,
			expectation{class: BusyWhileWorking, endsAt: 129, events: "active idle stopped-idle?"}},
		{"busy over a gap", line([]Call{{0, 10}}, polls(11, 13, "HealthyBusy", constant(0)), polls(200, 204, "Healthy", constant(199))), short,
			expectation{class: BusyWhileWorking, endsAt: 260, events: "active idle kept-alive idle stopped-idle?"}},
		{"a call after the end begins another session", line([]Call{{0, 10}, {100, 110}}, quiet(11, 120)), short,
			expectation{class: Idle, endsAt: 170, events: "active idle stopped-idle active idle stopped-idle?"}},
		{"a call longer than the lifetime", line([]Call{{0, 700}}), short, expectation{class: Idle, endsAt: 600, events: "active max-lifetime", says: "ended at its maximum lifetime of 10 min"}},
		{"busy until the end of its life", line(nil, polls(0, 700, "HealthyBusy", constant(0))), short,
			expectation{class: NeverIdle, endsAt: 600, insteadOf: 60, events: "kept-alive max-lifetime"}},
		{"working until the end of its life", line([]Call{{560, 570}}, polls(0, 560, HealthyBusy, constant(0)), polls(580, 590, "Healthy", constant(579)), polls(590, 604, HealthyBusy, constant(590))), short,
			expectation{class: BusyWhileWorking, endsAt: 600, events: "kept-alive active kept-alive idle kept-alive max-lifetime", says: "without a call; ended at its maximum lifetime of 10 min"}},
		{"at work when its life ends", line(nil, polls(0, 590, "Healthy", func(at float64) Stamp { return now(math.Floor(at/50) * 50) }), polls(590, 660, HealthyBusy, constant(590))), Settings{Idle: 100, Lifetime: 600},
			expectation{class: BusyWhileWorking, endsAt: 600, events: "idle-clock-restarted idle kept-alive max-lifetime"}},
		{"stamped by a timer until the end of its life", line(nil, polls(0, 700, "Healthy", func(at float64) Stamp { return now(math.Floor(at/50) * 50) })), short,
			expectation{class: NeverIdle, endsAt: 600, insteadOf: 60, events: "idle-clock-restarted idle max-lifetime", says: "(11 times in 10 min)"}},
		{"one move is no habit, however long it lasts", line(nil, polls(0, 101, "Healthy", func(at float64) Stamp { return now(min(math.Floor(at/50)*50, 50)) })), short,
			expectation{class: Idle, endsAt: 110, events: "idle-clock-restarted idle stopped-idle?"}},
		{"two moves within the timeout are none either", line(nil, polls(0, 61, "Healthy", func(at float64) Stamp { return now(math.Floor(at/25) * 25) })), short,
			expectation{class: Idle, endsAt: 110, events: "idle-clock-restarted idle stopped-idle?"}},
		{"two moves that keep it for longer are", line(nil, polls(0, 63, "Healthy", func(at float64) Stamp { return now(math.Floor(at/25) * 25) })), short,
			expectation{class: NeverIdle, endsAt: 600, events: "idle-clock-restarted idle max-lifetime?", says: "(2 times in 62 s)"}},
		{"a habit that ended", line(nil, polls(0, 200, "Healthy", now), polls(200, 300, "Healthy", constant(198))), short,
			expectation{class: Idle, endsAt: 258, events: "idle-clock-restarted idle stopped-idle"}},
		{"a habit of one that is gone", line(nil, polls(0, 40, "Healthy", now), []Poll{{Sent: 41, At: 41, Outcome: record.Refused}}), short,
			expectation{class: Replaced, endsAt: 41, events: "idle-clock-restarted idle unhealthy"}},
		{"a habit after work", line([]Call{{0, 10}}, polls(12, 20, "Healthy", constant(0)), polls(20, 40, HealthyBusy, constant(20)), polls(40, 80, "Healthy", now)), short,
			expectation{class: NeverIdle, endsAt: 600, insteadOf: 100, events: "active idle kept-alive idle-clock-restarted max-lifetime?"}},
		{"moves before work and after a call do not add up", line([]Call{{120, 121}}, polls(0, 50, "Healthy", constant(0)), polls(50, 60, "Healthy", constant(50)), polls(60, 100, HealthyBusy, constant(60)),
			polls(100, 110, "Healthy", constant(99)), polls(110, 120, "Healthy", constant(110)), polls(122, 170, "Healthy", constant(110)), polls(170, 190, "Healthy", constant(170))), short,
			expectation{class: BusyWhileWorking, endsAt: 230, events: "idle-clock-restarted idle kept-alive idle-clock-restarted idle active idle-clock-restarted idle stopped-idle?"}},
		{"busy in all of a few polls", line(nil, polls(0, 3, HealthyBusy, constant(0))), short, expectation{class: NeverIdle, endsAt: 600, insteadOf: 60, events: "kept-alive max-lifetime?", says: "for 2 s up to the end"}},
		{"still at work, an idle timeout before the end of its life", line(nil, polls(0, 530, "Healthy", func(at float64) Stamp { return now(math.Floor(at/50) * 50) }), polls(530, 541, HealthyBusy, constant(530))),
			Settings{Idle: 60, Lifetime: 600}, expectation{class: BusyWhileWorking, endsAt: 600, events: "idle-clock-restarted idle kept-alive max-lifetime?"}},
		{"stamped until the end of its life", line(nil, polls(0, 700, "Healthy", now)), short,
			expectation{class: NeverIdle, endsAt: 600, insteadOf: 60, events: "idle-clock-restarted idle max-lifetime"}},
		{"kept from being idle for longer than the timeout, though seldom", line(nil, polls(0, 201, "Healthy", func(at float64) Stamp { return now(math.Floor(at/50) * 50) })), short,
			expectation{class: NeverIdle, endsAt: 600, insteadOf: 60, events: "idle-clock-restarted max-lifetime?", says: "(4 times in 3 min 20 s)"}},
		{"the same, and then idle after all", line(nil, polls(0, 301, "Healthy", func(at float64) Stamp { return now(min(math.Floor(at/50)*50, 150)) })), short,
			expectation{class: Idle, endsAt: 210, events: "idle-clock-restarted idle stopped-idle"}},
		{"the lifetime comes before the timeout", line([]Call{{0, 590}}, quiet(591, 595)), short, expectation{class: Idle, endsAt: 600, events: "active idle max-lifetime?"}},
		{"still at work close to the end of its life", line([]Call{{0, 10}}, quiet(12, 20), polls(20, 560, "HealthyBusy", constant(20)), polls(560, 580, "Healthy", constant(560)),
			polls(580, 584, "HealthyBusy", constant(580))), short, expectation{class: BusyWhileWorking, endsAt: 600, events: "active idle kept-alive idle kept-alive max-lifetime?"}},
		{"an answer that waited for the call says nothing of the time after", line([]Call{{0, 10}}, []Poll{{Sent: 5, At: 11, Outcome: record.Answered, Status: 200, Word: "HealthyBusy"}}, quiet(13, 20)), usual,
			expectation{class: Idle, endsAt: 913, events: "active idle stopped-idle?"}},
		{"work goes on beside a call", line([]Call{{0, 10}, {20, 30}}, polls(12, 40, "HealthyBusy", constant(11)), polls(40, 44, "Healthy", constant(40))), usual,
			expectation{class: BusyWhileWorking, endsAt: 940, events: "active idle kept-alive active kept-alive idle stopped-idle?"}},
		{"work that ends beside a call", line([]Call{{0, 10}, {20, 30}}, polls(12, 24, "HealthyBusy", constant(11)), polls(24, 44, "Healthy", constant(23))), usual,
			expectation{class: BusyWhileWorking, endsAt: 930, events: "active idle kept-alive active idle stopped-idle?"}},
		{"a call between busy polls begins the count of idle work anew", line([]Call{{0, 10}, {40, 41}}, quiet(12, 20), polls(20, 70, "HealthyBusy", constant(20))), usual,
			expectation{class: BusyWhileWorking, endsAt: 968, events: "active idle kept-alive active kept-alive stopped-idle?"}},
		{"calls out of order", line([]Call{{20, 30}, {0, 10}}), usual, expectation{class: Idle, endsAt: 930, events: "active idle active stopped-idle?"}},
		{"a health check sent just when the call ended speaks of the time after", line([]Call{{0, 10}}, []Poll{{Sent: 10, At: 11, Outcome: record.Answered, Status: 200, Word: HealthyBusy}}), usual,
			expectation{class: BusyWhileWorking, endsAt: 911, events: "active idle stopped-idle?"}},
		{"a single busy poll with a text for a stamp", line([]Call{{0, 10}}, []Poll{poll(12, HealthyBusy, text(12))}), usual,
			expectation{class: KilledWhileBusy, endsAt: 910, events: "active idle killed-busy?"}},
		{"two moves after a call that keep it for longer than the timeout", line([]Call{{0, 10}}, polls(12, 75, "Healthy", byATimer)), short,
			expectation{class: NeverIdle, endsAt: 600, insteadOf: 70, events: "active idle-clock-restarted idle max-lifetime?", says: "(2 times in 64 s)"}},
		{"two moves after work that do", line(nil, polls(0, 12, HealthyBusy, byATimer), polls(12, 75, "Healthy", byATimer)), short,
			expectation{class: NeverIdle, endsAt: 600, insteadOf: 72, events: "kept-alive idle-clock-restarted idle max-lifetime?", says: "(2 times in 62 s)"}},
		{"two moves that do, and then work", line(nil, polls(0, 63, "Healthy", byATimer), []Poll{poll(64, HealthyBusy, byATimer(62))}), short,
			expectation{class: BusyWhileWorking, endsAt: 124, events: "idle-clock-restarted idle stopped-idle?"}},
		{"a habit of one that was killed at work", line(nil, polls(0, 20, "Healthy", now), polls(20, 100, HealthyBusy, text)), short,
			expectation{class: KilledWhileBusy, endsAt: 78, events: "idle-clock-restarted idle busy-ignored killed-busy", says: "killed, here at 78 s"}},
		{"busy for half a minute and a second", line(nil, polls(0, 20, "Healthy", constant(0)), polls(20, 50, HealthyBusy, constant(20)), polls(51, 52, HealthyBusy, constant(20))), usual,
			expectation{class: NeverIdle, endsAt: 28_800, events: "idle kept-alive max-lifetime?"}},
		{"polls out of order", line([]Call{{0, 10}}, quiet(21, 30), quiet(11, 20)), usual, expectation{class: Idle, endsAt: 910, events: "active idle stopped-idle?"}},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.want.hold(t, tt.line, tt.settings, Documented) })
	}
}

func TestNothingIsNotPlayed(t *testing.T) {
	nowhere := line([]Call{{math.NaN(), 1}, {0, math.Inf(1)}}, []Poll{poll(math.Inf(-1), "Healthy", Stamp{}), poll(2*farthest, "Healthy", Stamp{})})
	for _, l := range []*TimeLine{{}, nowhere} {
		if _, ok := Simulate(l, usual, Documented); ok || EndlessBy(l, usual) {
			t.Errorf("%+v was played", l)
		}
	}
	if Play([]TimeLine{{}, *nowhere}, usual) != nil {
		t.Error("a session of nothing")
	}
}

func TestEventsAreBounded(t *testing.T) {
	l := &TimeLine{}
	for i := range 200 {
		word := "Healthy"
		if i%2 == 1 {
			word = HealthyBusy
		}
		l.Polls = append(l.Polls, poll(float64(2*i), word, Stamped(clock+float64(2*i))))
	}
	c, _ := Simulate(l, usual, Documented)
	if len(c.Events) != maxEvents || c.LeftOut != 200-maxEvents || !c.Events[maxEvents-1].Predicted {
		t.Errorf("%d events, %d left out", len(c.Events), c.LeftOut)
	}
}

func TestTimesAreRounded(t *testing.T) {
	c, _ := Simulate(line([]Call{{0.00049, 10.00051}}), usual, Documented)
	if c.EndsAt != 910.001 || c.Billed != 910 || c.Events[0].From != 0 || c.Events[0].To != 10.001 {
		t.Errorf("got %+v", c)
	}
}

func TestEventsSayWhatTheyAre(t *testing.T) {
	l := line([]Call{{0, 10}, {12, 14}}, polls(15, 21, "Healthy", now), polls(21, 31, "Healthy", constant(19)), polls(31, 41, HealthyBusy, text))
	c, _ := Simulate(l, usual, Documented)
	var got []string
	for _, e := range c.Events {
		got = append(got, e.Text)
	}
	want := []string{"2 calls", "idle, but the idle clock begins anew 2 times: time_of_last_update moves", "idle: the idle clock runs",
		"HealthyBusy is ignored: the idle clock runs on", "would be killed at the idle timeout although it says HealthyBusy"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestWordsOfEvents(t *testing.T) {
	for kind, want := range map[Kind]string{
		Active: "1 call", KeptAlive: "kept alive: HealthyBusy counts as activity", Quiet: "idle: the idle clock runs",
		Restarted: "idle, but the idle clock begins anew once: time_of_last_update moves", Ignored: "HealthyBusy is ignored: the idle clock runs on",
		Unhealthy: "1 failed health check: the session is ended and replaced", StoppedIdle: "stopped as idle",
		KilledBusy: "killed at the idle timeout although it says HealthyBusy", Expired: "ended at the maximum lifetime",
	} {
		e := Event{Kind: kind, Count: 1}
		if got := e.text(); got != want {
			t.Errorf("%s: %q", kind, got)
		}
		if e.Predicted = true; e.text() != "would be "+want {
			t.Errorf("%s: %q", kind, e.text())
		}
	}
	if got := counted(2, "call") + times(3); got != "2 calls3 times" {
		t.Errorf("got %q", got)
	}
}

func TestStamped(t *testing.T) {
	for _, odd := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := Stamped(odd); got != (Stamp{Kind: Other}) {
			t.Errorf("%v: %+v", odd, got)
		}
	}
	if got := Stamped(-1.5); got != (Stamp{Kind: Number, Seconds: -1.5}) {
		t.Errorf("got %+v", got)
	}
	if DefaultIdle != 900 || DefaultLifetime != 28_800 {
		t.Error("the platform's defaults are others")
	}
}

func TestEndlessBy(t *testing.T) {
	if !EndlessBy(line(nil, polls(0, 20, "Healthy", now)), usual) || EndlessBy(line(nil, polls(0, 20, "Healthy", constant(0))), usual) {
		t.Error("a habit is not told from none")
	}
	if EndlessBy(line(nil, polls(0, 60, HealthyBusy, now)), usual) {
		t.Error("HealthyBusy is no habit of the stamp")
	}
}

func TestSpan(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0 s", 12.34: "12.3 s", 4.003: "4 s", 60: "60 s", 99.5: "99.5 s", 100: "1 min 40 s", 900: "15 min", 912.4: "15 min 12 s", 901: "15 min 1 s", 7199: "119 min 59 s",
		7200: "2 h", 10_799: "2 h 59 min", 28_800: "8 h", 29_000: "8 h 3 min", 1_209_600: "336 h",
	} {
		if got := Span(seconds); got != want {
			t.Errorf("%v is %q, want %q", seconds, got, want)
		}
	}
}
