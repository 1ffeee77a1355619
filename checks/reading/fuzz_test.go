package reading

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// FuzzAnswer: what a container answers is told apart and told in one line, whatever it is.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "application/json", `{"result":"x"}`, "answered", "")
	f.Add(500, "text/html", "<h1>\x00\n</h1>", "truncated", "cut\nshort")
	f.Add(401, "application/json", `{"error":"invalid api key"}`, "answered", "")
	f.Add(200, "text/event-stream", "event: error\ndata: {\"message\":\"Could not load credentials\"}\n\n", "answered", "")
	f.Add(0, "", "", "reset", "connection reset by peer")
	f.Add(-7, "\xff", "\xff\xfe", "", "")
	f.Fuzz(func(t *testing.T, status int, kind, body, outcome, problem string) {
		x := &record.Exchange{ID: "x", Outcome: record.Outcome(outcome), Error: problem, Response: &record.Response{
			Status: status, Header: []record.Field{{Name: "content-type", Value: kind}}, Body: body, BodySize: int64(len(body)),
		}}
		if strings.Contains(kind, "event-stream") {
			x.Events = &record.EventStream{Events: []record.Event{{Data: body, Size: int64(len(body))}}, Count: 1}
		}
		calls := &record.Calls{Variants: map[record.Variant]*record.Exchange{record.Platform: x}}
		set := &record.Set{Calls: calls}
		FateOf(x)
		Unanswered(set)
		Blame(set)
		AsksForToken(set)
		if Busy(x) && Success(x) || Lost(x) && Success(x) {
			t.Errorf("%+v is a success and none", x)
		}
		for _, said := range []string{Says(x), Quote(body), SaysPing(record.Ping{Status: status, Type: kind, Body: body, Outcome: x.Outcome, Error: problem})} {
			if len(said) > 4096 || valid(kind, problem, outcome) && !utf8.ValidString(said) {
				t.Errorf("%d bytes: %q", len(said), said)
			}
		}
	})
}

// FuzzStamp: a stamp is read as seconds or not at all.
func FuzzStamp(f *testing.F) {
	for _, s := range []string{
		`{"status":"Healthy","time_of_last_update":1790000000}`, `{"time_of_last_update":"1790000000"}`, `{"time_of_last_update":1e400}`,
		`{"time_of_last_update":-0}`, `{"time_of_last_update":NaN}`, `{"status":{"status":"Healthy"}}`, `[{"status":"Healthy"}]`, `{"status":"Healthy"`, "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p := record.Ping{Outcome: record.Answered, Status: 200, Body: body}
		StatusWord(p)
		if seconds, ok := StampSeconds(p); ok && (seconds != seconds || !Stamp(p).Exists()) {
			t.Errorf("%q: %v", body, seconds)
		}
	})
}

func valid(texts ...string) bool {
	for _, s := range texts {
		if !utf8.ValidString(s) {
			return false
		}
	}
	return true
}

// FuzzIDs: what looks unique in an answer or a line of a log is few, short and plain, and stands in it.
func FuzzIDs(f *testing.F) {
	for _, s := range []string{
		`{"id":"7f1d4c52-9a0b-4f3e-8c6d-5e2a1b0c9d88","n":[{"span":"00f067aa0ba902b7"}]}`, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		"eyJhbGciOiJub25lIn0.eyJqdGkiOiJhLTE3In0.c2ln", "01ARZ3NDEKTSV4RRFFQ69G5FAV req_011CSHoEeqs5C35K2UUqR7Fy", "[[[[[[", "\xff\xfe", "0x0000ffff8c2b1d30",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		plain := &record.Exchange{Response: &record.Response{Header: []record.Field{{Name: name, Value: text}}, Body: text}}
		stream := &record.Exchange{Response: &record.Response{}, Events: &record.EventStream{Events: []record.Event{{ID: name, Data: text}}}}
		for _, ids := range [][]ID{IDs(plain), IDs(stream), LineIDs(text)} {
			if len(ids) > maxIDs {
				t.Errorf("%d ids", len(ids))
			}
			for _, id := range ids {
				if len(id.Value) > maxWebToken || len(id.Place) > maxStatement+(maxDepth+2)*(maxName+4) || Plain(id.Value) != id.Value || id.Value == "" {
					t.Errorf("%q", id)
				}
			}
		}
	})
}
