package sec

import (
	"fmt"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/reading"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var (
	user    = checks.Check{Clause: "SEC-01", Needs: []record.Kind{record.KindImage}, Judge: judgeUser}
	secrets = checks.Check{Clause: "SEC-02", Needs: []record.Kind{record.KindImage}, Judge: judgeSecrets}
)

func judgeUser(set *record.Set) []checks.Verdict {
	who, _, _ := strings.Cut(set.Image.User, ":")
	switch {
	case set.Image.User == "":
		return []checks.Verdict{checks.Found("root", "a USER other than root", "no USER, so root")}
	case who == "" || who == "root" || strings.Trim(who, "0") == "":
		return []checks.Verdict{checks.Found("root", "a USER other than root", "USER "+reading.Quote(set.Image.User))}
	}
	return []checks.Verdict{checks.Passed("USER %s", reading.Quote(set.Image.User))}
}

// judgeSecrets names places, never secrets. A pass speaks of the config alone: files in layers are not read for it.
func judgeSecrets(set *record.Set) []checks.Verdict {
	if n := len(set.Image.Secrets); n > 0 {
		return []checks.Verdict{checks.Found("secret", "no secret in variables, labels and build steps",
			fmt.Sprintf("%d places look like one, the first is %s", n, set.Image.Secrets[0]), checks.Text("where", set.Image.Secrets...))}
	}
	i := set.Image
	if i.OS == "" && i.ConfigDigest == "" {
		return []checks.Verdict{checks.CannotTell("the image's config was not read")}
	}
	return []checks.Verdict{checks.Passed("none of %d variables, %d labels and %d build steps looks like a secret; files were not searched",
		len(i.Env), len(i.Labels), len(i.History))}
}
