package facts

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Bounds on the search of files for secrets: the longest file that is looked into, and all of them together.
const (
	maxSearchedFile = 1 << 20
	maxSearched     = 64 << 20
)

// foreignFolders hold other people's files: packages with their tests and examples, and what a distribution brings.
var (
	packageFolders = []string{"site-packages", "dist-packages", "node_modules", "gems", "bundle", "__pycache__", ".cache", ".npm", ".cargo", ".m2", "testdata",
		"test", "tests", "__tests__", "fixtures", "examples", "docs"}
	systemFolders = []string{"bin", "sbin", "boot", "dev", "lib", "lib64", "proc", "sys", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "usr/libexec", "usr/share",
		"usr/include", "usr/local/bin", "usr/local/lib", "usr/local/include", "usr/local/share", "usr/local/go", "var/lib", "var/cache", "etc/ssl/certs", "etc/pki"}
	binaryNames = regexp.MustCompile(`(?i)\.(so[.0-9]*|node|pyc|png|jpe?g|gif|webp|ico|woff2?|ttf|gz|xz|zst|zip|whl|jar|war|class|wasm|onnx|pt|bin|safetensors|parquet|pdf|mp[34]|map)$`)
)

// searchable reports a file that somebody put into the image themselves and that can be text.
func searchable(name string, size int64) bool {
	if size < 8 || size > maxSearchedFile || binaryNames.MatchString(name) || strings.Contains(name, "snakeoil") {
		return false
	}
	for _, f := range systemFolders {
		if strings.HasPrefix(name, f+"/") {
			return false
		}
	}
	return !inPackage(name)
}

func inPackage(name string) bool {
	for dir := range strings.SplitSeq(path.Dir(name), "/") {
		if slices.Contains(packageFolders, dir) {
			return true
		}
	}
	return false
}

// secretFile says what a file holds that should not be in an image. Of a secret only its kind is told.
func secretFile(name string, content []byte) (record.SecretFile, bool) {
	f := record.SecretFile{Path: clip("/" + name)}
	base := path.Base(name)
	if found := detect(content, true); len(found) > 0 {
		f.What = found[0].what
	} else if k := keeperOf(name); k != nil {
		f.What = k(content)
	}
	if f.What == "" {
		f.What, f.Private = private(name, base, content)
	}
	if f.What == record.GitFolder {
		f.Path = clip("/" + path.Dir(name))
	}
	return f, f.What != ""
}

// private names files that are no secrets, but that tell outsiders more than the agent needs.
func private(name, base string, content []byte) (what string, isPrivate bool) {
	switch {
	case strings.HasSuffix(name, ".git/HEAD") && (bytes.HasPrefix(content, []byte("ref:")) || len(content) <= 65):
		return record.GitFolder, true
	case base == ".bedrock_agentcore.yaml":
		return "the starter toolkit's settings, with account and role", true
	case base == "terraform.tfstate":
		return "a Terraform state", true
	case strings.HasSuffix(name, ".aws/config"):
		return "an AWS configuration, which can override the runtime's role", true
	}
	return "", false
}

// keeper says what kind of secret a file holds whose name promises one, or nothing.
type keeper func(content []byte) string

// keeperOf returns the keeper of a file's name, nil for files of other names.
func keeperOf(name string) keeper {
	base := path.Base(name)
	switch {
	case base == ".env" || strings.HasPrefix(base, ".env.") && !sampleName.MatchString(base), base == "secrets.toml":
		return assignedSecret
	case base == ".npmrc":
		return holds("an npm token", `(?m)^[^#;\n]*_(?:authToken|auth|password)\s*=\s*"?([^\s"$]{8,})`)
	case base == ".pypirc", base == ".netrc", base == "_netrc":
		return holds("a password", `(?m)^[^#\n]*\bpassword\s*[= :]\s*(\S{4,})`)
	case base == ".git-credentials", base == "pip.conf", base == ".pgpass":
		return holds("a password in a URL", `(?:://[^/\s:@]*:|^[^:\n]+:\d+:[^:\n]*:[^:\n]*:)([^/\s@$]+)`)
	case strings.HasSuffix(name, ".aws/credentials"):
		return holds("an AWS secret access key", `(?m)^\s*aws_secret_access_key\s*=\s*(\S{16,})`)
	case strings.HasSuffix(name, ".docker/config.json"):
		return holds("a registry's password", `"auth"\s*:\s*"([^"]{8,})"`)
	case strings.HasSuffix(name, ".kube/config"):
		return holds("a cluster's credentials", `(?m)^\s*(?:client-key-data|token)\s*:\s*(\S{8,})`)
	}
	return nil
}

var sampleName = regexp.MustCompile(`(?i)\.(example|sample|template|dist|defaults?|tpl|tmpl|test|schema)\b`)

// holds finds a secret by its place in a file of known form; examples and references to variables do not count.
func holds(what, form string) keeper {
	re := regexp.MustCompile(form)
	return func(content []byte) string {
		for _, m := range re.FindAllSubmatch(content, maxEntries) {
			if v := string(m[1]); !isExample(v) && placeholder(v) == "" && !strings.HasPrefix(v, "${") {
				return what
			}
		}
		return ""
	}
}

// assignedSecret finds a variable with a secret in a file of NAME=value lines.
func assignedSecret(content []byte) string {
	n := 0
	for line := range bytes.Lines(content) {
		name, value, ok := strings.Cut(strings.TrimSpace(string(line)), "=")
		name = strings.TrimSpace(strings.TrimPrefix(name, "export "))
		if n++; n > maxEntries || !ok || strings.HasPrefix(name, "#") || len(name) > maxText || len(value) > maxPath {
			continue
		}
		if _, found := hide(name, strings.Trim(strings.TrimSpace(value), `"'`)); found != "" {
			return found + ": " + clip(name)
		}
	}
	return ""
}
