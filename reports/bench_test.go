package reports

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// BenchmarkRedact redacts 200 full bodies that mention tokens and keys on every line.
func BenchmarkRedact(b *testing.B) {
	body := strings.Repeat(`{"token":"abc","key_of":"value","text":"bearer of good news, https://example.com/path"}`+"\n", record.MaxBody/88)
	run := allPass()
	run.Records.Malformed = &record.Malformed{}
	for range 200 {
		run.Records.Malformed.Probes = append(run.Records.Malformed.Probes, record.Probe{Call: *samplePing(body)})
	}
	b.SetBytes(int64(200 * len(body)))
	for b.Loop() {
		Redact(run, []string{"a-secret-value", "another-one"})
	}
}
