package image

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var repository = checks.Check{Clause: "IMG-06", Needs: needs, Judge: judgeRepository}

// containerURI is the API's own form of a container URI, private or public ECR, with its tag and digest.
var containerURI = regexp.MustCompile(`^(?:[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?|public\.ecr\.aws)/` +
	`(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*(?::([^:@]{1,300}))?(?:@(.+))?$`)

func judgeRepository(set *record.Set) []checks.Verdict {
	ref := set.Terms.DeployRef
	if ref == "" {
		return doesNotApply("no URI to deploy was named (--deploy-ref)")
	}
	m := containerURI.FindStringSubmatch(ref)
	switch {
	case m == nil || strings.ContainsFunc(ref, unicode.IsSpace):
		return found("not-ecr", "ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY or public.ecr.aws/ALIAS/REPOSITORY", ref)
	case m[1] == "" && m[2] == "":
		return found("no-tag", "a tag or a digest", ref)
	}
	return passed("%s", ref)
}

var uriLength = checks.Check{Clause: "IMG-07", Needs: needs, Judge: judgeURILength}

// maxURI is the longest container URI that the API takes, in characters.
const maxURI = 1024

func judgeURILength(set *record.Set) []checks.Verdict {
	ref := set.Terms.DeployRef
	if ref == "" {
		return doesNotApply("no URI to deploy was named (--deploy-ref)")
	}
	n := utf8.RuneCountInString(ref)
	if n > maxURI {
		return found("too-long", fmt.Sprintf("at most %d characters", maxURI), fmt.Sprintf("%d characters", n))
	}
	return passed("%d characters", n)
}
