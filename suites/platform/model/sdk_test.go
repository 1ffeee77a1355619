package model

import (
	"encoding/json"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/sdktest"
)

const sdkFolder = "testdata/sdk"

// runSDK runs a driver of testdata/sdk, which calls a vendor's own SDK, against one model per script. The driver finds
// their base URLs by the scripts' names and prints one JSON document, which is returned beside the models.
func runSDK(t *testing.T, driver string, scripts ...Script) (gjson.Result, map[string]*Server) {
	t.Helper()
	urls, servers := map[string]string{}, map[string]*Server{}
	for _, script := range scripts {
		s, url := serve(t, script)
		urls[script.Name], servers[script.Name] = url, s
	}
	t.Cleanup(func() { unfinished(t, servers) })
	where, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	return sdktest.Run(t, sdkFolder, driver, "MODELS="+string(where)), servers
}

// unfinished tells, where a test failed, what the SDK still waits for.
func unfinished(t *testing.T, servers map[string]*Server) {
	if !t.Failed() {
		return
	}
	for name, s := range servers {
		for _, r := range s.Requests(time.Now()).Requests {
			if r.Outcome == record.ModelOpen {
				t.Logf("the model %s has not ended an answer: %+v", name, r)
			}
		}
	}
}

// faulty are scripts named after the faults that they play, for drivers that look at every one.
func faulty() []Script {
	var out []Script
	for _, f := range Faults {
		out = append(out, Script{Name: string(f), Fault: f})
	}
	return out
}

// serve starts a model for the length of a test and returns its base URL without a slash at the end.
func serve(t testing.TB, script Script) (*Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New()
	s.Play(script)
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return s, "http://" + l.Addr().String()
}
