package aws

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/metadata"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/sdktest"
)

// runSDK runs a driver of testdata/sdk against an AWS of its own; the driver finds a marker in MARKER.
func runSDK(t *testing.T, driver, marker string) (gjson.Result, *Server) {
	t.Helper()
	s, url := serve(t)
	variables := append(Environment(strings.TrimPrefix(url, "http://")), "AWS="+url, "MARKER="+marker)
	return sdktest.Run(t, "testdata/sdk", driver, variables...), s
}

// serve starts an AWS for the length of a test and returns its URL without a slash at the end.
func serve(t testing.TB) (*Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New()
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return s, "http://" + l.Addr().String()
}

func TestMemoryWithTheOfficialSDK(t *testing.T) {
	marker := platform.NewMarker()
	out, s := runSDK(t, "memory.mjs", marker)
	hold(t, out, map[string]string{
		"created.status":                  `201`,
		"created.ok.event.actorId":        `"team/agent:user"`,
		"created.ok.event.eventTimestamp": `"1970-01-01T00:16:40.000Z"`,
		"created.ok.event.payload.1.blob": `{"deep":[1,"two"]}`,
		"created.ok.event.branch.name":    `"main"`,
		"badSession.kind":                 `"ValidationException"`,
		"listed":                          `["third","second","first ` + marker + `"]`,
		"bare":                            `[false,false,false]`,
		"weather":                         `["second"]`,
		"fork":                            `["third"]`,
		"forkAndParents":                  `["third","first ` + marker + `"]`,
		"tooMany.kind":                    `"ValidationException"`,
		"badToken.kind":                   `"ValidationException"`,
		"empty":                           `[]`,
		"pages":                           `[2,1]`,
		"got.ok.event.payload.0.conversational.content.text": `"first ` + marker + `"`,
		"gone.kind":                                 `"ResourceNotFoundException"`,
		"sessions.ok.sessionSummaries.#":            `4`,
		"actors.ok.actorSummaries":                  `[{"actorId":"team/agent:user"}]`,
		"jobs.ok.jobs":                              `[]`,
		"ingested.ok.sessionId":                     `"one"`,
		"records.ok.successfulRecords.#":            `3`,
		"retrieved":                                 `["likes green tea","drinks tea and reads"]`,
		"retrievedTop":                              `["likes coffee"]`,
		"elsewhere":                                 `[]`,
		"noNamespace.kind":                          `"ValidationException"`,
		"folder":                                    `["likes green tea","drinks tea and reads"]`,
		"updated.ok.successfulRecords.#":            `1`,
		"updated.ok.failedRecords.0.errorCode":      `404`,
		"record.ok.memoryRecord.content.text":       `"likes cocoa"`,
		"left":                                      `["drinks tea and reads"]`,
		"createdMemory.ok.memory.strategies.0.type": `"SEMANTIC"`,
		"madeMemory.ok.memory.name":                 `"fresh"`,
		"memory.ok.memory.status":                   `"ACTIVE"`,
		"memory.ok.memory.name":                     `"notes"`,
		"memories.ok.memories.#.status":             `["ACTIVE","ACTIVE"]`,
	})
	if a, b := out.Get("again.0.ok.event.eventId"), out.Get("again.1.ok.event.eventId"); a.String() == "" || a.String() != b.String() {
		t.Errorf("the same client token made events %s and %s", a, b)
	}
	wrote := requests(s, "CreateEvent")[0]
	if wrote.Memory != "notes-abcdefghij" || wrote.Actor != "team/agent:user" || wrote.Session != "one" || !slices.Equal(wrote.Markers, []string{marker}) {
		t.Errorf("the record of the first event is %+v", wrote)
	}
	if read := requests(s, "ListEvents")[0]; read.Session != "one" || len(read.Markers) != 0 || !slices.Equal(read.Returned, []string{marker}) {
		t.Errorf("the record of the first list is %+v", read)
	}
	if found := requests(s, "RetrieveMemoryRecords")[0]; found.Namespace != "/facts/ann" {
		t.Errorf("the record of the first search is %+v", found)
	}
}

