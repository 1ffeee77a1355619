package platform

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Names of fields that the platform sends, as they arrive: in lower case.
const (
	SessionField = "x-amzn-bedrock-agentcore-runtime-session-id"
	CustomField  = "x-amzn-bedrock-agentcore-runtime-custom-probe"
)

// Longest values that the API lets callers send, in characters (OBS-02).
const (
	maxTraceState = 512
	maxBaggage    = 8192
)

// Profile says which header fields an invocation carries. The zero value is the observed set without what the caller
// chooses: session, accept, content type. Host and the body's length are the client's own business.
type Profile struct {
	// Session, Accept and ContentType leave their field out when empty.
	Session     string
	Accept      string
	ContentType string
	// Port is the value of x-aws-proxy-port; 0 means 8080.
	Port int
	// Minimal reduces the set to content type and session (INV-13). Bare leaves out the fields that the platform adds,
	// but not those of the caller: content type, accept, session (NET-05).
	Minimal, Bare bool
	// Full adds every field the platform may send: identity, W3C trace context, guest fields, a custom one (NET-05).
	Full bool
	// Identity is the value of the identity fields (SES-12); empty leaves them out unless Full is set.
	Identity string
	// Custom adds an allow-listed custom field (SES-09).
	Custom bool
	// TraceLong fills the trace fields to their limits (OBS-02), TraceBroken with what no parser takes (OBS-03).
	TraceLong, TraceBroken bool
	// MixedCase spells the names as the documentation does, not as they arrive (NET-10).
	MixedCase bool
}

// Headers returns the fields in the order in which the platform was seen to send them. Request and trace ids are fresh.
func Headers(p Profile) []record.Field {
	var l fieldList
	l.addIf("content-type", p.ContentType)
	if !p.Minimal {
		l.addIf("accept", p.Accept)
	}
	l.addIf(SessionField, p.Session)
	if !p.Minimal {
		p.platformFields(&l)
	}
	if p.MixedCase {
		l.mixCase()
	}
	return l.fields
}

func (p Profile) platformFields(l *fieldList) {
	if !p.Bare {
		l.add("x-amzn-requestid", uuid.NewString())
		p.traceFields(l)
		l.add("x-aws-proxy-port", strconv.Itoa(p.port()))
	}
	if p.Full {
		l.add("x-aws-proxy-ip", "169.254.0.1")
		l.add("x-aws-guest-auth", randomHex(16))
		l.add("x-amzn-bedrock-agentcore-runtime-request-id", uuid.NewString())
	}
	p.identityFields(l)
	if p.Custom || p.Full {
		l.add(CustomField, "1")
	}
}

func (p Profile) port() int {
	if p.Port == 0 {
		return 8080
	}
	return p.Port
}

// traceFields writes x-amzn-trace-id and baggage in the observed form, and the W3C pair where it is asked for.
func (p Profile) traceFields(l *fieldList) {
	if p.TraceBroken {
		for _, f := range []record.Field{
			{Name: "x-amzn-trace-id", Value: "Root=;;Parent"}, {Name: "traceparent", Value: "garbage"},
			{Name: "tracestate", Value: "=,=,"}, {Name: "baggage", Value: "==="},
		} {
			l.add(f.Name, f.Value)
		}
		return
	}
	stamp := fmt.Sprintf("1-%08x-", time.Now().Unix())
	root, self, parent := stamp+randomHex(12), stamp+randomHex(12), randomHex(8)
	l.add("x-amzn-trace-id", fmt.Sprintf("Root=%s;Parent=%s;Sampled=1;Self=%s", root, parent, self))
	if p.Full || p.TraceLong {
		l.add("traceparent", "00-"+strings.ReplaceAll(root[2:], "-", "")+"-"+parent+"-01")
		l.add("tracestate", fill("conform=", p.TraceLong, maxTraceState/2)+",other="+fill("", p.TraceLong, maxTraceState/2-8))
	}
	baggage := "Self=" + self
	if p.Session != "" {
		baggage += ",session.id=" + p.Session
	}
	if p.TraceLong {
		baggage = fill(baggage+",conform=", true, maxBaggage)
	}
	l.add("baggage", baggage)
}

// fill pads a value with letters: to the length when long, else by one.
func fill(value string, long bool, length int) string {
	if !long {
		length = len(value) + 1
	}
	return value + strings.Repeat("a", max(0, length-len(value)))
}

func (p Profile) identityFields(l *fieldList) {
	token := p.Identity
	if token == "" && p.Full {
		token = randomHex(24)
	}
	if token == "" {
		return
	}
	l.add("x-amzn-bedrock-agentcore-runtime-user-id", "conform-user")
	l.add("workloadaccesstoken", token)
	l.add("x-amzn-bedrock-agentcore-runtime-workload-accesstoken", token)
	l.add("x-amz-bedrock-agentcore-identity-wat", token)
	l.add("oauth2callbackurl", "https://conform.invalid/callback")
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails, says its documentation
	return hex.EncodeToString(b)
}

type fieldList struct{ fields []record.Field }

func (l *fieldList) add(name, value string) {
	l.fields = append(l.fields, record.Field{Name: name, Value: value})
}

func (l *fieldList) addIf(name, value string) {
	if value != "" {
		l.add(name, value)
	}
}

// documented spells the parts of names that the documentation does not write with one leading capital.
var documented = map[string]string{
	"agentcore": "AgentCore", "requestid": "RequestId", "workloadaccesstoken": "WorkloadAccessToken",
	"accesstoken": "AccessToken", "wat": "WAT", "oauth2callbackurl": "OAuth2CallbackUrl",
}

func (l *fieldList) mixCase() {
	for i, f := range l.fields {
		parts := strings.Split(f.Name, "-")
		for j, part := range parts {
			if spelled, ok := documented[part]; ok {
				parts[j] = spelled
			} else {
				parts[j] = strings.ToUpper(part[:1]) + part[1:]
			}
		}
		l.fields[i].Name = strings.Join(parts, "-")
	}
}
