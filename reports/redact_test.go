package reports

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestCredentialsAreRecognised(t *testing.T) {
	for in, want := range map[string]string{
		"id AKIAIOSFODNN7EXAMPLE here":                                             "id AKIAREDACTEDREDACTED here",
		"ASIAIOSFODNN7EXAMPLE":                                                     "ASIAREDACTEDREDACTED",
		"sk-proj-abcdefghijklmnop1234":                                             "sk-REDACTEDREDACTEDREDACTEDR",
		"ghp_0123456789abcdefghijABCDEFGHIJ012345":                                 "ghp_REDACTEDREDACTEDREDACTEDREDACTEDREDA",
		"Authorization: Bearer abc.def-123":                                        "Authorization: Bearer [redacted]",
		"authorization: bearer supersecrettoken":                                   "authorization: bearer [redacted]",
		"authorization: Basic dXNlcjpwYXNzd29yZA==":                                "authorization: Basic [redacted]",
		"x-api-key: s3cr3t-value":                                                  "x-api-key: [redacted]",
		`{"api_key":"abcdefgh","n":1}`:                                             `{"api_key":"[redacted]","n":1}`,
		`{\"client_secret\": \"abcdefgh\"}`:                                        `{\"client_secret\": \"[redacted]\"}`,
		"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG":                              "AWS_SECRET_ACCESS_KEY=[redacted]",
		"aws_session_token = abcdefghij":                                           "aws_session_token = [redacted]",
		"HF_TOKEN=hf_abcdef other":                                                 "HF_TOKEN=[redacted] other",
		"postgres://user:hunter22@db:5432/x":                                       "postgres://user:[redacted]@db:5432/x",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_DEF-123":                     "[redacted]",
		"a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b": "a -----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY----- b",
		`-----BEGIN PRIVATE KEY-----\nMIIE`:                                        `-----BEGIN PRIVATE KEY-----[redacted]`,
	} {
		got := withoutCredentials(in)
		if got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
		if again := withoutCredentials(got); again != got {
			t.Errorf("%q becomes %q the second time", got, again)
		}
	}
}