func TestIdentityAndSTSWithTheOfficialSDKs(t *testing.T) {
	out, s := runSDK(t, "identity.mjs", platform.NewMarker())
	hold(t, out, map[string]string{
		"user.kind":                       `"AccessDeniedException"`,
		"user.attempts":                   `1`,
		"caller.ok.Account":               `"123456789012"`,
		"caller.ok.Arn":                   `"` + callerARN + `"`,
		"role.ok.AssumedRoleUser.Arn":     `"arn:aws:sts::123456789012:assumed-role/Tea\u0026Co/session"`,
		"role.ok.Credentials.AccessKeyId": `"ASIACONFORMANCE00000"`,
		"web.ok.Credentials.AccessKeyId":  `"ASIACONFORMANCE00000"`,
		"session.error":                   `"AccessDenied"`,
	})
	tokens := map[string]bool{}
	for _, path := range []string{
		"token.ok.workloadAccessToken", "forJWT.ok.workloadAccessToken", "forUser.ok.workloadAccessToken", "apiKey.ok.apiKey", "machine.ok.accessToken",
	} {
		tokens[out.Get(path).String()] = true
	}
	if len(tokens) != 5 || tokens[""] {
		t.Errorf("the tokens are %v, want five different ones", tokens)
	}
	if n := len(requests(s, "GetCallerIdentity")); n != 1 {
		t.Errorf("%d calls of GetCallerIdentity are in the records", n)
	}
}

// expiring runs the driver of that name with credentials that are good for so long, and returns what the metadata service and
// AWS saw of it.
func expiring(t *testing.T, life time.Duration) (gjson.Result, record.Credentials) {
	t.Helper()
	listen := func(s interface{ Serve(net.Listener) error }) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = s.Serve(l) }() // ends with the test
		return l.Addr().String()
	}
	keys, s := metadata.New(life), New()
	s.Expired = keys.Guard(record.PeerServices)
	t.Cleanup(func() { _ = errors.Join(keys.Close(), s.Close()) })
	variables := append(metadata.Instead(Environment(listen(s)), listen(keys)), "AWS_EC2_METADATA_DISABLED=false", fmt.Sprintf("LIFE=%d", life.Milliseconds()))
	out := sdktest.Run(t, "testdata/sdk", "expired.mjs", variables...)
	var seen record.Credentials
	keys.Report(&seen, s.started)
	return out, seen
}

// TestExpiredCredentialsWithTheOfficialSDKs: who keeps credentials is refused in every dialect once they have ended, and does not
// try again; the SDK's own chain asks for others.
func TestExpiredCredentialsWithTheOfficialSDKs(t *testing.T) {
	out, seen := expiring(t, 4*time.Second)
	for _, path := range []string{"first", "firstKept", "again"} {
		if out.Get(path+".ok.Account").String() != account {
			t.Errorf("%s: %s", path, out.Get(path))
		}
	}
	late := 0
	for name, want := range map[string]string{
		"sts": "ExpiredToken", "s3": "ExpiredToken", "agentcore": "ExpiredTokenException", "dynamodb": "ExpiredTokenException", "cloudwatch": "ExpiredTokenException",
	} {
		got := out.Get("kept." + name)
		if !strings.HasPrefix(got.Get("error").String(), want) || got.Get("attempts").Int() != 1 {
			t.Errorf("%s ended with %s, want %s at the first try", name, got.Raw, want)
		}
	}
	for _, k := range seen.Keys {
		late += k.Late
	}
	if late != 5 || seen.Keys[len(seen.Keys)-1].Late != 0 || seen.Keys[len(seen.Keys)-1].Signed == 0 {
		t.Errorf("%d requests were signed late: %+v", late, seen.Keys)
	}
}

// TestTheOfficialSDKKeepsWhatIsGood and asks for others when its clock has jumped past their end.
func TestTheOfficialSDKKeepsWhatIsGood(t *testing.T) {
	out, seen := expiring(t, metadata.Life)
	if out.Get("again.ok.Account").String() != account {
		t.Errorf("again: %s", out.Get("again"))
	}
	// One look by the chain, one by the driver, and one by the chain after the jump: three requests each.
	if seen.Asked != 9 || len(seen.Keys) != 1 || seen.Keys[0].Signed != 3 {
		t.Errorf("%+v", seen)
	}
}

