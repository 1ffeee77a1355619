package image

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var bindAddress = checks.Check{Clause: "IMG-14", Needs: needs, Judge: judgeBindAddress}

func judgeBindAddress(set *record.Set) []checks.Verdict {
	img := set.Image
	sdk := pythonSDK(img)
	switch {
	case noImage(img):
		return cannotTell(noImageText)
	case containerVariable(img.Env) != "":
		return passed("DOCKER_CONTAINER is set")
	case sdk != nil:
		actual := fmt.Sprintf("SDK %s at %s, DOCKER_CONTAINER not set", sdk.Version, sdk.Path)
		return found("sdk-would-bind-loopback", "DOCKER_CONTAINER set to any non-empty value", actual)
	case !img.Scanned:
		return cannotTell("the layers were not read to the end, so it is unknown whether the Python SDK is in the image")
	}
	return doesNotApply("the AgentCore Python SDK is not in the image")
}

func pythonSDK(img *record.Image) *record.Package {
	for i, p := range img.Packages {
		if p.Language == "python" && p.Name == "bedrock-agentcore" {
			return &img.Packages[i]
		}
	}
	return nil
}

// containerVariable is the value of DOCKER_CONTAINER; an empty one counts as unset, as it does for the SDK.
func containerVariable(env []string) (value string) {
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "DOCKER_CONTAINER="); ok {
			value = v
		}
	}
	return value
}
