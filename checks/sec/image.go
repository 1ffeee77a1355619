package sec

import (
	"cmp"
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

// judgeSecrets names places, never secrets.
func judgeSecrets(set *record.Set) []checks.Verdict {
	i := set.Image
	var out []checks.Verdict
	if n := len(i.Secrets); n > 0 {
		out = append(out, checks.Found("secret", "no secret in variables, labels, build steps and the command line",
			fmt.Sprintf("%d places look like one, the first is %s", n, i.Secrets[0]), checks.Text("where", i.Secrets...)))
	}
	out = append(out, secretFiles(i)...)
	if p := profile(i.Env); p != "" {
		out = append(out, checks.Found("aws-profile", "no AWS_PROFILE in the image", "ENV AWS_PROFILE="+reading.Quote(p)))
	}
	switch {
	case len(out) > 0:
		return out
	case i.OS == "" && i.ConfigDigest == "":
		return []checks.Verdict{checks.CannotTell("the image's config was not read")}
	}
	return []checks.Verdict{checks.Passed("none of %d variables, %d labels and %d build steps looks like a secret; %s",
		len(i.Env), len(i.Labels), len(i.History), searched(i))}
}

// searched says how far the files were looked into.
func searched(i *record.Image) string {
	switch {
	case !i.Scanned:
		return "files were not searched"
	case i.SearchCut:
		return fmt.Sprintf("nor does any of the first %d text files, the rest was not searched", i.Searched)
	}
	return fmt.Sprintf("nor does any of %d text files outside of packages and the distribution", i.Searched)
}

// secretFiles rules on the files of the layers, each kind of finding once.
func secretFiles(i *record.Image) []checks.Verdict {
	lines := map[string][]string{}
	for _, f := range i.SecretFiles {
		reason := "secret-file"
		switch {
		case f.Private:
			reason = "private-file"
		case f.Deleted:
			reason = "secret-deleted"
		}
		lines[reason] = append(lines[reason], fmt.Sprintf("%s: %s, in %s", f.Path, f.What, layerOf(i, f.Layer)))
	}
	var out []checks.Verdict
	for _, reason := range []string{"secret-file", "secret-deleted", "private-file"} {
		if n := len(lines[reason]); n > 0 {
			out = append(out, checks.Found(reason, "no such file in any layer",
				fmt.Sprintf("%d files, the first is %s", n, lines[reason][0]), checks.Text("where", lines[reason]...)))
		}
	}
	return out
}

// layerOf names a layer by its place and digest; n is 1 for the base.
func layerOf(i *record.Image, n int) string {
	if n < 1 || n > len(i.Layers) {
		return "a layer"
	}
	return strings.TrimSpace(fmt.Sprintf("layer %d of %d %s", n, len(i.Layers), cmp.Or(i.Layers[n-1].Digest, i.Layers[n-1].DiffID)))
}

func profile(env []string) (value string) {
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "AWS_PROFILE="); ok {
			value = v
		}
	}
	return value
}
