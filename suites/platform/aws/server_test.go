package aws

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// serveOne answers one request without a network.
func serveOne(s *Server, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func write(s *Server, actor, session, text string) *httptest.ResponseRecorder {
	body := fmt.Sprintf(`{"actorId":%q,"sessionId":%q,"eventTimestamp":1,"payload":[{"conversational":{"role":"USER","content":{"text":%q}}}]}`, actor, session, text)
	return serveOne(s, call("POST", "/memories/m-0123456789/events", body, "Authorization", signed(agentcore)))
}

// TestWhoWroteWhatUnderWhichSession is what tells a marker of one session in the memory of another.
func TestWhoWroteWhatUnderWhichSession(t *testing.T) {
	s := New()
	mine, other := platform.NewMarker(), platform.NewMarker()
	write(s, "user", "session-a", mine)
	write(s, "user", "session-b", "glued"+other+"s and "+mine)
	serveOne(s, call("POST", "/memories/m-0123456789/actor/user/sessions/session-b", "", "Authorization", signed(agentcore)))
	got := s.Requests(time.Now()).Requests
	for i, want := range []struct {
		session        string
		sent, returned []string
	}{
		{"session-a", []string{mine}, []string{mine}},
		{"session-b", []string{other, mine}, []string{other, mine}},
		{"session-b", nil, []string{other, mine}},
	} {
		if r := got[i]; r.Session != want.session || r.Actor != "user" || !slices.Equal(r.Markers, want.sent) || !slices.Equal(r.Returned, want.returned) {
			t.Errorf("request %d is %+v, want %+v", i, r, want)
		}
	}
}

func TestEventsOfTheSameTimeKeepTheirOrder(t *testing.T) {
	s := New()
	for _, text := range []string{"first", "second", "third"} {
		write(s, "user", "one", text)
	}
	w := serveOne(s, call("POST", "/memories/m-0123456789/actor/user/sessions/one", "", "Authorization", signed(agentcore)))
	if got := gjson.Get(w.Body.String(), "events.#.payload.0.conversational.content.text").Raw; got != `["third","second","first"]` {
		t.Errorf("the events are %s, want the newest first", got)
	}
}

// TestMemoryIsNamedByItsARNToo: what was written by the ARN is found by the id.
func TestMemoryIsNamedByItsARNToo(t *testing.T) {
	s := New()
	write(s, "user", "one", "text")
	w := serveOne(s, call("POST", "/memories/arn:aws:bedrock-agentcore:eu-west-1:1:memory%2Fm-0123456789/actors", "", "Authorization", signed(agentcore)))
	if got := gjson.Get(w.Body.String(), "actorSummaries.0.actorId").String(); got != "user" {
		t.Errorf("the actors are %s", w.Body)
	}
}

func TestRequestsAreBoundedAndCountsAreNot(t *testing.T) {
	s := New()
	for i := range record.MaxModelRequests + 50 {
		serveOne(s, call("POST", "/", "", "X-Amz-Target", fmt.Sprintf("Service%d.Do", i%150)))
	}
	r := s.Requests(time.Now())
	if len(r.Requests) != record.MaxModelRequests || r.Dropped != 50 || len(r.Called) != record.MaxServiceCalls {
		t.Errorf("%d requests kept, %d dropped, %d operations", len(r.Requests), r.Dropped, len(r.Called))
	}
	total := 0
	for _, c := range r.Called {
		total += c.Requests
	}
	if total != record.MaxModelRequests+50 || r.Called[0].Service != "" {
		t.Errorf("%d requests are counted, the most under %q", total, r.Called[0].Service)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	s := New()
	text := strings.Repeat("x", 8<<20)
	codes := []int{}
	for range 5 {
		codes = append(codes, write(s, "user", "one", text).Code)
	}
	if want := []int{201, 201, 201, 402, 402}; !slices.Equal(codes, want) {
		t.Errorf("the answers are %v, want %v", codes, want)
	}
	w := serveOne(s, call("POST", "/memories/m-0123456789/actor/user/sessions/one", "", "Authorization", signed(agentcore)))
	if n := gjson.Get(w.Body.String(), "events.#").Int(); n != 1 || !gjson.Get(w.Body.String(), "nextToken").Exists() {
		t.Errorf("a page of large events holds %d of them", n)
	}
	id := gjson.Get(w.Body.String(), "events.0.eventId").String()
	path := "/memories/m-0123456789/actor/user/sessions/one/events/" + strings.ReplaceAll(id, "#", "%23")
	if w := serveOne(s, call("DELETE", path, "", "Authorization", signed(agentcore))); w.Code != 200 {
		t.Errorf("the deletion is answered with %d %s", w.Code, w.Body)
	}
	if w := write(s, "user", "one", text); w.Code != 201 {
		t.Errorf("there is no room after a deletion: %d", w.Code)
	}
}

func TestLargeRequestsAreRefused(t *testing.T) {
	s := New()
	large := strings.Repeat(" ", maxBody+1)
	for path, limit := range map[string]int{"/memories/m-1/events": maxBody, "/memories/m-1/retrieve": maxRequest} {
		w := serveOne(s, call("POST", path, large[:limit+1], "Authorization", signed(agentcore)))
		if w.Code != 400 || w.Header().Get("X-Amzn-Errortype") != "ValidationException" {
			t.Errorf("%s with %d bytes is answered with %d %s", path, limit+1, w.Code, w.Body)
		}
	}
	if size := s.Requests(time.Now()).Requests[0].Size; size != maxBody+1 && size != maxRequest+1 {
		t.Errorf("the size is %d", size)
	}
}

func TestBranchesThatGoInCirclesEnd(t *testing.T) {
	s := New()
	first := gjson.Get(write(s, "user", "one", "x").Body.String(), "event.eventId").String()
	body := `{"actorId":"user","sessionId":"one","eventTimestamp":2,"payload":[],"branch":{"name":"main","rootEventId":"` + first + `"}}`
	serveOne(s, call("POST", "/memories/m-0123456789/events", body, "Authorization", signed(agentcore)))
	w := serveOne(s, call("POST", "/memories/m-0123456789/actor/user/sessions/one",
		`{"filter":{"branch":{"name":"main","includeParentBranches":true}}}`, "Authorization", signed(agentcore)))
	if n := gjson.Get(w.Body.String(), "events.#").Int(); n != 2 {
		t.Errorf("%d events are in the branch, want 2: %s", n, w.Body)
	}
}

func TestGatewayRefusesWhatIsNoMessage(t *testing.T) {
	s := New()
	for body, want := range map[string]struct {
		status int
		code   int64
	}{
		`{`: {400, -32700}, `[]`: {400, -32700}, `{"jsonrpc":"1.0","id":1,"method":"ping"}`: {400, -32600},
		`{"jsonrpc":"2.0","id":{},"method":"ping"}`: {400, -32600}, `{"jsonrpc":"2.0","id":1,"method":"resources/list"}`: {200, -32601},
		`{"jsonrpc":"2.0","id":"a","method":"tools/call","params":[]}`: {200, -32602}, `{"jsonrpc":"2.0","id":1,"method":"ping"}`: {200, 0},
	} {
		w := serveOne(s, call("POST", "/mcp", body))
		if w.Code != want.status || gjson.Get(w.Body.String(), "error.code").Int() != want.code {
			t.Errorf("%s is answered with %d %s", body, w.Code, w.Body)
		}
	}
	w := serveOne(s, call("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"1999-01-01"}}`))
	if v := gjson.Get(w.Body.String(), "result.protocolVersion").String(); v != mcpVersions[0] {
		t.Errorf("an unknown version is answered with %s", v)
	}
}

// TestBothVersionsOfHTTP: AWS's JavaScript SDK speaks HTTP/2 with prior knowledge to streaming services.
func TestBothVersionsOfHTTP(t *testing.T) {
	s, url := serve(t)
	for want, h2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		protocols := &http.Protocols{}
		protocols.SetHTTP1(!h2)
		protocols.SetUnencryptedHTTP2(h2)
		client := &http.Client{Transport: &http.Transport{Protocols: protocols}}
		resp, err := client.Post(url+"/identities/GetWorkloadAccessToken", "application/json", bytes.NewBufferString(`{"workloadName":"agent"}`))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || resp.Proto != want || !gjson.GetBytes(body, "workloadAccessToken").Exists() {
			t.Errorf("%s is answered with %s %s: %v", want, resp.Proto, body, err)
		}
		client.CloseIdleConnections()
	}
	var protos []string
	for _, r := range s.Requests(s.started).Requests {
		protos = append(protos, r.Proto)
	}
	if slices.Sort(protos); !slices.Equal(protos, []string{"HTTP/1.1", "HTTP/2.0"}) {
		t.Errorf("the records name %v", protos)
	}
}

func TestCalledSumsUp(t *testing.T) {
	one := record.Services{Called: []record.ServiceCalls{{Service: "sts", Operation: "GetCallerIdentity", Requests: 1}, {Service: "s3", Requests: 1, Denied: 1}}}
	two := record.Services{Called: []record.ServiceCalls{{Service: "s3", Requests: 2, Denied: 2}}}
	want := []record.ServiceCalls{{Service: "s3", Requests: 3, Denied: 3}, {Service: "sts", Operation: "GetCallerIdentity", Requests: 1}}
	if got := Called(one, two); !slices.Equal(got, want) {
		t.Errorf("Called() = %+v, want %+v", got, want)
	}
}

// TestManyAtOnce is for the race detector: writers, readers and the records at the same time.
func TestManyAtOnce(t *testing.T) {
	s := New()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			session := fmt.Sprint("session-", i%2)
			for range 20 {
				write(s, "user", session, "text")
				serveOne(s, call("POST", "/memories/m-0123456789/actor/user/sessions/"+session, "", "Authorization", signed(agentcore)))
				serveOne(s, call("POST", "/memories/m-0123456789/memoryRecords/batchCreate", `{"records":[{"namespaces":["/a"],"content":{"text":"b"}}]}`, "Authorization", signed(agentcore)))
				serveOne(s, call("POST", "/memories/m-0123456789/retrieve", `{"namespace":"/","searchCriteria":{"searchQuery":"b"}}`, "Authorization", signed(agentcore)))
				s.Requests(s.started)
			}
		})
	}
	all.Wait()
	if n := len(requests(s, "CreateEvent")); n != 160 {
		t.Errorf("%d events are in the records", n)
	}
}
