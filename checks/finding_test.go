package checks_test

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

func TestRow(t *testing.T) {
	if got := (checks.Finding{ID: "PING-06", Reason: "restamped"}).Row(); got != "PING-06/restamped" {
		t.Errorf("with a reason: %q", got)
	}
	if got := (checks.Finding{ID: "PING-06"}).Row(); got != "PING-06" {
		t.Errorf("without one: %q", got)
	}
}

func TestUnwaived(t *testing.T) {
	if got := (checks.Finding{Outcome: checks.Waived, Waiver: &checks.Waiving{Was: checks.Fail}}).Unwaived(); got != checks.Fail {
		t.Errorf("a waived failure is %q without its waiver", got)
	}
	if got := (checks.Finding{Outcome: checks.Warn}).Unwaived(); got != checks.Warn {
		t.Errorf("a warning without a waiver is %q", got)
	}
}
