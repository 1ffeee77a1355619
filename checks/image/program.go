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
	return []checks.Verdict{checks.Passed("%s leads to %s", argv0(p), last(p)).With(chain(p))}
}

func argv0(p *record.Program) string { return fmt.Sprintf("%q", p.Argv0) }
