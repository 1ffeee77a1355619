package image

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var machine = checks.Check{Clause: "IMG-02", Needs: needs, Judge: judgeMachine}

// ELF machine numbers of the two architectures that AgentCore knows.
const (
	aarch64 = 183
	x86     = 62
)

func judgeMachine(set *record.Set) []checks.Verdict {
	img, p := set.Image, set.Image.Program
	switch {
	case noImage(img):
		return cannotTell(noImageText)
	case p == nil:
		return cannotTell("the layers were not read, so the program is unknown")
	case p.Machine != "" && p.MachineCode != wantedMachine(set):
		return withForeign(img, wrongMachine(set))
	case p.Fault == record.ProgramNoShebang:
		return found("not-a-program", "an ELF program or a script that begins with #!", p.Detail, chain(p), commandLine(img))
	case p.Fault != "" || p.Machine == "":
		return cannotTell("no machine code was reached: %s", p.Detail)
	case p.Loader != "" && !p.LoaderFound:
		actual := fmt.Sprintf("%s needs %s, which is not in the image", last(p), p.Loader)
		return found("missing-loader", "the loader that the program names", actual, chain(p), commandLine(img))
	}
	return withForeign(img, checks.Passed("%s is %s", last(p), p.Machine).With(chain(p)))
}

// wantedMachine is AArch64; on instances compute it is what the image's label says.
func wantedMachine(set *record.Set) uint16 {
	if onInstances(set) && set.Image.Architecture == "amd64" {
		return x86
	}
	return aarch64
}

func wrongMachine(set *record.Set) checks.Verdict {
	img, p := set.Image, set.Image.Program
	reason, want := "wrong-machine", fmt.Sprintf("EM_AARCH64 (%d)", aarch64)
	if onInstances(set) {
		reason, want = "disagrees-with-label", "machine code for "+img.Architecture+", as the image says"
	}
	actual := fmt.Sprintf("%s is %s (%d); the image's label says %s", last(p), p.Machine, p.MachineCode, img.Architecture)
	return checks.Found(reason, want, actual, chain(p), commandLine(img))
}

// last is the path of the file that the chain ended in.
func last(p *record.Program) string {
	if len(p.Steps) == 0 {
		return p.Argv0
	}
	return p.Steps[len(p.Steps)-1].Path
}

// withForeign adds what a deep reading found beside the program.
func withForeign(img *record.Image, v checks.Verdict) []checks.Verdict {
	if len(img.Foreign) == 0 {
		return []checks.Verdict{v}
	}
	lines := make([]string, 0, len(img.Foreign))
	for _, f := range img.Foreign {
		lines = append(lines, f.Machine+" "+f.Path)
	}
	actual := fmt.Sprintf("%d files, such as %s", len(img.Foreign), img.Foreign[0].Path)
	return []checks.Verdict{v, checks.Found("foreign-files", "program files for "+img.Architecture+" only", actual, checks.Text("files for other processors", lines...))}
}
