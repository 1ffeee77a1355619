package image

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Layer counts: more than maxLayers break the runtime when USER is a name; nearLayers is close to that.
const (
	maxLayers  = 53
	nearLayers = 45
)

// numericUser is the form of USER that the platform mounts with any number of layers.
var numericUser = regexp.MustCompile(`^[0-9]+(:[0-9]+)?$`)

// namedUser reports a USER that is not numeric. An image without USER runs as root, which needs no look-up.
func namedUser(img *record.Image) bool { return img.User != "" && !numericUser.MatchString(img.User) }

var layers = checks.Check{Clause: "IMG-09", Needs: needs, Judge: judgeLayers}

func judgeLayers(set *record.Set) []checks.Verdict {
	img := set.Image
	if noImage(img) {
		return cannotTell(noImageText)
	}
	n := len(img.Layers)
	if n > maxLayers && namedUser(img) {
		return found("layers-and-named-user", fmt.Sprintf("at most %d layers, or a numeric USER", maxLayers), fmt.Sprintf("%d layers and USER %s", n, img.User))
	}
	return passed("%d layers, %s", n, userText(img))
}

var user = checks.Check{Clause: "IMG-10", Needs: needs, Judge: judgeUser}

func judgeUser(set *record.Set) []checks.Verdict {
	img := set.Image
	switch n := len(img.Layers); {
	case noImage(img):
		return cannotTell(noImageText)
	case !namedUser(img):
		return passed("%s", userText(img))
	case n >= nearLayers:
		return found("named-user-near-limit", "a numeric USER", fmt.Sprintf("USER %s and %d of %d layers", img.User, n, maxLayers))
	}
	return found("named-user", "a numeric USER", "USER "+img.User)
}

func userText(img *record.Image) string {
	if img.User == "" {
		return "no USER, so root"
	}
	return "USER " + img.User
}

// biggest lists the ten largest layers, each with the build step that made it.
func biggest(img *record.Image) checks.Evidence {
	type place struct {
		at   int
		size int64
	}
	var all []place
	for i, l := range img.Layers {
		all = append(all, place{i + 1, l.Size})
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(b.size, a.size) })
	var lines []string
	for _, p := range all[:min(len(all), 10)] {
		lines = append(lines, bytesText(p.size)+": "+layerText(img, p.at))
	}
	return checks.Text("largest layers", lines...)
}
