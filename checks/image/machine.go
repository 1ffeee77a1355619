package image

import (
	"fmt"
	"slices"
	"strings"

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
		return withForeign(set, wrongMachine(set))
	case p.Fault == record.ProgramNoShebang:
		return found("not-a-program", "an ELF program or a script that begins with #!", p.Detail, chain(p), commandLine(img))
	case p.Fault != "" || p.Machine == "":
		return cannotTell("no machine code was reached: %s", p.Detail)
	case p.Loader != "" && !p.LoaderFound:
		actual := fmt.Sprintf("%s needs %s, which is not in the image", last(p), p.Loader)
		return found("missing-loader", "the loader that the program names", actual, chain(p), commandLine(img))
	}
	return withForeign(set, checks.Passed("%s is %s", last(p), p.Machine).With(chain(p)))
}

// foreignModules rules on native modules that have no build for the platform, the certain ones apart.
func foreignModules(set *record.Set) []checks.Verdict {
	var certain, maybe []record.Module
	for _, m := range set.Image.Modules {
		if m.Certain {
			certain = append(certain, m)
		} else {
			maybe = append(maybe, m)
		}
	}
	var out []checks.Verdict
	for reason, list := range map[string][]record.Module{"foreign-module": certain, "foreign-module-maybe": maybe} {
		if len(list) == 0 {
			continue
		}
		lines := make([]string, 0, len(list))
		for _, m := range list {
			lines = append(lines, fmt.Sprintf("%s %s in %s", m.Machine, m.Path, layerText(set.Image, m.Layer)))
		}
		want := "native modules for " + machineName(wantedMachine(set))
		actual := fmt.Sprintf("%d for another machine and without one for this, such as %s (%s)", len(list), list[0].Path, list[0].Machine)
		out = append(out, checks.Found(reason, want, actual, checks.Text("modules that cannot be loaded", lines...)))
	}
	slices.SortFunc(out, func(a, b checks.Verdict) int { return strings.Compare(a.Reason, b.Reason) })
	return out
}

func machineName(code uint16) string {
	if code == x86 {
		return "x86-64"
	}
	return "AArch64"
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

// withForeign adds what was found beside the program: modules that it would load, and files of a deep reading.
func withForeign(set *record.Set, v checks.Verdict) []checks.Verdict {
	img := set.Image
	out := foreignModules(set)
	if v.Outcome != checks.Pass || len(out) == 0 {
		out = append([]checks.Verdict{v}, out...)
	}
	if len(img.Foreign) == 0 {
		return out
	}
	lines := make([]string, 0, len(img.Foreign))
	for _, f := range img.Foreign {
		lines = append(lines, f.Machine+" "+f.Path)
	}
	actual := fmt.Sprintf("%d files, such as %s", len(img.Foreign), img.Foreign[0].Path)
	return append(out, checks.Found("foreign-files", "program files for "+img.Architecture+" only", actual, checks.Text("files for other processors", lines...)))
}
