package all

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// kinds are all record kinds.
var kinds = []record.Kind{
	record.KindImage, record.KindBoot, record.KindCalls, record.KindIdle, record.KindStream, record.KindInFlight, record.KindMalformed,
	record.KindSurface, record.KindModelFaults, record.KindModel,
	record.KindBodies, record.KindDisconnect, record.KindOverlap, record.KindSessions, record.KindAsync, record.KindClean,
	record.KindLongSession, record.KindStop, record.KindStopInFlight, record.KindKilled, record.KindFreeze, record.KindClock, record.KindCredentials, record.KindEnd,
}

// rule rules on all clauses that have a check.
func rule(set *record.Set) []checks.Finding {
	registry := All()
	var out []checks.Finding
	for _, cl := range checks.Contract().Clauses() {
		if _, ok := registry.Check(cl.ID); ok {
			out = append(out, registry.Rule(checks.Contract(), cl.ID, set)...)
		}
	}
	return out
}

func terms() record.Terms {
	return record.Terms{Protocol: "HTTP", Port: 8080, Path: "/invocations", Profile: "gate", SessionModel: "process", Compute: "microvm", TimeScale: 1}
}

// empty is a set whose records are all there and hold nothing.
func empty() *record.Set {
	return &record.Set{
		Schema: record.Schema, Terms: terms(),
		Image: &record.Image{CompressedSize: -1, UncompressedSize: -1}, Boot: &record.Boot{}, Calls: &record.Calls{LogLines: -1},
		Idle: &record.Idle{LogGrowth: -1}, Stream: &record.Stream{}, InFlight: &record.InFlight{}, Malformed: &record.Malformed{},
		Surface: &record.Surface{}, ModelFaults: &record.ModelFaults{}, Model: &record.ModelUse{},
		Bodies: &record.Bodies{}, Disconnect: &record.Disconnect{}, Overlap: &record.Overlap{}, Sessions: &record.Sessions{},
		Async: &record.Async{}, Clean: &record.Clean{}, LongSession: &record.LongSession{}, Stop: &record.Stop{},
		StopInFlight: &record.StopInFlight{}, Killed: &record.Killed{}, Freeze: &record.Freeze{}, Clock: &record.Clock{}, Credentials: &record.Credentials{}, End: &record.End{},
	}
}

// emptyPasses are clauses about what an image or a declaration should not have, which an empty record does not have.
func emptyPasses(f checks.Finding) bool { return f.Area == "IMG" }

func TestNothingPassesOnEmptyRecords(t *testing.T) {
	for _, f := range rule(empty()) {
		if f.Outcome == checks.Pass && !emptyPasses(f) {
			t.Errorf("%s passes without evidence: %s", f.ID, f.Actual)
		}
		if f.Outcome == checks.Error {
			t.Errorf("%s: %s", f.ID, f.Actual)
		}
	}
}

// A working agent of which nothing else was seen: what depends on more must not pass by default, and nothing may fail.
func TestNothingFailsOnEmptyRecordsOfAWorkingAgent(t *testing.T) {
	set := empty()
	set.Boot, set.Calls = checktest.Ready(900), checktest.Calls(nil)
	for _, f := range rule(set) {
		if (f.Outcome == checks.Fail || f.Outcome == checks.Error) && f.Area != "IMG" {
			t.Errorf("%s %s: %s", f.ID, f.Reason, f.Actual)
		}
	}
}

// Every way of never becoming ready fails somewhere, and is told once.
func TestNeverReadyFailsOnce(t *testing.T) {
	cases := map[string]*record.Boot{}
	for _, c := range []record.NeverReady{
		record.ProcessExited, record.LoopbackOnly, record.ListensElsewhere, record.SpeaksOtherProtocol, record.NotHTTP, record.Hung,
		record.TooSlow, record.CannotStart,
	} {
		cases[string(c)] = checktest.Never(c)
	}
	for _, status := range []int{204, 301, 400, 401, 403, 404, 405, 407, 421, 429, 500, 503} {
		cases[fmt.Sprint(status)] = checktest.BadAnswer(status)
		guarded := checktest.BadAnswer(status)
		guarded.Localhost = checktest.Get(checktest.OK(), "/ping")
		cases[fmt.Sprint(status, " except with localhost")] = guarded
		bare := checktest.BadAnswer(status)
		bare.Dressed = checktest.Get(checktest.OK(), "/ping")
		cases[fmt.Sprint(status, " except with all fields")] = bare
	}
	for name, boot := range cases {
		for _, protocol := range []string{"HTTP", "MCP", "A2A", "AGUI"} {
			set := &record.Set{Schema: record.Schema, Terms: terms(), Boot: boot}
			set.Terms.Protocol = protocol
			var failed []string
			for _, f := range rule(set) {
				if f.Outcome == checks.Fail {
					failed = append(failed, f.ID)
				}
			}
			if len(failed) != 1 {
				t.Errorf("%s, %s: failed %v, want one clause", name, protocol, failed)
			}
		}
	}
}

