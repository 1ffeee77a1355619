package image

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var bindAddress = checks.Check{Clause: "IMG-14", Needs: needs, Judge: judgeBindAddress}

// judgeBindAddress rules on the SDK, and on code of the agent's own that does as the SDK does.
func judgeBindAddress(set *record.Set) []checks.Verdict {
	img := set.Image
	if noImage(img) {
		return cannotTell(noImageText)
	}
	var out []checks.Verdict
	sdk, declared := pythonSDK(img), containerVariable(img.Env) != ""
	if sdk != nil && !declared {
		actual := fmt.Sprintf("SDK %s at %s, DOCKER_CONTAINER not set", sdk.Version, sdk.Path)
		out = found("sdk-would-bind-loopback", "DOCKER_CONTAINER set to any non-empty value", actual)
	}
	if c := undecided(img); c != nil {
		out = append(out, checks.Found("code-would-bind-loopback", "0.0.0.0, whatever marks a container",
			fmt.Sprintf("%s line %d listens on all interfaces if /.dockerenv exists, on loopback otherwise", c.Path, c.Line)))
	}
	switch {
	case len(out) > 0:
		return out
	case declared:
		return passed("DOCKER_CONTAINER is set")
	case !img.Scanned:
		return cannotTell("the layers were not read to the end, so it is unknown whether the Python SDK is in the image")
	}
	return doesNotApply("the AgentCore Python SDK is not in the image, and no code of which the address hangs on /.dockerenv was seen")
}

// undecided is a place in the agent's code where nothing that the image declares decides what /.dockerenv would: neither an
// address in the command line or in a variable, nor a variable that the code looks at as well.
func undecided(img *record.Image) *record.MarkerChoice {
	for _, word := range slices.Concat(img.Entrypoint, img.Cmd) {
		if namesWildcard(word) {
			return nil
		}
	}
	set := map[string]bool{}
	for _, e := range img.Env {
		name, value, _ := strings.Cut(e, "=")
		if set[name] = value != ""; namesWildcard(value) {
			return nil
		}
	}
	for i := range img.MarkerChoices {
		if c := &img.MarkerChoices[i]; !slices.ContainsFunc(c.Variables, func(v string) bool { return set[v] }) {
			return c
		}
	}
	return nil
}

func namesWildcard(text string) bool {
	return strings.Contains(text, "0.0.0.0") || strings.Contains(text, "[::]") || text == "::" || strings.HasSuffix(text, "=::")
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
