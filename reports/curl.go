package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// maxCurlScript is the size in bytes past which the script names clauses instead of repeating their exchanges.
const maxCurlScript = 8 << 20

// curlHead is the script's beginning. Nothing of what is quoted in it is meant to be expanded; bash is needed for $'…'.
const curlHead = `#!/usr/bin/env bash
# Repeats the exchanges behind what agentcore-conform found. Start the image, then: bash FILE [ADDRESS]
# shellcheck disable=SC2016,SC1003
base=${1:-http://127.0.0.1:8080}
export NO_PROXY='*'
echo "repeating against $base"
`

// WriteCurl writes a script of bash that sends again each exchange behind a fail or a warn, with what was expected and what
// came. Requests that cannot be typed stand in it as comments that say why.
func WriteCurl(w io.Writer, run *Run) error {
	var b bytes.Buffer
	b.WriteString(curlHead)
	found := withOutcome(run.Findings, checks.Fail, checks.Warn)
	for _, f := range found {
		writeCurls(&b, f)
	}
	if len(found) == 0 {
		b.WriteString("\n# Nothing failed or warned, so there is nothing to repeat.\n")
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the curl script: %w", err)
	}
	return nil
}

func writeCurls(b *bytes.Buffer, f checks.Finding) {
	fmt.Fprintf(b, "\n# %s\n", clip(CleanLine(fmt.Sprintf("%s %s %s: %s", f.ID, f.Level, outcomeOf(f), summaryOf(f))), maxMessage))
	for _, r := range known([]row{{"expected", f.Expected}, {"actual", f.Actual}}) {
		fmt.Fprintf(b, "#   %-9s %s\n", r.label, clip(r.text, maxMessage))
	}
	sent := 0
	for _, e := range f.Evidence {
		if e.Exchange == nil {
			continue
		}
		sent++
		if b.Len() > maxCurlScript {
			b.WriteString("# left out: the script would grow too large\n")
			break
		}
		fmt.Fprintf(b, "# %s: %s\n%s", clip(CleanLine(e.Title), maxMessage), statusLine(e.Exchange), curlStep(e.Exchange))
	}
	if sent == 0 {
		b.WriteString("# No exchange shows it: the evidence is in the other reports.\n")
	}
}

// curlStep is the command, with a line feed after what it prints, or a comment.
func curlStep(x *record.Exchange) string {
	line := x.CurlTo(`"$base"`)
	switch {
	case strings.HasPrefix(line, "#"):
		return line + "\n"
	case int64(len(x.Request.Body)) < x.Request.BodySize:
		return "# " + line + "\n"
	}
	return line + "\necho\n"
}
