package suites_test

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/model"
)

// paid is a run against a vendor, played by a model of ours that the run knows nothing of.
func paid(t *testing.T, most int) (*reports.Run, *model.Server) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	vendor := model.New()
	go func() { _ = vendor.Serve(l) }()
	t.Cleanup(func() { _ = vendor.Close() })
	o := asking()
	o.Model, o.MaxModelCalls = suites.ModelReal, most
	o.ModelEnv = []string{"OPENAI_API_KEY=" + paidKey, "OPENAI_BASE_URL=http://" + l.Addr().String() + "/v1"}
	return play(t, o), vendor
}

const paidKey = "sk-live-5e8d0b7c1f"

// TestRealModel: credentials reach the agent and no report, and the vendor is asked for no more than was agreed.
func TestRealModel(t *testing.T) {
	t.Parallel()
	run, vendor := paid(t, 0)
	if run.Verdict != reports.Conformant {
		t.Errorf("verdict %s%s", run.Verdict, list(run, checks.Fail, checks.Error, checks.Untestable))
	}
	if f := finding(run, "SES-06"); f.Outcome != checks.Pass {
		t.Errorf("SES-06 %s %s: %s", f.Outcome, f.Reason, f.Actual)
	}
	if n := vendor.Count(); n == 0 || n > 300 {
		t.Errorf("the vendor was asked %d times; 300 is the default at most", n)
	}
	var out bytes.Buffer
	if err := reports.WriteJSON(&out, run); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), paidKey) {
		t.Error("the vendor's key is in the report")
	}
}

func TestRealModelIsAskedNoMoreThanAgreed(t *testing.T) {
	t.Parallel()
	const most = 20
	run, vendor := paid(t, most)
	if run.Verdict != reports.Errored {
		t.Errorf("verdict %s%s", run.Verdict, list(run, checks.Fail, checks.Error))
	}
	// A call that the caller leaves may have been tried again by then.
	if n := vendor.Count(); n == 0 || n > most+2 {
		t.Errorf("the vendor was asked %d times; %d was agreed", n, most)
	}
	if !strings.Contains(strings.Join(run.Errors, " "), "--max-model-calls") {
		t.Errorf("nothing says why the rest is missing: %q", run.Errors)
	}
}
