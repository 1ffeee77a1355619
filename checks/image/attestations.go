package image

import (
	"fmt"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var attestations = checks.Check{Clause: "IMG-04", Needs: needs, Judge: judgeAttestations}

func judgeAttestations(set *record.Set) []checks.Verdict {
	img := set.Image
	if unknownIndex(img) {
		return doesNotApply("the local engine does not keep the index that was or will be pushed")
	}
	n := 0
	for _, c := range img.Children {
		if c.Attestation {
			n++
		}
	}
	if n == 0 {
		return passed("no attestation entries")
	}
	return found("attestation-entries", "no attestation entries", fmt.Sprintf("%d of %d entries are attestations", n, len(img.Children)), entries(img))
}

var ownChoice = checks.Check{Clause: "IMG-05", Needs: needs, Judge: judgeOwnChoice}

// judgeOwnChoice watches this tool itself: an attestation that was taken for the image is an error of the run, not a
// fault of the image.
func judgeOwnChoice(set *record.Set) []checks.Verdict {
	if len(set.Image.Children) == 0 {
		return doesNotApply("there is no index to choose from")
	}
	for _, c := range set.Image.Children {
		if c.Chosen && (c.Attestation || c.OS == "unknown") {
			actual := fmt.Sprintf("the entry %s (%s) was taken for the image; please report this", c.Digest, platformName(c.OS, c.Architecture, c.Variant))
			return []checks.Verdict{{Outcome: checks.Error, Expected: "an image entry", Actual: actual, Evidence: []checks.Evidence{entries(set.Image)}}}
		}
	}
	return passed("attestation and unknown entries were left out of the choice")
}
