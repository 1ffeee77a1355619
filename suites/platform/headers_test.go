package platform

import (
	"regexp"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func names(fields []record.Field) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return strings.Join(out, " ")
}

const both = "application/json, text/event-stream"

func TestProfilesHaveTheObservedFieldsInTheObservedOrder(t *testing.T) {
	const (
		caller   = "content-type accept " + SessionField
		observed = caller + " x-amzn-requestid x-amzn-trace-id baggage x-aws-proxy-port"
		identity = " x-amzn-bedrock-agentcore-runtime-user-id workloadaccesstoken" +
			" x-amzn-bedrock-agentcore-runtime-workload-accesstoken x-amz-bedrock-agentcore-identity-wat oauth2callbackurl"
	)
	tests := []struct {
		name string
		p    Profile
		want string
	}{
		{"observed", Profile{}, observed},
		{"minimal", Profile{Minimal: true}, "content-type " + SessionField},
		{"bare", Profile{Bare: true}, caller},
		{"identity", Profile{Identity: record.IdentityToken}, observed + identity},
		{"custom", Profile{Custom: true}, observed + " " + CustomField},
		{"broken traces", Profile{TraceBroken: true}, caller + " x-amzn-requestid x-amzn-trace-id traceparent tracestate baggage x-aws-proxy-port"},
		{"full", Profile{Full: true}, caller + " x-amzn-requestid x-amzn-trace-id traceparent tracestate baggage x-aws-proxy-port" +
			" x-aws-proxy-ip x-aws-guest-auth x-amzn-bedrock-agentcore-runtime-request-id" + identity + " " + CustomField},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.p.Session, tt.p.Accept, tt.p.ContentType = NewSessionID(), both, "application/json"
			if got := names(Headers(tt.p)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestWhatTheCallerDoesNotSetIsLeftOut(t *testing.T) {
	if got := names(Headers(Profile{})); got != "x-amzn-requestid x-amzn-trace-id baggage x-aws-proxy-port" {
		t.Errorf("got %s", got)
	}
}

func TestValuesHaveTheObservedForm(t *testing.T) {
	sid := NewSessionID()
	h := Headers(Profile{Session: sid, Port: 8123, Full: true})
	forms := map[string]string{
		SessionField:        `^` + sid + `$`,
		"x-amzn-requestid":  `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
		"x-amzn-trace-id":   `^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1;Self=1-[0-9a-f]{8}-[0-9a-f]{24}$`,
		"baggage":           `^Self=1-[0-9a-f]{8}-[0-9a-f]{24},session\.id=` + sid + `$`,
		"x-aws-proxy-port":  `^8123$`,
		"traceparent":       `^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`,
		"tracestate":        `^conform=a,other=a$`,
		"oauth2callbackurl": `^https://`,
	}
	for name, form := range forms {
		if v := record.FieldValue(h, name); !regexp.MustCompile(form).MatchString(v) {
			t.Errorf("%s is %q, want %s", name, v, form)
		}
	}
	if v := record.FieldValue(Headers(Profile{}), "x-aws-proxy-port"); v != "8080" {
		t.Errorf("default port %q", v)
	}
}

func TestRequestAndTraceIDsAreFresh(t *testing.T) {
	a, b := Headers(Profile{}), Headers(Profile{})
	for _, name := range []string{"x-amzn-requestid", "x-amzn-trace-id", "baggage"} {
		if record.FieldValue(a, name) == record.FieldValue(b, name) {
			t.Errorf("%s is the same twice", name)
		}
	}
}

func TestLongTracesKeepToTheLimits(t *testing.T) {
	h := Headers(Profile{Session: NewSessionID(), TraceLong: true})
	for name, limit := range map[string][2]int{"x-amzn-trace-id": {100, 128}, "traceparent": {55, 128}, "tracestate": {500, 512}, "baggage": {8192, 8192}} {
		if n := len(record.FieldValue(h, name)); n < limit[0] || n > limit[1] {
			t.Errorf("%s has %d characters, want %v", name, n, limit)
		}
	}
}

func TestMixedCaseChangesTheSpellingOnly(t *testing.T) {
	p := Profile{Session: NewSessionID(), ContentType: "application/json", Full: true}
	lower := names(Headers(p))
	p.MixedCase = true
	mixed := names(Headers(p))
	if strings.ToLower(mixed) != lower || !strings.Contains(mixed, "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id") || !strings.Contains(mixed, "WorkloadAccessToken") {
		t.Errorf("got %s", mixed)
	}
}

func TestSessionIDs(t *testing.T) {
	if id := NewSessionID(); len(id) != 36 || id == NewSessionID() {
		t.Errorf("got %q", id)
	}
	form := regexp.MustCompile(`^[a-z0-9][a-z0-9-]*[a-z0-9]$`)
	for _, n := range []int{33, 36, 100, 256} {
		a, b := SessionIDOf(n), SessionIDOf(n)
		if len(a) != n || !form.MatchString(a) || !strings.Contains(a, "-") {
			t.Errorf("%d characters asked: %q", n, a)
		}
		if a[:8] == b[:8] || a[n-8:] == b[n-8:] {
			t.Errorf("%q and %q begin or end alike", a, b)
		}
	}
	if id := SessionIDOf(1); len(id) != 1 {
		t.Errorf("one character asked: %q", id)
	}
}

func TestMarkers(t *testing.T) {
	form := regexp.MustCompile(`^zq[a-z0-9]{16}$`)
	seen := map[string]bool{}
	for range 1000 {
		m := NewMarker()
		if !form.MatchString(m) || seen[m] {
			t.Fatalf("marker %q is malformed or was there before", m)
		}
		seen[m] = true
	}
}
