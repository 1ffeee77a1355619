package life

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// thaw is what is made of a process that stood still.
type thaw struct {
	found []checks.Verdict
	// said is what was seen where nothing is found; served says that its calls were.
	said   string
	served bool
}

// judgeFreeze rules on a process that stood still for a while. What it does as badly without is not held against it.
func judgeFreeze(set *record.Set) thaw {
	f := set.Freeze
	if untold := notFrozen(set); untold != "" {
		return thaw{said: untold}
	}
	if v, ended := judgeWaking(set); ended {
		return thaw{found: []checks.Verdict{v}}
	}
	if set.Terms.Model == modelReal {
		return thaw{said: fmt.Sprintf("a process that stood still for %s was healthy again; its calls went to a real model, whose time is its own", reading.Seconds(f.Paused))}
	}
	var t thaw
	if v, broken := judgeFirstCall(set); broken {
		t.found = append(t.found, v)
	}
	t.found = append(t.found, besideCalls(set)...)
	t.served = served(f.Same) && served(f.New)
	t.said = fmt.Sprintf("a process that stood still for %s%s answered its session (%s) and another one (%s)",
		reading.Seconds(f.Paused), lostLines(f), reading.Says(first(f.Same)), reading.Says(first(f.New)))
	return t
}

// modelReal is a model of a vendor, as the terms have it.
const modelReal = "real"

// notFrozen says why there is nothing to rule on.
func notFrozen(set *record.Set) string {
	f := set.Freeze
	switch {
	case f == nil && set.GapOf(record.KindFreeze) != nil:
		return set.GapOf(record.KindFreeze).Text
	case f == nil:
		return "no process was made to stand still"
	case f.Untold != "":
		return "no process was made to stand still: " + f.Untold
	case f.Paused <= 0 || !f.Boot.Ready || len(f.Before) == 0 || len(f.Pings) == 0:
		return "nothing was seen of a process that stood still"
	case unwell(set):
		return "the agent fails without standing still as well, so that nothing is told by it"
	}
	return ""
}

// unwell reports that a process which never stood still ended, or lost calls, in a session of its own.
func unwell(set *record.Set) bool {
	l := set.LongSession
	if _, ended := reading.Ended(l.Before, l.After); ended {
		return true
	}
	return slices.ContainsFunc(reading.SessionTurns(l), func(t reading.SessionTurn) bool { return !t.Success })
}

// judgeWaking rules on the process itself.
func judgeWaking(set *record.Set) (checks.Verdict, bool) {
	f := set.Freeze
	how, ended := reading.Ended(f.StateBefore, f.After)
	last := f.Pings[len(f.Pings)-1]
	switch {
	case ended && f.After.OOMKilled:
		return checks.Verdict{}, false
	case !ended && (last.OK() || !reading.Counts(last)):
		return checks.Verdict{}, false
	case !ended:
		how = "it was not healthy again: " + reading.SaysPing(last)
	}
	return checks.Found(onVersion(set, "ends-after-freeze"), "healthy again, and the same process", afterFreeze(f)+how, freezeEvidence(f)...), true
}

// afterFreeze begins what is said of a process that stood still.
func afterFreeze(f *record.Freeze) string {
	return fmt.Sprintf("after it had stood still for %s%s: ", reading.Seconds(f.Paused), lostLines(f))
}

// lostLines says what else it lost.
func lostLines(f *record.Freeze) string {
	switch n := len(f.Severed); n {
	case 0:
		return ""
	case 1:
		return " and lost the connection that it had opened before its first call"
	default:
		return fmt.Sprintf(" and lost the %d connections that it had opened before its first call", n)
	}
}

// Limits on the first answer after a restore, which waits: what is computed of it is what the calls before took.
const (
	thawLimit = record.Millis(35_000)
	thawTimes = 3
)

// judgeFirstCall rules on the calls of the session that was there before, and of one that was not.
func judgeFirstCall(set *record.Set) (checks.Verdict, bool) {
	f := set.Freeze
	const want = "calls are answered as before"
	for _, calls := range [][]record.Exchange{f.Same, f.New} {
		if lost(calls) {
			return checks.Found(onVersion(set, "lost-after-freeze"), want, afterFreeze(f)+reading.Says(&calls[len(calls)-1])+swallowed(f), freezeEvidence(f)...), true
		}
	}
	switch x := first(f.Same); {
	case failedOnce(f.Same) || failedOnce(f.New):
		bad := f.Same
		if !failedOnce(bad) {
			bad = f.New
		}
		return checks.Found(onVersion(set, "fails-once-after-freeze"), want,
			fmt.Sprintf("%s%s, then %s%s", afterFreeze(f), reading.Says(&bad[0]), reading.Says(&bad[len(bad)-1]), swallowed(f)), freezeEvidence(f)...), true
	case slowAfterFreeze(set):
		return checks.Found(onVersion(set, "slow-after-freeze"), want,
			fmt.Sprintf("%s%s, where calls before took %s at most%s", afterFreeze(f), reading.Says(x), reading.Seconds(usual(f)), swallowed(f)), freezeEvidence(f)...), true
	}
	return checks.Verdict{}, false
}

func first(calls []record.Exchange) *record.Exchange {
	if len(calls) == 0 {
		return nil
	}
	return &calls[0]
}

