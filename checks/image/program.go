package image

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var program = checks.Check{Clause: "IMG-11", Needs: needs, Judge: judgeProgram}

// programReasons maps what the reading of the layers found to the catalogue's reasons.
var programReasons = map[record.ProgramFault]string{
	record.ProgramEmpty:         "no-command",
	record.ProgramNotFound:      "not-found",
	record.ProgramNotExecutable: "not-executable",
	record.ProgramNoInterpreter: "no-interpreter",
	record.ProgramCRLF:          "windows-line-ends",
	record.ProgramLinkLoop:      "link-loop",
}

func judgeProgram(set *record.Set) []checks.Verdict {
	img, p := set.Image, set.Image.Program
	const want = "a program in the image that may be executed"
	switch {
	case noImage(img):
		return cannotTell(noImageText)
	case len(img.Entrypoint) == 0 && len(img.Cmd) == 0:
		return found("no-command", want, "ENTRYPOINT and CMD are both empty", commandLine(img))
	case p == nil:
		return cannotTell("the layers were not read, so the program is unknown")
	case programReasons[p.Fault] != "":
		return found(programReasons[p.Fault], want, p.Detail, chain(p), commandLine(img))
	case p.Fault == record.ProgramUnreadable || len(p.Steps) == 0:
		return cannotTell("the program could not be looked at: %s", p.Detail)
	}
	start, gaps := judgeStart(img), unfilled(img)
	if start.Outcome == checks.Pass && len(gaps) > 0 {
		return gaps
	}
	return append([]checks.Verdict{start}, gaps...)
}

// startReasons maps what became of the file that the program is told to run to the catalogue's reasons.
var startReasons = map[string]string{record.StartMissing: "script-missing", record.StartUnreadable: "script-unreadable"}

// judgeStart rules on the program that was found and on the file that it is told to run.
func judgeStart(img *record.Image) checks.Verdict {
	p, start := img.Program, img.Start
	switch {
	case start == nil:
		return checks.Passed("%s leads to %s", argv0(p), last(p)).With(chain(p))
	case startReasons[start.Fault] == "":
		return checks.Passed("%s leads to %s, which runs %s", argv0(p), last(p), start.Path).With(chain(p))
	}
	evidence := []checks.Evidence{commandLine(img), chain(p)}
	if start.Layer > 0 {
		evidence = append(evidence, checks.Text("the file", start.Path+" in "+layerText(img, start.Layer)))
	}
	return checks.Found(startReasons[start.Fault], "a file that is in the image and that its user may read", start.Detail, evidence...)
}

// unfilled rules on gaps of a template that nobody filled in.
func unfilled(img *record.Image) []checks.Verdict {
	n := len(img.Placeholders)
	if n == 0 {
		return nil
	}
	return found("placeholder", "values in place of a template's gaps", fmt.Sprintf("%d gaps, the first is %s", n, img.Placeholders[0]),
		checks.Text("gaps", img.Placeholders...))
}

func argv0(p *record.Program) string { return fmt.Sprintf("%q", p.Argv0) }