func TestTheRestIsDeniedAtOnceInEveryDialect(t *testing.T) {
	out, s := runSDK(t, "denied.mjs", platform.NewMarker())
	for name, want := range map[string]string{
		"codeInterpreter": "bedrock-agentcore:StartCodeInterpreterSession", "invokeCodeInterpreter": "bedrock-agentcore:InvokeCodeInterpreter",
		"browser": "bedrock-agentcore:StartBrowserSession", "runtime": "bedrock-agentcore:InvokeAgentRuntime", "control": "bedrock-agentcore (POST)",
		"cloudwatch": "monitoring:PutMetricData", "cloudwatchCBOR": "monitoring:PutMetricData", "cloudwatchRPC": "monitoring:PutMetricData", "logs": "logs:PutLogEvents", "dynamodb": "dynamodb:GetItem", "s3": "s3:GetObject",
		"s3List": "s3:ListBuckets", "s3Put": "s3:PutObject", "secretsmanager": "secretsmanager:GetSecretValue", "sns": "sns:Publish",
		"sqs": "sqs:SendMessage", "ssm": "ssm:GetParameter", "xray": "xray (POST)",
	} {
		got := out.Get(name)
		if code := got.Get("error").String(); code != "AccessDeniedException" && code != "AccessDenied" {
			t.Errorf("%s ended with %s", name, got.Raw)
		}
		if !strings.Contains(got.Get("message").String(), "to perform: "+want+" because") {
			t.Errorf("%s: the message %q does not name %s", name, got.Get("message"), want)
		}
		if got.Get("attempts").Int() != 1 {
			t.Errorf("%s was tried %s times", name, got.Get("attempts"))
		}
	}
	var protocols []string
	for _, r := range requests(s, "PutMetricData") {
		protocols = append(protocols, r.Path)
	}
	if rpc := "/service/GraniteServiceVersion20100801/operation/PutMetricData"; !slices.Equal(protocols, []string{"/", rpc, rpc}) {
		t.Errorf("CloudWatch was not called in three dialects: %q", protocols)
	}
	if head := out.Get("s3Head"); head.Get("status").Int() != 403 || head.Get("attempts").Int() != 1 {
		t.Errorf("s3Head ended with %s", head.Raw)
	}
	for _, c := range s.Requests(s.started).Called {
		if c.Denied != c.Requests || c.Service == "" {
			t.Errorf("%+v: all were denied, and all services are known", c)
		}
	}
}

func TestGatewayWithTheOfficialSDK(t *testing.T) {
	marker := platform.NewMarker()
	out, s := runSDK(t, "gateway.mjs", marker)
	hold(t, out, map[string]string{
		"tools.#":             `1`,
		"tools.0.name":        `"conformance___echo"`,
		"echo.content.0.text": `"` + marker + `"`,
		"echo.isError":        `false`,
		"wrong.isError":       `true`,
		"unknown.code":        `-32602`,
	})
	for _, c := range s.Requests(s.started).Called {
		if (c.Denied > 0) != (c.Operation == "tools/call") {
			t.Errorf("%+v: only the call of an unknown tool is an error", c)
		}
	}
	if call := requests(s, "tools/call")[0]; call.Service != gateway || !slices.Equal(call.Markers, []string{marker}) {
		t.Errorf("the record of the first call is %+v", call)
	}
}

// hold compares values of a document, written as JSON.
func hold(t *testing.T, out gjson.Result, want map[string]string) {
	t.Helper()
	for path, w := range want {
		if got := string(mustJSON(out.Get(path).Value())); got != w {
			t.Errorf("%s is %s, want %s", path, got, w)
		}
	}
}

// requests are the records of one operation.
func requests(s *Server, operation string) []record.ServiceRequest {
	out := []record.ServiceRequest{}
	for _, r := range s.Requests(s.started).Requests {
		if r.Operation == operation {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		out = append(out, record.ServiceRequest{})
	}
	return out
}
