// Package image rules on what an image is: platform, program, size, layers, user, name (IMG).
package image

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Checks are the checks of this area.
var Checks = []checks.Check{
	architecture, machine, single, attestations, ownChoice, repository, uriLength, size, layers, user, program,
	expose, healthcheck, bindAddress, shell, writable, small, pinned, instances,
}

// needs is what every check of this area rules on.
var needs = []record.Kind{record.KindImage}

// onInstances reports the compute type that takes amd64 as well (IMG-19).
func onInstances(set *record.Set) bool { return set.Terms.Compute == "instances" }

// found is a ruling with a reason.
func found(reason, expected, actual string, evidence ...checks.Evidence) []checks.Verdict {
	return []checks.Verdict{checks.Found(reason, expected, actual, evidence...)}
}

func passed(format string, args ...any) []checks.Verdict {
	return []checks.Verdict{checks.Passed(format, args...)}
}

func cannotTell(format string, args ...any) []checks.Verdict {
	return []checks.Verdict{checks.CannotTell(format, args...)}
}

func doesNotApply(format string, args ...any) []checks.Verdict {
	return []checks.Verdict{checks.DoesNotApply(format, args...)}
}

// noImage reports that the reference led to an index without an image to read: IMG-01 says so, all else is unknown.
func noImage(img *record.Image) bool {
	return img.OS == "" && img.Architecture == "" && len(img.Layers) == 0
}

const noImageText = "there is no image for the platform, so there was nothing to read"

// platformName writes a platform as people do: linux/arm64/v8.
func platformName(os, arch, variant string) string {
	if os == "" {
		os = "(no os)"
	}
	if arch == "" {
		arch = "(no architecture)"
	}
	return strings.TrimSuffix(os+"/"+arch+"/"+variant, "/")
}

// bytesText writes a size for people and for comparison.
func bytesText(n int64) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MB (%d bytes)", float64(n)/1e6, n)
}

// layerText names a layer by its place, its digest and the build step that made it; n is 1 for the base.
func layerText(img *record.Image, n int) string {
	if n < 1 || n > len(img.Layers) {
		return "layer unknown"
	}
	l := img.Layers[n-1]
	text := fmt.Sprintf("layer %d of %d", n, len(img.Layers))
	if id := cmp.Or(l.Digest, l.DiffID); id != "" {
		text += " " + id
	}
	if l.By != "" {
		text += ", made by: " + l.By
	}
	return text
}

// commandLine writes ENTRYPOINT and CMD as a Dockerfile does.
func commandLine(img *record.Image) checks.Evidence {
	return checks.Text("command line of the image", fmt.Sprintf("ENTRYPOINT %q", img.Entrypoint), fmt.Sprintf("CMD %q", img.Cmd))
}

// chain shows the way from the command line to machine code.
func chain(p *record.Program) checks.Evidence {
	lines := make([]string, 0, len(p.Steps)+1)
	for _, s := range p.Steps {
		line := fmt.Sprintf("%-6s %s", s.Kind, s.Path)
		if s.To != "" {
			line += " -> " + s.To
		}
		if s.Layer > 0 {
			line += fmt.Sprintf(" (mode %04o, layer %d)", s.Mode, s.Layer)
		}
		lines = append(lines, line)
	}
	if p.Machine != "" {
		lines = append(lines, fmt.Sprintf("machine %s (%d)", p.Machine, p.MachineCode))
	}
	if len(lines) == 0 {
		lines = append(lines, "(nothing was found)")
	}
	return checks.Text("from the command line to machine code", lines...)
}
