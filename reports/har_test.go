package reports

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func readHAR(t *testing.T, run *Run) harLog { return decodeHAR(t, wrote(t, WriteHAR, run)) }

func decodeHAR(t *testing.T, data []byte) harLog {
	t.Helper()
	var har struct{ Log harLog }
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&har); err != nil {
		t.Fatal(err)
	}
	return har.Log
}

func TestHARFollowsThePublishedSchema(t *testing.T) {
	s := published(t, "testdata/har/har.json")
	for name, run := range formatRuns() {
		if err := validates(t, s, wrote(t, WriteHAR, run)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := bytes.Replace(wrote(t, WriteHAR, oneOfEach()), []byte(`"method"`), []byte(`"verb"`), 1)
	if validates(t, s, broken) == nil {
		t.Error("a request without a method is accepted, so the schema proves nothing")
	}
}

// TestHARCanBeSentAgain: net/http makes a request of every address and method.
func TestHARCanBeSentAgain(t *testing.T) {
	for name, run := range formatRuns() {
		for _, e := range readHAR(t, run).Entries {
			u, err := url.Parse(e.Request.URL)
			if err != nil || u.Host != "127.0.0.1:8080" || u.Fragment != "" {
				t.Errorf("%s: %q: %v", name, e.Request.URL, err)
			}
			if _, err := http.NewRequest(e.Request.Method, e.Request.URL, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for path, want := range map[string]string{
		"/invocations": "/invocations", "/a?b=c&d": "/a?b=c&d", "/a%20b": "/a%20b", "/50%": "/50%25", "/a b#c\x00é": "/a%20b%23c%00%C3%A9", "": "/", "x": "/x",
	} {
		if got := harURL(path); got != "http://127.0.0.1:8080"+want {
			t.Errorf("%q is at %s, want %s", path, got, want)
		}
	}
}

// recorded is a run with exchanges in its records, of which one is behind two findings.
func recorded() *Run {
	in := sampleInput()
	call := *samplePing(`{"response":"hello"}`)
	call.ID, call.At, call.Took, call.HeadersAfter = "calls.platform", 100, 50, 20
	call.Request.Method, call.Request.Path, call.Request.Body, call.Request.BodySize = "POST", "/invocations?a=b", `{"prompt":"x"}`, 14
	binary, none, raw, cut := call, call, call, call
	binary.ID, binary.Response = "calls.binary", &record.Response{Status: 200, Body: "\xff\x00", BodySize: 2}
	none.ID, none.Outcome, none.Response, none.Error = "calls.none", record.Reset, nil, "connection reset by peer"
	raw.ID, raw.Request = "malformed.raw", record.Request{Raw: []byte("GET / HTTP/9.9\r\n\r\n")}
	cut.ID, cut.Response = "calls.cut", &record.Response{Status: 200, Body: "begin", BodySize: 1 << 20}
	in.Records.Calls = &record.Calls{Ladder: []record.Exchange{call, cut}, Variants: map[record.Variant]*record.Exchange{"b": &none, "a": &binary}}
	in.Records.Malformed = &record.Malformed{Probes: []record.Probe{{Name: "raw", Call: raw}}}
	in.Records.Starts = []record.ColdStart{{Name: "main", Ready: true, Epoch: 1_795_361_400}}
	copied := none
	fail, warn := restamped(), bindWarning()
	fail.Evidence, warn.Evidence = []checks.Evidence{checks.Wire("reset", &copied)}, []checks.Evidence{checks.Wire("reset", &none)}
	in.Findings = append(passes(), warn, fail)
	return Assemble(in)
}

func TestHARHoldsEveryExchange(t *testing.T) {
	log := readHAR(t, recorded())
	var ids []string
	for _, e := range log.Entries {
		id, _, _ := strings.Cut(e.Comment, " · ")
		ids = append(ids, id)
	}
	if got := strings.Join(ids, " "); got != "calls.none calls.platform calls.cut calls.binary malformed.raw" {
		t.Errorf("entries %s", got)
	}
	if len(log.Pages) != 2 || log.Entries[1].Pageref != "calls" || log.Entries[4].Pageref != "malformed" {
		t.Errorf("pages %+v", log.Pages)
	}
	first := log.Entries[0]
	for _, part := range []string{"PING-06 fail", "IMG-14 warn", "reset · connection reset by peer"} {
		if !strings.Contains(first.Comment, part) {
			t.Errorf("%q does not say %q", first.Comment, part)
		}
	}
	if first.Response.Status != 0 || first.Started != "2026-11-22T15:30:00.100Z" {
		t.Errorf("%+v", first)
	}
	call := log.Entries[1]
	if call.Request.PostData.Text != `{"prompt":"x"}` || call.Request.Query[0] != (harField{"a", "b"}) || call.Timings != (harTimings{Wait: 20, Receive: 30}) ||
		call.Response.Content.Text != `{"response":"hello"}` || call.Response.Content.MimeType != "application/json" {
		t.Errorf("%+v", call)
	}
	if got := log.Entries[3].Response.Content; got.Encoding != "base64" || got.Text != base64.StdEncoding.EncodeToString([]byte("\xff\x00")) {
		t.Errorf("a body that is no text is %+v", got)
	}
	if got := log.Entries[2].Response.Content; got.Comment == "" || got.Size != 1<<20 {
		t.Errorf("a body that was not kept whole is %+v", got)
	}
}

// TestHARIsBounded in entries and in bytes of bodies.
func TestHARIsBounded(t *testing.T) {
	in := sampleInput()
	in.Records.LongSession = &record.LongSession{}
	for i := range mostEntries + 5 {
		x := samplePing(strings.Repeat("x", record.MaxBody))
		x.ID = fmt.Sprint(i)
		in.Records.LongSession.Turns = append(in.Records.LongSession.Turns, *x)
	}
	data := wrote(t, WriteHAR, Assemble(in))
	log := decodeHAR(t, data)
	if len(log.Entries) != mostEntries || !strings.Contains(log.Comment, "5 more") {
		t.Errorf("%d entries, %q", len(log.Entries), log.Comment)
	}
	if len(data) > maxHARBodies+8<<20 {
		t.Errorf("%d bytes", len(data))
	}
	if last := log.Entries[mostEntries-1].Response.Content; last.Text != "" || !strings.Contains(last.Comment, "left out") {
		t.Errorf("the last body is %.50q, %q", last.Text, last.Comment)
	}
}

// FuzzHAR: bodies and fields are read back as they were, or in base64, and every address can be sent to.
func FuzzHAR(f *testing.F) {
	for _, s := range append([]string{hostileText, "", "/a?b=%zz&=&c", "//x", "/\x7f"}, injections...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		in := sampleInput()
		x := samplePing(said)
		x.Request.Path, x.Request.Body, x.Request.BodySize = said, said, int64(len(said))
		in.Records.Calls = &record.Calls{Ladder: []record.Exchange{*x}}
		run := Assemble(in)
		readable(t, "HAR", string(wrote(t, WriteHAR, run)))
		e := readHAR(t, run).Entries[0]
		if got := e.Response.Content; got.Encoding == "base64" {
			raw, err := base64.StdEncoding.DecodeString(got.Text)
			if err != nil || string(raw) != said {
				t.Errorf("%q came back as %q, %v", said, raw, err)
			}
		} else if got.Text != said {
			t.Errorf("%q came back as %q", said, got.Text)
		}
		if u, err := url.Parse(e.Request.URL); err != nil || u.Host != "127.0.0.1:8080" {
			t.Errorf("%q makes the address %q: %v", said, e.Request.URL, err)
		}
	})
}
