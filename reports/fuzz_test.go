package reports

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// FuzzReadRun: a report file may come from anywhere. What is read of it can be written in every format and shown.
func FuzzReadRun(f *testing.F) {
	for _, run := range []*Run{allPass(), Assemble(sampleInput())} {
		data, err := json.Marshal(run)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{
		`{"schema":"agentcore-conform/report/v1"}`, `{"schema":"agentcore-conform/records/v1","boot":{}}`, `{"schema":"x"}`, `[]`, ``, `{"schema":1}`,
		`{"schema":"agentcore-conform/report/v1","findings":[{"id":"X","outcome":"fail","evidence":[{"kind":"exchange","exchange":{"response":null}},{}]}],"records":{}}`,
		`{"schema":"agentcore-conform/report/v1","durationMs":1e300,"findings":[{}],"records":{"schema":"agentcore-conform/records/v1","image":{}}}`,
		`{"schema":"agentcore-conform/report/v1","idleReaper":{"costClass":"never-idle","timeLines":[{"courses":[{}]}]},"starts":{"containers":[{"measured":{}}]}}`,
		`{"schema":"agentcore-conform/report/v1","idleReaper":{"costClass":"never-idle"},"environment":{"slowdown":{}},"image":{"cmd":["\u0000"]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = ReadRecords(bytes.NewReader(data))
		run, err := ReadRun(bytes.NewReader(data))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\x1b") {
				t.Errorf("%q", err)
			}
			return
		}
		Redact(run, nil)
		for _, w := range writers {
			var b bytes.Buffer
			if err := w.write(&b, run); err != nil {
				t.Errorf("%s: %v", w.name, err)
			}
			readable(t, w.name, b.String())
		}
		shown := consoleOf(t, run, ConsoleOptions{Verbose: true})
		readable(t, "console", shown)
		var b bytes.Buffer
		if err := WriteJSON(&b, run); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadRun(&b); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}

// readable holds nothing that a terminal or a parser could misread.
func readable(t *testing.T, where, text string) {
	t.Helper()
	for i, c := range text {
		if unsafe(c) {
			t.Fatalf("%s: %q at byte %d", where, c, i)
		}
	}
}

// FuzzRedact: a declared secret is in no report, whatever stands around it, and redacting twice changes nothing more.
func FuzzRedact(f *testing.F) {
	f.Add("hunter2hunter2", "the password is hunter2hunter2!")
	f.Add("a\"b\\c<d>e", `{"x":"a\"b\\c<d>e"}`)
	f.Add("line one\nline two", "x line two y")
	f.Add("sk-abcdefghijklmnop", "Authorization: Bearer sk-abcdefghijklmnop")
	f.Add("redacted", "[redacted] redacted")
	f.Add("é\x00\xff1234", "é\x00\xff1234")
	f.Fuzz(func(t *testing.T, secret, around string) {
		text := around + secret + around
		run := allPass()
		run.Records.Boot = &record.Boot{Logs: record.Logs{Lines: []string{text}}}
		Redact(run, []string{secret})
		once := run.Records.Boot.Logs.Lines[0]
		if len(secret) >= shortestSecret && !strings.Contains(redacted, secret) && !strings.Contains(record.IdentityToken, secret) &&
			strings.Contains(strings.ReplaceAll(once, redacted, "\x01"), secret) && !strings.Contains(secret, redacted) {
			t.Errorf("%q still holds %q", once, secret)
		}
		Redact(run, nil)
		if again := run.Records.Boot.Logs.Lines[0]; again != once {
			t.Errorf("%q is redacted to %q, and then to %q", text, once, again)
		}
	})
}
