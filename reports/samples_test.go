package reports

import (
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var update = flag.Bool("update", false, "write golden files and the schema anew")

// samples are the runs that every writer must be able to show.
var samples = []struct {
	name string
	run  func() *Run
}{
	{"all-pass", allPass},
	{"one-of-each", oneOfEach},
	{"nothing-ran", nothingRan},
	{"interrupted", interruptedRun},
	{"session", sessionRun},
	{"hostile", hostileRun},
	{"never-idle", neverIdle},
	{"killed-while-busy", killedWhileBusy},
	{"waived", waivedRun},
}

func sampleInput() Input {
	return Input{
		ID:    "20261122-153000-4f1c",
		Tool:  Tool{Name: "agentcore-conform", Version: "0.1.0", Contract: "2026-11"},
		Scope: Full,
		Environment: &record.Environment{
			Engine: "docker", Version: "20.10.24", APIVersion: "1.41", Address: "unix:///var/run/docker.sock", Source: "default",
			Architecture: "amd64", CPUs: 2, MemoryBytes: 8 << 30, FreeDisk: 40 << 30, Emulated: true, Route: "address",
			Network: "internal", TimeScale: 4.5, TimeScaleFrom: "measured", Slowdown: sampleSlowdown(),
		},
		Records: &record.Set{
			Terms: record.Terms{Protocol: "HTTP", Port: 8080, Path: "/invocations", Profile: "gate", SessionModel: "process", Compute: "microvm", TimeScale: 4.5, Emulated: true},
			Image: sampleImage(),
		},
		Measurements: map[string]float64{"boot.readyMs": 412.5},
		Started:      time.Date(2026, 11, 22, 15, 30, 0, 0, time.UTC),
		Duration:     72_345 * time.Millisecond, PlannedWait: 30 * time.Second,
	}
}

func sampleSlowdown() *record.Slowdown {
	held, quota := record.Millis(0), 2.0
	return &record.Slowdown{
		Compute: record.Pace{Native: 0.2, Translated: 0.9, Factor: 4.5}, Syscalls: record.Pace{Native: 0.4, Translated: 0.6, Factor: 1.5},
		Throttled: record.Throttle{Factor: 1, Quota: &quota, Wall: 420.5, CPU: 401.5, Held: &held}, Took: 912.5,
	}
}

func sampleImage() *record.Image {
	return &record.Image{
		Reference: "registry.example.com/team/agent:1.4", Origin: "engine",
		Digest:    "sha256:0f6d1c2b3a4958675849302112233445566778899aabbccddeeff00112233445",
		MediaType: "application/vnd.oci.image.manifest.v1+json", OS: "linux", Architecture: "arm64", Variant: "v8",
		Layers:         []record.Layer{{Digest: "sha256:aa", Size: 31_000_000}, {Digest: "sha256:bb", Size: 92_400_000}},
		CompressedSize: 123_400_000, UncompressedSize: 310_000_000, User: "1000", Entrypoint: []string{"node"}, Cmd: []string{"server.js"},
		Program: &record.Program{Argv0: "node", Machine: "EM_AARCH64", MachineCode: 183},
	}
}

func pass(id string, level checks.Level, title, actual string) checks.Finding {
	area, _, _ := strings.Cut(id, "-")
	return checks.Finding{ID: id, Level: level, Area: area, Outcome: checks.Pass, Title: title, Actual: actual}
}

func passes() []checks.Finding {
	ping := pass("PING-01", checks.Must, "GET /ping answers HTTP 200.", "20 of 20 pings were answered with 200")
	ping.Measurements = map[string]float64{"ping.idle.p50Ms": 1.25, "ping.idle.p99Ms": 4.75, "ping.idle.maxMs": 6}
	return []checks.Finding{
		ping,
		pass("IMG-01", checks.Must, "The reference resolves to an image whose platform is linux/arm64.", "linux/arm64"),
		pass("INV-01", checks.Must, "POST /invocations exists.", "200"),
	}
}

func allPass() *Run {
	in := sampleInput()
	in.Findings = passes()
	in.SessionModels = map[string]Verdict{"process": Conformant, "microvm": Conformant}
	return Assemble(in)
}

func samplePing(body string) *record.Exchange {
	return &record.Exchange{
		ID:      "idle.poll.3",
		Request: record.Request{Method: "GET", Path: "/ping", Host: "cell01.example.com", Header: []record.Field{{Name: "accept", Value: "*/*"}}},
		Outcome: record.Answered, At: 5000, Took: 3.2, Timeout: 5000,
		Response: &record.Response{Status: 200, Proto: "HTTP/1.1", Header: []record.Field{{Name: "content-type", Value: "application/json"}}, Body: body, BodySize: int64(len(body)), ContentLength: int64(len(body)), Framing: "length", ValidUTF8: true, ValidJSON: true},
	}
}

func restamped() checks.Finding {
	return checks.Finding{
		ID: "PING-06", Reason: "restamped", Level: checks.Should, Basis: checks.PlatformBasis, Area: "PING", Outcome: checks.Fail,
		Title:    `time_of_last_update changes only when the status changes; it is not "now" on every ping.`,
		Summary:  "time_of_last_update is stamped anew at every poll",
		Expected: "the same time_of_last_update in the second and the third poll", Actual: "1763825405 then 1763825408, nothing in flight between them",
		Evidence: []checks.Evidence{
			checks.Wire("third poll", samplePing("{\"status\":\"Healthy\",\n \"time_of_last_update\":1763825408}")),
			checks.LogLines("the container's last lines", record.Logs{Lines: []string{"listening on 0.0.0.0:8080", "GET /ping 200"}}),
		},
		Consequence: "the idle timeout never fires: sessions live, and bill, to their maximum lifetime",
		Fix:         "remember the time at which the status last changed and answer with that", DurationMs: 6123.4,
	}
}

// polled are health checks every two seconds from 10 s on.
func polled(bodies ...string) []record.Ping {
	var out []record.Ping
	for i, b := range bodies {
		at := 10 + 2*float64(i)
		out = append(out, record.Ping{At: record.Millis(at * 1000), Took: 3, Outcome: record.Answered, Status: 200, Type: "application/json", Body: b, Unix: 1763825400 + at})
	}
	return out
}

// neverIdle is a run whose agent stamps at each poll, so that the idle reaper has something to say.
func neverIdle() *Run {
	in := sampleInput()
	in.Findings = []checks.Finding{restamped()}
	in.Records.LongSession = &record.LongSession{
		Turns: []record.Exchange{{ID: "turn", Outcome: record.Answered, At: 1000, Took: 8000}},
		Polls: polled(`{"status":"Healthy","time_of_last_update":1763825410}`, `{"status":"Healthy","time_of_last_update":1763825412}`,
			`{"status":"Healthy","time_of_last_update":1763825414}`, `{"status":"Healthy","time_of_last_update":1763825416}`),
	}
	return Assemble(in)
}

// killedWhileBusy is a run whose background job is reported without a stamp: sources differ on what that does.
func killedWhileBusy() *Run {
	in := sampleInput()
	in.Findings = passes()
	in.Records.Terms.IdleTimeout, in.Records.Terms.MaxLifetime = 120_000, 3_600_000
	in.Records.Async = &record.Async{
		Trigger: record.Exchange{ID: "async/trigger", Outcome: record.Answered, At: 9000, Took: 500},
		Pings:   polled(`{"status":"HealthyBusy"}`, `{"status":"HealthyBusy"}`, `{"status":"Healthy"}`),
	}
	return Assemble(in)
}

// waivedRun is green by waivers and a baseline alone; one waiver is stale, one was not needed, and something was fixed.
func waivedRun() *Run {
	in := sampleInput()
	in.Findings = append(passes(), restamped(), bindWarning())
	in.Strict = true
	in.Accepted = Accepted{
		Waivers: []Waiver{
			{ID: "PING-06/restamped", Reason: "the framework stamps each poll until 2.0 is out", Owner: "team-agents", Expires: "2027-01-31"},
			{ID: "PING-01", Reason: "was flaky", Owner: "team-agents", Expires: "2027-01-31"},
			{ID: "SES-06", Reason: "one session per process", Owner: "team-agents", Expires: "2027-06-30"},
		},
		Baseline: &Baseline{Schema: BaselineSchema, Run: "20261101-080000-11aa", Recorded: "2026-11-01T08:00:00Z", Tool: in.Tool, Findings: []BaselineRow{
			{ID: "IMG-14", Reason: "loopback-on-platform", Outcome: checks.Warn}, {ID: "PING-01", Reason: "not-200", Outcome: checks.Fail},
		}},
	}
	in.Declared = &Declaration{File: "agentcore/agentcore.json", Agent: "ShopAgent", Build: "CodeZip", Entry: "main.py", Settings: []DeclaredSetting{
		{Setting: "protocol", Value: "HTTP"}, {Setting: "idle-timeout", Value: "300s", OverruledBy: "the command line"}, {Setting: "env", Value: "LOG_LEVEL"},
	}}
	return Assemble(in)
}

func oneOfEach() *Run {
	in := sampleInput()
	note := pass("PING-08", checks.Must, "/ping answers while an invocation is running.", "no call could be made to last a second")
	note.Outcome = checks.Note
	foreign := pass("MCP-01", checks.Must, "POST /mcp on 0.0.0.0:8000 speaks MCP streamable HTTP (JSON-RPC 2.0).", "not part of the HTTP protocol")
	foreign.Outcome = checks.NotApplicable
	skipped := pass("WS-02", checks.Must, "No mandatory subprotocol and no Origin check.", "not covered by this version")
	skipped.Outcome = checks.Skipped
	untestable := pass("INV-09", checks.Must, "The process survives any failed invocation and serves the next one.", "the model does not answer: set credentials or use the scripted model")
	untestable.Outcome = checks.Untestable
	soft := pass("OBS-01", checks.Should, "Logs go to standard output.", "the engine does not keep logs")
	soft.Outcome = checks.Untestable
	broken := pass("SSE-02", checks.Must, "Each event is one or more data: lines followed by a blank line.", "the check itself failed: index out of range; please report this")
	broken.Outcome = checks.Error
	waived := pass("INV-12", checks.Should, "Bodies up to 100 MB are taken.", "413 at 1 MB")
	waived.Outcome, waived.Reason, waived.Summary, waived.Fix = checks.Waived, "refused-below-2mb", "bodies below 2 MB are refused", "raise the body limit of the framework"
	in.Findings = append(passes(), restamped(), bindWarning(), note, foreign, skipped, untestable, soft, broken, waived)
	in.Environment.Notes = []string{"the engine is limited to 2 CPUs"}
	in.SessionModels = map[string]Verdict{"process": Nonconformant, "microvm": Nonconformant}
	return Assemble(in)
}

func bindWarning() checks.Finding {
	return checks.Finding{
		ID: "IMG-14", Reason: "loopback-on-platform", Level: checks.Should, Basis: checks.PlatformBasis, Area: "IMG", Outcome: checks.Warn,
		Title: "DOCKER_CONTAINER is set in the image environment.", Summary: "the SDK would bind 127.0.0.1 on the platform",
		Actual:      "bedrock-agentcore 1.0.3 is installed and DOCKER_CONTAINER is not set",
		Consequence: "passes here, unreachable when deployed", Fix: "ENV DOCKER_CONTAINER=1",
	}
}

func nothingRan() *Run {
	in := sampleInput()
	in.Environment, in.Records, in.Measurements = nil, nil, nil
	return Assemble(in)
}

func interruptedRun() *Run {
	in := sampleInput()
	in.Findings = passes()[:2]
	in.Interrupted = true
	return Assemble(in)
}

// sessionRun watched a long session in which one turn failed while the process was busy.
func sessionRun() *Run {
	in := sampleInput()
	in.Findings = passes()
	l := &record.LongSession{Boot: record.Boot{Ready: true, ReadyAfter: 400}, Planned: 10_000, Lasted: 10_000}
	l.Before = record.State{Running: true, StartedAt: "2026-11-22T15:30:00Z", PID: 7}
	l.After = l.Before
	for i := range 6 {
		at := record.Millis(400 + 2000*i)
		l.Polls = append(l.Polls, record.Ping{At: at, Took: 2, Outcome: record.Answered, Status: 200, Body: `{"status":"Healthy"}`})
		l.Turns = append(l.Turns, record.Exchange{ID: fmt.Sprintf("longsession.turn.%d", i), Outcome: record.Answered, At: at + 10,
			Took: record.Millis(100 + 20*i), Response: &record.Response{Status: 200}})
	}
	for i := range 3 {
		l.Samples = append(l.Samples, record.Sample{At: record.Millis(420 + 5000*i), Memory: int64(80+8*i) << 20, CPU: record.Millis(300 * i), PIDs: 4})
	}
	for i := range l.Samples {
		descriptors, threads := 12+4*i, 4
		l.Samples[i].Descriptors, l.Samples[i].Threads = &descriptors, &threads
	}
	in.Records.Starts = []record.ColdStart{
		{Name: "main", Ready: true, Epoch: 1_795_361_400, CreateTook: 61.5, StartTook: 240, FirstListen: 1850, ReadyAfter: 1900},
		{Name: "life", Beside: true, Ready: true, Epoch: 1_795_361_410, StartTook: 300, FirstListen: 4200, ReadyAfter: 5400},
		{Name: "clean", Beside: true, Cause: record.ProcessExited, Epoch: 1_795_361_411},
	}
	l.Polls[3].Body, l.Turns[3].Response.Status = `{"status":"HealthyBusy"}`, 500
	in.Records.LongSession = l
	return Assemble(in)
}

// hostileText holds what breaks XML, terminals and lazy escaping.
var hostileText = "a\x00b\x1b[2J\x1b]0;title\x07 ]]> <b a=\"1\" c='2'> & \xff\xfe \xed\xa0\x80 \u202egnp.exe\u2066 \ufffe\uffff \u009b31m \u2028 \u200b \U000e0041 \x7f\r\nline\rtwo \u00e9\u6f22\U0001f600 %s %!d(x)"

func hostileRun() *Run {
	in := sampleInput()
	f := restamped()
	f.Title, f.Summary, f.Expected, f.Actual = hostileText, hostileText, hostileText, hostileText
	f.Consequence, f.Fix = hostileText, hostileText
	x := samplePing(hostileText + strings.Repeat("\x1b[31mAAAA", 500))
	x.Error, x.Request.Path = hostileText, "/ping"+hostileText
	x.Response.Header = append(x.Response.Header, record.Field{Name: hostileText, Value: hostileText})
	f.Evidence = []checks.Evidence{checks.Wire(hostileText, x), {Kind: "log", Title: hostileText, Lines: []string{hostileText, hostileText}}, checks.Text("text", hostileText)}
	w := bindWarning()
	w.Summary, w.Actual, w.Evidence = hostileText, hostileText, f.Evidence
	in.Findings = append(passes(), f, w)
	in.Records.Image.Reference, in.Records.Image.User = hostileText, hostileText
	in.Environment.Notes, in.Environment.Engine = []string{hostileText}, hostileText
	in.Errors = []string{hostileText}
	in.Records.Starts = []record.ColdStart{{Name: hostileText, Ready: true, FirstListen: -5, ReadyAfter: 1e300}}
	return Assemble(in)
}
