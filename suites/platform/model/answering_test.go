package model

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// forever is a time that no test waits for.
const forever = time.Hour

// each runs a test over both versions of HTTP, with a client that speaks just the one.
func each(t *testing.T, test func(t *testing.T, client *http.Client)) {
	for name, h2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(name, func(t *testing.T) {
			protocols := &http.Protocols{}
			protocols.SetHTTP1(!h2)
			protocols.SetUnencryptedHTTP2(h2)
			transport := &http.Transport{Protocols: protocols}
			t.Cleanup(transport.CloseIdleConnections)
			test(t, &http.Client{Transport: transport})
		})
	}
}

// saying is a chat that says something, after what was said before.
func saying(stream bool, turns ...string) string {
	var messages []string
	for i, turn := range turns {
		messages = append(messages, fmt.Sprintf(`{"role":%q,"content":%q}`, []string{"user", "assistant"}[i%2], turn))
	}
	return fmt.Sprintf(`{"model":"m","stream":%t,"messages":[%s]}`, stream, strings.Join(messages, ","))
}

// chatting posts a chat until its context ends.
func chatting(ctx context.Context, t *testing.T, client *http.Client, url, body string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return client.Do(r)
}

// answered posts a chat and returns what it got: a status, as much of the body as came, and how it ended.
func answered(t *testing.T, client *http.Client, url, body string) (int, string, error) {
	t.Helper()
	r, err := chatting(t.Context(), t, client, url, body)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	return r.StatusCode, string(b), err
}

// only is the one request that a model has had.
func only(t *testing.T, s *Server) record.ModelRequest {
	t.Helper()
	all := s.Requests(time.Now()).Requests
	if len(all) != 1 {
		t.Fatalf("%d requests are recorded, want 1", len(all))
	}
	return all[0]
}

// until waits for something that has to come about.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick, late := time.NewTicker(time.Millisecond), time.NewTimer(time.Minute)
	defer tick.Stop()
	defer late.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatalf("%s did not come about", what)
		}
	}
}

// ended waits for the outcome of the one request.
func ended(t *testing.T, s *Server, want record.ModelOutcome) {
	t.Helper()
	until(t, string(want), func() bool { return only(t, s).Outcome != record.ModelOpen })
	if is := only(t, s).Outcome; is != want {
		t.Errorf("the outcome is %s, want %s", is, want)
	}
}

// TestEcho: an answer carries the markers of its prompt and of its history, and of nothing else, whole and in pieces.
func TestEcho(t *testing.T) {
	each(t, func(t *testing.T, client *http.Client) {
		s, url := serve(t, Script{Name: "plain"})
		before, now := platform.NewMarker(), platform.NewMarker()
		status, whole, err := answered(t, client, url, saying(false, before, "yes", "say "+now))
		if found := platform.Markers(whole, 10); status != 200 || err != nil || strings.Join(found, " ") != now+" "+before {
			t.Errorf("the answer is %d %s, %v", status, whole, err)
		}
		_, stream, err := answered(t, client, url, saying(true, before, "yes", "say "+now))
		if strings.Contains(stream, now) || strings.Contains(stream, before) || !strings.HasSuffix(stream, "data: [DONE]\n\n") || err != nil {
			t.Errorf("the stream, where every marker shall be split, is %s, %v", stream, err)
		}
		for _, r := range s.Requests(time.Now()).Requests {
			if strings.Join(r.Markers, " ") != before+" "+now || strings.Join(r.Last, " ") != now || r.Turns != 3 ||
				r.Outcome != record.ModelAnswered || r.Script != "plain" || r.Proto != strings.TrimPrefix(t.Name(), "TestEcho/") ||
				r.Provider != openai || r.API != "chat" || r.Model != "m" || !strings.HasPrefix(r.Text, "user: "+before) {
				t.Errorf("the record is %+v", r)
			}
		}
	})
}

// TestBothVersions: one listener takes HTTP/1.1 and HTTP/2 with prior knowledge side by side.
func TestBothVersions(t *testing.T) {
	s, url := serve(t, Script{})
	each(t, func(t *testing.T, client *http.Client) {
		if status, _, err := answered(t, client, url, saying(false, "hi")); status != 200 || err != nil {
			t.Errorf("%d, %v", status, err)
		}
	})
	got := protos(s)
	if len(got) != 2 || got[0] == got[1] {
		t.Errorf("the versions are %v", got)
	}
}

// TestPace compares with a script that has none: waits are never shorter than they should be, whatever the machine does.
func TestPace(t *testing.T) {
	const first, pace, n = 40 * time.Millisecond, 10 * time.Millisecond, 8
	s, url := serve(t, Script{Tokens: n, First: first, Pace: pace})
	for _, stream := range []bool{true, false} {
		if _, _, err := answered(t, http.DefaultClient, url, saying(stream, "hi")); err != nil {
			t.Fatal(err)
		}
	}
	all := s.Requests(time.Now()).Requests
	spread := all[0].LastToken - all[0].FirstToken
	if all[0].Tokens != n || all[0].FirstToken < millis(first) || spread < millis((n-1)*pace) {
		t.Errorf("the paced stream is %+v", all[0])
	}
	if all[1].Tokens != n || all[1].Took < millis(first+(n-1)*pace) || all[1].FirstToken < millis(first+(n-1)*pace) {
		t.Errorf("the answer in one piece, as long as a stream, is %+v", all[1])
	}
}

