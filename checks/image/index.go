package image

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var single = checks.Check{Clause: "IMG-03", Needs: needs, Judge: judgeSingle}

func judgeSingle(set *record.Set) []checks.Verdict {
	img := set.Image
	if unknownIndex(img) {
		return doesNotApply("the local engine does not keep the manifest that was or will be pushed")
	}
	out := unusualLayers(img)
	switch {
	case len(img.Children) > 0:
		return append(out, checks.Found("index", "a single manifest", fmt.Sprintf("an index of %d entries, %s", len(img.Children), img.IndexDigest), entries(img)))
	case len(out) > 0:
		return out
	}
	return passed("a single manifest, %s", mediaType(img))
}

// unknownIndex reports an origin that does not tell how the image is or will be stored in a registry.
func unknownIndex(img *record.Image) bool {
	return (img.Origin == "engine" || img.Origin == "archive") && img.Digest == "" && len(img.Children) == 0
}

func mediaType(img *record.Image) string {
	if img.MediaType == "" {
		return "of unknown media type"
	}
	return img.MediaType
}
