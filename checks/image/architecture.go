package image

import (
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var architecture = checks.Check{Clause: "IMG-01", Needs: needs, Judge: judgeArchitecture}

func judgeArchitecture(set *record.Set) []checks.Verdict {
	img, legal := set.Image, []string{"arm64"}
	want := "linux/arm64"
	if onInstances(set) {
		legal, want = []string{"arm64", "amd64"}, "linux/arm64 or linux/amd64 (instances compute)"
	}
	if strings.HasPrefix(img.MediaType, "application/vnd.docker.distribution.manifest.v1+") {
		return found("legacy-manifest", want, "a manifest of the legacy schema 1, which names no platform", checks.Text("media type", img.MediaType))
	}
	if noImage(img) && len(img.Children) > 0 {
		return judgeIndex(img, onInstances(set), want)
	}
	got := platformName(img.OS, img.Architecture, img.Variant)
	evidence := []checks.Evidence{checks.Text("config of the image", "os "+img.OS, "architecture "+img.Architecture, "variant "+img.Variant)}
	if len(img.Children) > 0 {
		evidence = append(evidence, entries(img))
	}
	switch {
	case img.OS != "linux" && img.OS != "":
		return found("wrong-os", want, got, evidence...)
	case slices.Contains(legal, img.Architecture) && img.OS == "linux":
		return passed("%s", got)
	case announced(img, legal):
		return found("entry-disagrees", want, "the index announces "+want+", the image's config says "+got, evidence...)
	case img.Origin == "engine":
		got += ", the copy in the local engine"
	}
	return found("wrong-architecture", want, got, evidence...)
}

// judgeIndex rules on an index in which nothing could be chosen.
func judgeIndex(img *record.Image, instances bool, want string) []checks.Verdict {
	var have []string
	for _, c := range img.Children {
		if c.Attestation {
			continue
		}
		if instances && c.OS == "linux" && c.Architecture == "arm64" {
			return cannotTell("the index holds linux/arm64 but not linux/amd64, which instances compute is tested with; use --compute microvm")
		}
		have = append(have, platformName(c.OS, c.Architecture, c.Variant))
	}
	if len(have) == 0 {
		have = []string{"no image at all"}
	}
	return found("no-arm64-entry", "an entry for "+want, "the index holds "+strings.Join(have, ", "), entries(img))
}

// announced reports that the chosen entry of the index names a legal architecture.
func announced(img *record.Image, legal []string) bool {
	for _, c := range img.Children {
		if c.Chosen {
			return slices.Contains(legal, c.Architecture)
		}
	}
	return false
}

// entries lists an index.
func entries(img *record.Image) checks.Evidence {
	lines := make([]string, 0, len(img.Children))
	for _, c := range img.Children {
		line := platformName(c.OS, c.Architecture, c.Variant) + " " + c.Digest
		if c.Attestation {
			line += " (attestation)"
		}
		if c.Chosen {
			line += " (chosen)"
		}
		lines = append(lines, line)
	}
	return checks.Text("entries of the index", lines...)
}