// TestOpen: what goes on is in the records while it goes on, and ends as abandoned when the client leaves.
func TestOpen(t *testing.T) {
	each(t, func(t *testing.T, client *http.Client) {
		s, url := serve(t, Script{Pace: forever})
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		r, err := chatting(ctx, t, client, url, saying(true, "hi"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		for lines := bufio.NewScanner(r.Body); lines.Scan() && !strings.Contains(lines.Text(), `"content":"You`); {
			continue
		}
		until(t, "the first token's record", func() bool { return only(t, s).Tokens == 1 })
		if open := only(t, s); open.Outcome != record.ModelOpen || open.Status != 200 || open.Took != 0 {
			t.Errorf("the open request is %+v", open)
		}
		leave()
		ended(t, s, record.ModelAbandoned)
		if end := only(t, s); end.Tokens != 1 || end.Took <= 0 {
			t.Errorf("the abandoned request is %+v", end)
		}
	})
}

// TestLeaving: a client that leaves before anything came has abandoned its request, whatever the model was about to do.
func TestLeaving(t *testing.T) {
	for name, script := range map[string]Script{
		"slow": {First: forever}, "slow to fail": {First: forever, Fault: Throttled}, "silent": {Fault: Silent},
	} {
		for _, stream := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s %t", name, stream), func(t *testing.T) {
				each(t, func(t *testing.T, client *http.Client) {
					s, url := serve(t, script)
					ctx, leave := context.WithCancel(t.Context())
					left := make(chan error, 1)
					go func() {
						r, err := chatting(ctx, t, client, url, saying(stream, "hi"))
						if err == nil {
							_, err = io.Copy(io.Discard, r.Body)
							_ = r.Body.Close()
						}
						left <- err
					}()
					until(t, "the request", func() bool { return s.Count() == 1 && only(t, s).Turns == 1 })
					leave()
					if err := <-left; err == nil {
						t.Error("the client was answered")
					}
					ended(t, s, record.ModelAbandoned)
				})
			})
		}
	}
}

// TestFaultTimes: a fault is played as often as the script says; what asks nothing of the model neither sees nor counts it.
func TestFaultTimes(t *testing.T) {
	s, url := serve(t, Script{Fault: Throttled, Times: 2})
	var got []int
	for range 4 {
		if r, err := http.Get(url + "/v1/models"); err != nil || r.StatusCode != 200 || r.Body.Close() != nil {
			t.Fatalf("the list of models: %v", err)
		}
		status, _, _ := answered(t, http.DefaultClient, url, saying(false, "hi"))
		got = append(got, status)
	}
	if fmt.Sprint(got) != "[429 429 200 200]" {
		t.Errorf("the answers are %v", got)
	}
	s.Play(Script{Fault: Broken})
	if status, _, _ := answered(t, http.DefaultClient, url, saying(false, "hi")); status != 500 {
		t.Errorf("the next script answers %d", status)
	}
	if r := s.Since(8, time.Now()); len(r) != 1 || r[0].Fault != string(Broken) || r[0].Outcome != record.ModelAnswered || r[0].Tokens != 0 {
		t.Errorf("the fault is recorded as %+v", r)
	}
}

// TestCut: a broken connection is an error for the client over both versions, after a part of the answer.
func TestCut(t *testing.T) {
	for _, stream := range []bool{true, false} {
		t.Run(fmt.Sprintf("stream %t", stream), func(t *testing.T) {
			each(t, func(t *testing.T, client *http.Client) {
				s, url := serve(t, Script{Fault: Cut, Tokens: 10})
				status, body, err := answered(t, client, url, saying(stream, "hi"))
				if status != 200 || err == nil || strings.Contains(body, "DONE") || body == "" {
					t.Errorf("%d, %v, %s", status, err, body)
				}
				ended(t, s, record.ModelCut)
				if r := only(t, s); stream != (r.Tokens == 5) || r.Fault != string(Cut) {
					t.Errorf("the record is %+v", r)
				}
			})
		})
	}
}

// TestInterrupted: an error within a stream is a proper end for HTTP.
func TestInterrupted(t *testing.T) {
	s, url := serve(t, Script{Fault: Interrupted, Tokens: 10})
	status, body, err := answered(t, http.DefaultClient, url, saying(true, "hi"))
	if status != 200 || err != nil || !strings.Contains(body, `"server_error"`) || strings.Contains(body, "DONE") {
		t.Errorf("%d, %v, %s", status, err, body)
	}
	if r := only(t, s); r.Tokens != 5 || r.Outcome != record.ModelAnswered || r.Fault != string(Interrupted) {
		t.Errorf("the record is %+v", r)
	}
}
