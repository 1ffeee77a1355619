package aws

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

func signed(service string) string {
	return "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=00"
}

// call makes a request as an ask. The header fields are name, value, name, value.
func call(method, url, body string, fields ...string) *http.Request {
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	return r
}

func TestRecognise(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		r                  *http.Request
		body               string
		service, operation string
		dialect            dialect
	}{
		"signature":          {call("GET", "/x", "", "Authorization", signed("lambda")), "", "lambda", "", restJSON},
		"signature for many": {call("GET", "/", "", "Authorization", "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/s3/aws4_request, SignedHeaders=host"), "", "s3", "", s3XML},
		"presigned":          {call("GET", "/b/k?X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&x-id=GetObject", ""), "", "s3", "GetObject", s3XML},
		"nonsense signature": {call("GET", "/", "", "Authorization", signed("<script>")), "", "", "", restJSON},
		"target":             {call("POST", "/", "", "X-Amz-Target", "AmazonSSM.GetParameter"), "", "ssm", "GetParameter", awsJSON},
		"unknown target":     {call("POST", "/", "", "X-Amz-Target", "Fresh_2030.DoIt"), "", "fresh_2030", "DoIt", awsJSON},
		"target and scope":   {call("POST", "/", "", "X-Amz-Target", "DynamoDB_20120810.GetItem", "Authorization", signed("dynamodb")), "", "dynamodb", "GetItem", awsJSON},
		"web identity":       {call("POST", "/", "", "Content-Type", form), "Action=AssumeRoleWithWebIdentity", "sts", "AssumeRoleWithWebIdentity", query},
		"query in the URL":   {call("GET", "/?Action=GetCallerIdentity", "", "Authorization", signed("sts")), "", "sts", "GetCallerIdentity", query},
		"ec2":                {call("POST", "/", "", "Content-Type", form, "Authorization", signed("ec2")), "Action=DescribeRegions", "ec2", "DescribeRegions", ec2Query},
		"cbor":               {call("POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData", "", "Smithy-Protocol", "rpc-v2-cbor", "Authorization", signed("monitoring")), "", "monitoring", "PutMetricData", cbor},
		"host of a bucket":   {call("GET", "http://bucket.s3.eu-west-1.amazonaws.com/key", ""), "", "s3", "", s3XML},
		"host":               {call("GET", "http://secretsmanager.us-east-1.amazonaws.com:443/", ""), "", "secretsmanager", "", restJSON},
		"global host":        {call("GET", "http://sts.amazonaws.com/", ""), "", "sts", "", restJSON},
		"another host":       {call("GET", "http://example.com/", ""), "", "", "", restJSON},
		"bearer at runtime":  {call("POST", "/runtimes/arn/invocations", "", "Authorization", "Bearer x"), "", agentcore, "InvokeAgentRuntime", restJSON},
		"memory":             {call("POST", "/memories/m-1/actor/a%2Fb/sessions/s", "", "Authorization", signed(agentcore)), "", agentcore, "ListEvents", restJSON},
		"unknown of ours":    {call("POST", "/new-things/m-1", "", "Authorization", signed(agentcore)), "", agentcore, "", restJSON},
		"gateway":            {call("POST", "/mcp", "", "Authorization", signed(agentcore)), "", gateway, "", restJSON},
		"gateway by prefix":  {call("POST", "/gateways/g/mcp", ""), "", gateway, "", restJSON},
		"form that is none":  {call("POST", "/", "", "Content-Type", form), "%zz&Action", "", "", restJSON},
	} {
		t.Run(name, func(t *testing.T) {
			a := recognise(c.r, []byte(c.body), false)
			if a.service != c.service || a.operation != c.operation || a.dialect != c.dialect {
				t.Errorf("recognised %q %q %q, want %q %q %q", a.service, a.operation, a.dialect, c.service, c.operation, c.dialect)
			}
		})
	}
}

// TestDenialsAreWellFormed with a message that needs escaping in every dialect.
func TestDenialsAreWellFormed(t *testing.T) {
	f := fault{http.StatusForbidden, "AccessDeniedException", "no <b>\"&\" \n é"}
	for _, d := range []dialect{restJSON, awsJSON, query, ec2Query, restXML, s3XML, cbor} {
		out := refusal(&ask{r: call("POST", "/", ""), dialect: d}, f)
		if out.fault == "" || out.status < 400 || out.mime == "" {
			t.Errorf("%s: %+v", d, out)
		}
		switch d {
		case restJSON, awsJSON:
			var got struct{ Message string }
			if err := json.Unmarshal(out.body, &got); err != nil || got.Message != f.message {
				t.Errorf("%s: %s: %v", d, out.body, err)
			}
		case cbor:
			if !bytes.HasPrefix(out.body, []byte("\xa2\x79\x00\x06__type\x79\x00\x15AccessDeniedException\x79\x00\x07message")) {
				t.Errorf("%s: %q", d, out.body)
			}
		default:
			if text := textIn(t, out.body); !strings.Contains(text, f.message) || !strings.Contains(text, out.fault) {
				t.Errorf("%s: %q", d, text)
			}
		}
	}
}

// textIn is the text of a whole XML document.
func textIn(t *testing.T, body []byte) string {
	t.Helper()
	var all strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := d.Token()
		if token == nil {
			if d.InputOffset() != int64(len(body)) {
				t.Fatalf("%v in %s", err, body)
			}
			return all.String()
		}
		if text, ok := token.(xml.CharData); ok {
			all.Write(text)
		}
	}
}

func FuzzServer(f *testing.F) {
	f.Add("POST", "/memories/m-1/events", "", signed(agentcore), `{"actorId":"a","sessionId":"s","eventTimestamp":1,"payload":[]}`)
	f.Add("POST", "/memories/m-1/actor/a/sessions/s", "", signed(agentcore), `{"maxResults":1,"filter":{"branch":{"name":"x","includeParentBranches":true}}}`)
	f.Add("POST", "/memories/m-1/memoryRecords/batchCreate", "", signed(agentcore), `{"records":[{"namespaces":["/a"],"content":{"text":"b"}}]}`)
	f.Add("POST", "/memories/m-1/retrieve", "", signed(agentcore), `{"namespace":"/","searchCriteria":{"searchQuery":"b","topK":-1}}`)
	f.Add("POST", "/memories/create", "", signed(agentcore), `{"name":"a","memoryStrategies":[{"semanticMemoryStrategy":{"name":"b"}}]}`)
	f.Add("POST", "/identities/oauth2/token", "", "", `{"workloadIdentityToken":"t","resourceCredentialProviderName":"p"}`)
	f.Add("POST", "/", "application/x-www-form-urlencoded", signed("sts"), "Action=AssumeRole&RoleArn=a:role/b&RoleSessionName=c")
	f.Add("POST", "/mcp", "application/json", "Bearer x", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"conformance___echo","arguments":{"text":"x"}}}`)
	s := New()
	f.Fuzz(func(t *testing.T, method, path, kind, authorization, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Method, r.URL.Path = method, path
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 || w.Header().Get("Content-Type") == "application/json" && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s is answered with %d %q", method, path, w.Code, w.Body)
		}
		a := recognise(r, []byte(body), false)
		if !utf8.ValidString(a.service+a.operation) || len(a.service) > 64 || len(a.operation) > 64 {
			t.Errorf("recognised %q %q", a.service, a.operation)
		}
	})
}