// served reports calls of which the last one was answered with success.
func served(calls []record.Exchange) bool {
	return len(calls) > 0 && reading.Success(&calls[len(calls)-1])
}

// lost reports a session that was not served, however often it was called. One that is told to come later is not lost.
func lost(calls []record.Exchange) bool {
	if len(calls) == 0 || served(calls) {
		return false
	}
	last := &calls[len(calls)-1]
	return reading.FateOf(last) != reading.NotSent && !reading.Busy(last)
}

// failedOnce reports a session whose first call was lost and whose next one was served.
func failedOnce(calls []record.Exchange) bool {
	return served(calls) && !reading.Success(&calls[0]) && !reading.Busy(&calls[0])
}

// usual is the most that a call took before.
func usual(f *record.Freeze) record.Millis {
	var most record.Millis
	for i := range f.Before {
		most = max(most, f.Before[i].Took)
	}
	return most
}

// slowAfterFreeze reports a first answer that came late, and not because calls take long or the machine was slow just then: a
// dead connection was asked meanwhile, or the next session's answer came soon.
func slowAfterFreeze(set *record.Set) bool {
	f := set.Freeze
	x, next := first(f.Same), first(f.New)
	if x == nil || x.Took <= thawLimit*reading.Scale(set) || x.Took <= thawTimes*usual(f) {
		return false
	}
	return len(written(f)) > 0 || next != nil && next.Took < x.Took/2
}

// written are the dead connections that the process wrote to.
func written(f *record.Freeze) []record.Severed {
	return slices.DeleteFunc(slices.Clone(f.Severed), func(s record.Severed) bool { return s.Swallowed == 0 })
}

// swallowed says what it wrote into nothing.
func swallowed(f *record.Freeze) string {
	dead := written(f)
	if len(dead) == 0 {
		return ""
	}
	return fmt.Sprintf("; it wrote to a connection to the %s that is dead since", peers[dead[0].To])
}

// peers names the servers of the harness.
var peers = map[record.Peer]string{record.PeerModel: "model", record.PeerServices: "AWS services", record.PeerCollector: "collector"}

// besideCalls are what a freeze shows beside the fate of calls.
func besideCalls(set *record.Set) []checks.Verdict {
	f := set.Freeze
	var out []checks.Verdict
	if line := addressInUse(f.Logs); line != "" {
		out = append(out, checks.Found(onVersion(set, "address-in-use-after-freeze"), "no address is bound twice",
			afterFreeze(f)+"it logged "+reading.Quote(line), freezeEvidence(f)...))
	}
	if said := staleStamp(set); said != "" && set.Terms.OnV2() {
		out = append(out, checks.Found("stamp-before-freeze", "time_of_last_update is that of the last change", said))
	}
	return out
}

// addressInUse is the line that says so, in the words of the kernel or its name for them.
func addressInUse(l *record.Logs) string {
	if l == nil {
		return ""
	}
	i := slices.IndexFunc(l.Lines, func(line string) bool {
		return strings.Contains(strings.ToLower(line), "address already in use") || strings.Contains(line, "EADDRINUSE")
	})
	if i < 0 {
		return ""
	}
	return l.Lines[i]
}

// stampGrace is how much older than the first call a stamp may be: clocks differ, and stamps have no fractions.
const stampGrace = 5

// staleStamp says so where the status changed after the freeze and its stamp is of a time before that.
func staleStamp(set *record.Set) string {
	f := set.Freeze
	x := first(f.Same)
	if x == nil || f.PingAfter == nil {
		return ""
	}
	called := f.Boot.Epoch + x.At.Seconds()
	pings := append(slices.Clone(f.Beside), *f.PingAfter)
	before := reading.StatusWord(f.Pings[len(f.Pings)-1])
	for _, p := range pings {
		word := reading.StatusWord(p)
		stamp, has := reading.StampSeconds(p)
		if before != "" && word != "" && word != before && has && stamp < called-stampGrace {
			return fmt.Sprintf("the status changed from %s to %s after the freeze, and its stamp is %.0f s older than the first call", before, word, called-stamp)
		}
		if word != "" {
			before = word
		}
	}
	return ""
}

// freezeEvidence is what there is to see.
func freezeEvidence(f *record.Freeze) []checks.Evidence {
	var out []checks.Evidence
	if x := first(f.Same); x != nil {
		out = append(out, checks.Wire("the first call after it stood still", x))
	}
	if len(f.Severed) > 0 {
		var lines []string
		for _, s := range f.Severed {
			lines = append(lines, fmt.Sprintf("to the %s, opened %s after the start: %d bytes written to it since", peers[s.To], reading.Seconds(s.Opened), s.Swallowed))
		}
		out = append(out, checks.Text("connections that fell silent", lines...))
	}
	if f.Logs != nil {
		out = append(out, checks.LogLines("what it logged since", *f.Logs))
	}
	return out
}

// beside adds what was seen of a freeze to what was seen of ids. A process that is served after one passes, whatever its
// answers say of ids.
func (t thaw) beside(ids checks.Verdict) checks.Verdict {
	if t.served {
		return checks.Passed("%s; %s", t.said, ids.Actual)
	}
	ids.Actual += "; " + t.said
	return ids
}
