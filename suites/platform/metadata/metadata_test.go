package metadata

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// serve starts a service for the length of a test and returns its URL.
func serve(t *testing.T, life time.Duration) (*Service, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(life)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return s, "http://" + l.Addr().String()
}

// ask sends a request with one header field and returns status and body.
func ask(t *testing.T, method, url, field, value string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(field, value)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || !res.Close {
		t.Errorf("%s %s: %v, the connection is kept: %t", method, url, err, !res.Close)
	}
	return res.StatusCode, string(body)
}

func TestOnlyVersionTwoIsServed(t *testing.T) {
	s, url := serve(t, Life)
	status, token := ask(t, http.MethodPut, url+tokenPath, secondsField, "21600")
	if status != http.StatusOK || token == "" {
		t.Fatalf("the token: %d %q", status, token)
	}
	for name, c := range map[string]struct {
		method, path, field, value string
		status                     int
		body                       string
	}{
		"the role":                {"GET", rolePath, tokenField, token, 200, role},
		"without the slash":       {"GET", rolePath[:len(rolePath)-1], tokenField, token, 200, role},
		"no token":                {"GET", rolePath, "X-Other", "1", 401, ""},
		"another token":           {"GET", rolePath + role, tokenField, "x", 401, ""},
		"another role":            {"GET", rolePath + "other", tokenField, token, 404, ""},
		"something else":          {"GET", "/latest/dynamic/instance-identity/document", tokenField, token, 404, ""},
		"a method of its own":     {"POST", rolePath + role, tokenField, token, 405, ""},
		"a token for no time":     {"PUT", tokenPath, secondsField, "0", 400, ""},
		"a token for too long":    {"PUT", tokenPath, secondsField, "21601", 400, ""},
		"a token without a time":  {"PUT", tokenPath, "X-Other", "1", 400, ""},
		"a token that is read":    {"GET", tokenPath, secondsField, "60", 405, ""},
		"a token for a short one": {"PUT", tokenPath, secondsField, "1", 200, token},
	} {
		if status, body := ask(t, c.method, url+c.path, c.field, c.value); status != c.status || c.body != "" && body != c.body {
			t.Errorf("%s: %d %q", name, status, body)
		}
	}
	status, body := ask(t, http.MethodGet, url+rolePath+role, tokenField, token)
	var got struct {
		Code, Type, AccessKeyId, SecretAccessKey, Token string
		Expiration                                      time.Time
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	if left := time.Until(got.Expiration); got.Code != "Success" || got.AccessKeyId == "" || got.SecretAccessKey == "" || got.Token == "" || left < 20*time.Minute || left > Life {
		t.Errorf("%+v", got)
	}
	var out record.Credentials
	s.Report(&out, time.Now().Add(-time.Hour))
	if out.Asked != 14 || len(out.Keys) != 1 || out.LastAsked < 3_590_000 || out.Life != stub.Millis(Life) || s.Used() {
		t.Errorf("%+v", out)
	}
}

// signedWith is a request to a server of the harness.
func signedWith(id, at string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+id+"/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=00")
	r.Header.Set("X-Amz-Date", at)
	return r
}

func TestGuardTellsWhatHasEnded(t *testing.T) {
	s := New(time.Hour)
	old, good := newKey(time.Now().Add(-2*time.Hour), time.Hour), newKey(time.Now(), time.Hour)
	s.keys = []*key{old, good}
	now, before := time.Now().UTC().Format("20060102T150405Z"), time.Now().Add(-90*time.Minute).UTC().Format("20060102T150405Z")
	presigned := httptest.NewRequest(http.MethodGet, "/?X-Amz-Credential="+old.id+"%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date="+now, nil)
	bearer := httptest.NewRequest(http.MethodGet, "/", nil)
	bearer.Header.Set("Authorization", "Bearer x")
	for name, c := range map[string]struct {
		r       *http.Request
		expired bool
	}{
		"good":                         {signedWith(good.id, now), false},
		"ended":                        {signedWith(old.id, now), true},
		"ended, in a URL":              {presigned, true},
		"ended, by a clock behind":     {signedWith(old.id, before), false},
		"ended, and it says not when":  {signedWith(old.id, "now"), false},
		"good, by a clock that is off": {signedWith(good.id, time.Now().Add(3*time.Hour).UTC().Format("20060102T150405Z")), false},
		"another's":                    {signedWith("AKIDEXAMPLE", now), false},
		"a token":                      {bearer, false},
		"nothing":                      {httptest.NewRequest(http.MethodGet, "/", nil), false},
	} {
		if got := s.Guard(record.PeerModel)(c.r); got != c.expired {
			t.Errorf("%s: %t", name, got)
		}
	}
	var out record.Credentials
	s.Report(&out, time.Now().Add(-3*time.Hour))
	first, last := out.Keys[0], out.Keys[1]
	if first.Signed != 4 || first.Late != 2 || first.LastLate < 3*3_599_000 || !slices.Equal(first.To, []record.Peer{record.PeerModel}) {
		t.Errorf("%+v", first)
	}
	if last.Signed != 2 || last.Late != 0 || last.LastLate != 0 || last.To != nil || !s.Used() {
		t.Errorf("%+v", last)
	}
}

// TestNewOnesAreFew: who asks again at once is handed out the same, and the oldest of too many are forgotten.
func TestNewOnesAreFew(t *testing.T) {
	s := New(time.Hour)
	if a, b := s.issue(), s.issue(); a.id != b.id {
		t.Error("two were made at once")
	}
	first := s.keys[0]
	for range record.MaxKeys + 2 {
		s.keys[len(s.keys)-1].issued = time.Now().Add(-time.Hour / freshFor)
		s.issue()
	}
	if len(s.keys) != record.MaxKeys || slices.Contains(s.keys, first) {
		t.Errorf("%d are kept", len(s.keys))
	}
}

func TestInsteadOfStaticKeys(t *testing.T) {
	got := Instead([]string{"AWS_ACCESS_KEY_ID=a", "AWS_REGION=r", "AWS_SECRET_ACCESS_KEY=s", "AWS_EC2_METADATA_DISABLED=true"}, "h:1")
	if want := []string{"AWS_REGION=r", "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://h:1/"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