// TestEveryNameHasAHint: a name that the expression knows but no hint announces would never be looked for.
func TestEveryNameHasAHint(t *testing.T) {
	for _, name := range strings.Fields(`apikey api_key API-KEY openai_api_key secretkey secret_key secret-key secret_access_key
		secretaccesskey session_token SessionToken security-token password PASSWD passphrase client_secret clientSecret access_token
		accessToken refresh-token auth_token`) {
		if got := withoutCredentials(name + "=abcdefgh"); got != name+"=[redacted]" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestPlainTextIsLeftAlone(t *testing.T) {
	for _, s := range []string{
		`Bearer realm="agent", error="invalid_token"`, `WWW-Authenticate: Bearer resource_metadata="https://a/b"`,
		"Bearer authentication required", "Basic information about keys", "the token limit is 4096", `{"max_tokens":1024}`,
		"authorization: Bearer " + record.IdentityToken, "x-api-key: " + record.IdentityToken, "http://127.0.0.1:8080/ping",
		"sha256:0f6d1c2b3a4958675849302112233445566778899aabbccddeeff00112233445", "risk-assessment of the task-runner-service",
		"-----BEGIN CERTIFICATE-----", `{"status":"Healthy","time_of_last_update":1763825408}`,
	} {
		if got := withoutCredentials(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

// TestSecretsLeaveEveryPlace fills every string of a report with a secret, in each spelling in which it may come back,
// and looks for it in what is written.
func TestSecretsLeaveEveryPlace(t *testing.T) {
	secret := `p&ss"wö'rd/Ж<7`
	for _, spelling := range []string{
		secret, url.QueryEscape(secret), strings.ReplaceAll(secret, `'`, `'\''`), jsonSpelling(t, secret), "cCZzcyJ3w7YncmQv0JY8Nw==",
	} {
		run := new(Run)
		fill(reflect.ValueOf(run).Elem(), source{}, 12)
		hide(reflect.ValueOf(run), "before "+spelling+" after")
		run.Verdict, run.Findings[0].Outcome = Nonconformant, checks.Fail
		Redact(run, []string{secret})
		left := places(reflect.ValueOf(run), "", "before "+spelling+" after")
		for place := range left {
			if !ownWords[place] {
				t.Errorf("%q is left in %s", spelling, place)
			}
		}
	}
}

// ownWords are the places that hold the harness's own words and are never redacted.
var ownWords = map[string]bool{}

func init() {
	for _, p := range strings.Fields(`Run.Schema Run.ID Run.Started Run.ScopeWhy Tool.Name Tool.Version Tool.Contract
		Environment.Engine Environment.Version Environment.APIVersion Environment.Source Environment.Architecture Environment.Route
		Environment.Network Environment.TimeScaleFrom ImageFacts.Reference ImageFacts.Origin ImageFacts.Digest ImageFacts.IndexDigest ImageFacts.ConfigDigest
		ImageFacts.Platform ImageFacts.MediaType ImageFacts.User ImageFacts.Machine
		Finding.ID Finding.Reason Finding.Area Finding.Title Finding.Summary Finding.Consequence Finding.Fix
		Terms.Protocol Terms.Path Terms.Profile Terms.SessionModel Terms.Model Terms.Compute Terms.PlatformVersion Terms.DeployRef EnvVar.Name Field.Name Start.Name
		Account.Says Account.Source Line.Name Course.Because Event.Text`) {
		ownWords[p] = true
	}
	for typ, fields := range vocabulary {
		for _, f := range fields {
			ownWords[typ.Name()+"."+f] = true
		}
	}
}

func jsonSpelling(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[1 : len(b)-1])
}

// hide sets every plain string that can be reached.
func hide(v reflect.Value, text string) {
	each(v, "", func(place string, s reflect.Value) { s.SetString(text) })
}

// places lists where a text stands.
func places(v reflect.Value, _ string, text string) map[string]bool {
	found := map[string]bool{}
	each(v, "", func(place string, s reflect.Value) {
		if strings.Contains(s.String(), text) {
			found[place] = true
		}
	})
	return found
}

// each visits every plain string by the type and field that holds it.
func each(v reflect.Value, place string, visit func(string, reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			each(v.Elem(), place, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			each(v.Field(i), v.Type().Name()+"."+v.Type().Field(i).Name, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			each(v.Index(i), place, visit)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(k))
			each(value, place, visit)
			v.SetMapIndex(k, value)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			visit(place, v)
		}
	}
}

func TestRedactingTwiceChangesNothingMore(t *testing.T) {
	run := oneOfEach()
	run.Records.Boot = &record.Boot{Logs: record.Logs{Lines: []string{"key=hunter2hunter2", "x-api-key: abcdefgh"}}}
	secrets := []string{"hunter2hunter2", "hunter2", "redacted", "short", "[redac"}
	Redact(run, secrets)
	once := encoded(t, run)
	Redact(run, secrets)
	if twice := encoded(t, run); !bytes.Equal(once, twice) {
		t.Error(firstDifference(twice, once))
	}
	if !bytes.Contains(once, []byte(`"key=[redacted]"`)) {
		t.Error("the longer secret was not replaced as a whole")
	}
}

// TestRedactFollowsSharedRecords: evidence points into the records, and a struct's first field has the struct's address.
func TestRedactFollowsSharedRecords(t *testing.T) {
	run := allPass()
	run.Records.Async = &record.Async{Trigger: *samplePing("topsecret"), Pings: []record.Ping{{Body: "topsecret"}}}
	run.Findings[0].Evidence = []checks.Evidence{{Kind: "exchange", Exchange: &run.Records.Async.Trigger, Curl: "curl topsecret"}}
	Redact(run, []string{"topsecret"})
	if data := encoded(t, run); bytes.Contains(data, []byte("topsecret")) {
		t.Errorf("left: %s", data)
	}
}

func TestRedactNamedHeadersAndLabels(t *testing.T) {
	run := allPass()
	x := samplePing("")
	x.Request.Header = []record.Field{{Name: "Authorization", Value: "Token abc"}, {Name: "X-Api-Key", Value: "k"}, {Name: "authorization", Value: "Bearer " + record.IdentityToken}}
	x.Request.Raw = []byte("GET / HTTP/1.1\r\nx-api-key: abcdefgh\r\n\r\n")
	run.Records.Calls = &record.Calls{Variants: map[record.Variant]*record.Exchange{record.Platform: x}}
	run.Records.Image.Labels = map[string]string{"api_key": "tiny", "org.title": "agent"}
	run.Records.Image.Env = []string{"OPENAI_API_KEY=verysecret", "PATH=/usr/bin"}
	Redact(run, nil)
	h := x.Request.Header
	if h[0].Value != "Token [redacted]" || h[1].Value != "[redacted]" || h[2].Value != "Bearer "+record.IdentityToken {
		t.Errorf("headers %v", h)
	}
	if s := string(x.Request.Raw); !strings.Contains(s, "x-api-key: [redacted]\r\n\r\n") {
		t.Errorf("raw %q", s)
	}
	if l := run.Records.Image.Labels; l["api_key"] != "[redacted]" || l["org.title"] != "agent" {
		t.Errorf("labels %v", l)
	}
	if e := run.Records.Image.Env; e[0] != "OPENAI_API_KEY=[redacted]" || e[1] != "PATH=/usr/bin" {
		t.Errorf("env %v", e)
	}
}

func TestPrivateKeysOverSeveralLines(t *testing.T) {
	run := allPass()
	run.Records.Boot = &record.Boot{Logs: record.Logs{Lines: []string{"loading", "-----BEGIN EC PRIVATE KEY-----", "MHcCAQEE", "oAoGCCqG", "-----END EC PRIVATE KEY-----", "ready"}}}
	Redact(run, []string{"line one is long\nline two is long too"})
	want := []string{"loading", "-----BEGIN EC PRIVATE KEY-----[redacted]", "[redacted]", "[redacted]", "[redacted]", "ready"}
	if got := run.Records.Boot.Logs.Lines; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
	run.Records.Boot.Logs.Lines = []string{"x line two is long too y"}
	Redact(run, []string{"line one is long\nline two is long too"})
	if got := run.Records.Boot.Logs.Lines[0]; got != "x [redacted] y" {
		t.Errorf("a line of a longer secret: %q", got)
	}
}

// TestOwnWordsSurvive: a variable whose value is a word of ours must not make the report unreadable.
func TestOwnWordsSurvive(t *testing.T) {
	run := oneOfEach()
	Redact(run, []string{"PING-06", "nonconformant", "process", "restamped", "untestable", "linux/arm64", "docker", record.IdentityToken, "conform-dummy"})
	if run.Verdict != Nonconformant || run.Records.Terms.SessionModel != "process" || run.Image.Platform != "linux/arm64" {
		t.Errorf("%+v", run.Records.Terms)
	}
	if err := validates(t, compiled(t, ""), encoded(t, run)); err != nil {
		t.Error(err)
	}
}

func TestRedactAnEmptyRun(t *testing.T) {
	Redact(&Run{}, []string{"something"})
}
