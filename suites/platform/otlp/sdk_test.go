package otlp

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/suites/platform/sdktest"
)

// serve starts a sink for the length of a test and returns its URL without a slash at the end.
func serve(t testing.TB) (*Sink, string) {
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

// TestExportsOfTheOfficialSDK is the independent witness of the hand-read field numbers: what the SDK encodes is counted
// the same in both encodings.
func TestExportsOfTheOfficialSDK(t *testing.T) {
	s, url := serve(t)
	out := sdktest.Run(t, "testdata/sdk", "export.mjs", append(Environment(strings.TrimPrefix(url, "http://")), "COLLECTOR="+url)...)
	for _, name := range []string{"tracesProto", "tracesProtoGzip", "tracesJSON", "metricsProto", "metricsJSON", "logsProto", "logsJSON"} {
		if got := out.Get(name).Raw; got != `["ok"]` {
			t.Errorf("the exports of %s ended with %s", name, got)
		}
	}
	r := s.Spans(s.exports[0].arrived)
	if r.Spans != 12 || r.WithSession != 9 || r.Points != 6 || r.Logs != 2 {
		t.Errorf("counted %d spans, %d of them with a session, %d points and %d logs; want 12, 9, 6 and 2", r.Spans, r.WithSession, r.Points, r.Logs)
	}
	for what, pair := range map[string][2][]string{
		"sessions": {r.Sessions, {"one", "two"}}, "services": {r.Services, {"proto", "proto-gzip", "json"}},
		"scopes": {r.Scopes, {"agent-library"}}, "names": {r.Names, {"invoke_agent"}}, "resource": {r.Resource, {"service.name", "cloud.resource_id"}},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("the %s are %q, want %q", what, pair[0], pair[1])
		}
	}
	want := []string{
		"traces protobuf false 4 3", "traces protobuf true 4 3", "traces json false 4 3",
		"metrics protobuf false 3 0", "metrics json true 3 0", "logs protobuf false 1 0", "logs json false 1 0",
	}
	for i, e := range r.Exports {
		if got := fmt.Sprint(e.Signal, " ", e.Encoding, " ", e.Compressed, " ", e.Items, " ", e.WithSession); i >= len(want) || got != want[i] {
			t.Errorf("export %d is %s", i, got)
		}
		if e.Status != 200 || e.Problem != "" || e.Size == 0 || e.Agent == "" {
			t.Errorf("export %d is %+v", i, e)
		}
	}
	if len(r.Exports) != len(want) {
		t.Errorf("%d exports are in the records, want %d", len(r.Exports), len(want))
	}
}
