package image

import (
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var pinned = checks.Check{Clause: "IMG-18", Needs: needs, Judge: judgePinned}

func judgePinned(set *record.Set) []checks.Verdict {
	img := set.Image
	ref := set.Terms.DeployRef
	if ref == "" {
		ref = img.Reference
		if img.Origin != "engine" && img.Origin != "registry" {
			return doesNotApply("a file, not a name, was tested")
		}
	}
	switch {
	case img.RegistryDigest != "":
		return found("registry-differs", "one image under the name", "tested: "+tested(img)+"; the registry holds "+img.RegistryDigest)
	case strings.Contains(ref, "@sha256:"):
		return passed("%s names a digest", ref)
	case movingTag(ref):
		return found("moving-tag", "a digest or a unique tag", ref+", tested as "+tested(img))
	}
	return passed("%s, tested as %s", ref, tested(img))
}

// movingTag reports a name that means another image after every push.
func movingTag(ref string) bool {
	name := ref[strings.LastIndex(ref, "/")+1:]
	_, tag, tagged := strings.Cut(name, ":")
	return !tagged || tag == "latest"
}

// tested is the most exact name of what was tested.
func tested(img *record.Image) string {
	switch {
	case img.Digest != "":
		return img.Digest
	case img.ConfigDigest != "":
		return "image id " + img.ConfigDigest
	}
	return "an image without a known digest"
}

var instances = checks.Check{Clause: "IMG-19", Needs: needs, Judge: judgeInstances}

func judgeInstances(set *record.Set) []checks.Verdict {
	switch {
	case !onInstances(set):
		return doesNotApply("judged for microVM compute")
	case noImage(set.Image):
		return cannotTell(noImageText)
	case set.Image.Architecture == "amd64":
		return found("instances-only", "linux/arm64 for both compute types", platformName(set.Image.OS, set.Image.Architecture, set.Image.Variant))
	}
	return passed("%s runs on both compute types", platformName(set.Image.OS, set.Image.Architecture, set.Image.Variant))
}