// An image whose program cannot run fails even where the engine's failure to start it is all that was seen.
func TestCannotStartFails(t *testing.T) {
	for _, fault := range []record.ProgramFault{
		"", record.ProgramEmpty, record.ProgramNotFound, record.ProgramNotExecutable, record.ProgramNoShebang, record.ProgramCRLF,
		record.ProgramNoInterpreter, record.ProgramLinkLoop, record.ProgramUnreadable,
	} {
		set := &record.Set{Schema: record.Schema, Terms: terms(), Boot: checktest.Never(record.CannotStart), Image: &record.Image{
			OS: "linux", Architecture: "arm64", Entrypoint: []string{"/app"}, Program: &record.Program{Argv0: "/app", Fault: fault},
		}}
		failed := false
		for _, f := range rule(set) {
			failed = failed || f.Outcome == checks.Fail
		}
		if !failed {
			t.Errorf("fault %q: nothing failed", fault)
		}
	}
}

func TestChecksNeedKnownRecords(t *testing.T) {
	known := map[record.Kind]bool{}
	for _, k := range kinds {
		known[k] = true
		if !empty().Has(k) {
			t.Errorf("record kind %s is unknown to the set", k)
		}
	}
	registry := All()
	for _, cl := range checks.Contract().Clauses() {
		ch, _ := registry.Check(cl.ID)
		for _, k := range ch.Needs {
			if !known[k] {
				t.Errorf("%s needs %q, which is no record", cl.ID, k)
			}
		}
	}
}

// A missing record never passes a clause that needs it.
func TestMissingRecordsPassNothing(t *testing.T) {
	registry := All()
	for _, cl := range checks.Contract().Clauses() {
		if _, ok := registry.Check(cl.ID); !ok {
			continue
		}
		for _, f := range registry.Rule(checks.Contract(), cl.ID, &record.Set{Terms: terms()}) {
			if f.Outcome != checks.Untestable {
				t.Errorf("%s without records: %s", cl.ID, f.Outcome)
			}
		}
	}
}

// mustHaveChecks are the areas whose every MUST clause has a check; the others wait for their protocols.
var mustHaveChecks = []string{"IMG", "NET", "PING", "INV", "SSE", "SES", "LIFE"}

func TestEveryMustHasACheck(t *testing.T) {
	registry := All()
	for _, cl := range checks.Contract().Clauses() {
		if cl.Level != checks.Must || !strings.Contains(strings.Join(mustHaveChecks, " ")+" ", cl.Area+" ") {
			continue
		}
		if _, ok := registry.Check(cl.ID); !ok {
			t.Errorf("%s has no check", cl.ID)
		}
	}
}

// FuzzJudges rules on records that nobody took: a hostile container decides much of what is in them.
func FuzzJudges(f *testing.F) {
	seeds := []*record.Set{empty(), {Terms: terms(), Boot: checktest.Ready(900), Calls: checktest.Calls(nil)},
		{Terms: terms(), Boot: checktest.BadAnswer(404), Calls: checktest.NoModel(500)}}
	stream := empty()
	stream.Stream.Call, stream.Calls = checktest.Stream(1, 2, `"a"`, `data: x`, `{"error":1,"error_type":2}`), checktest.Calls(nil)
	for _, s := range append(seeds, stream) {
		data, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set := empty()
		if json.Unmarshal(data, set) != nil {
			return
		}
		for _, finding := range rule(set) {
			if finding.Outcome == checks.Error && strings.Contains(finding.Actual, "the check") {
				t.Errorf("%s: %s", finding.ID, finding.Actual)
			}
		}
	})
}
