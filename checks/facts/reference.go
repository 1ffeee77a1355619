// Package facts reads what an image is, without starting it: from a registry, a local engine, an OCI image layout or a
// docker-save archive. Resolve reads the manifest and the config (tier 1: at most 6 round trips and 64 KiB through a
// registry); Resolved.ReadLayers reads the layers (tier 2), so that a wrong architecture is refused before any layer
// byte is fetched.
package facts

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// Kind tells where a reference points.
type Kind string

const (
	// KindName is an image name, for an engine or a registry.
	KindName Kind = "name"
	// KindLayout is an OCI image layout directory (oci:DIR).
	KindLayout Kind = "oci"
	// KindArchive is a docker-save archive (docker-archive:FILE).
	KindArchive Kind = "docker-archive"
)

// Reference is what the user asked to be tested. Name is the image name, the directory or the file.
type Reference struct {
	Kind Kind
	Name string
}

// String is the reference as the user writes it.
func (r Reference) String() string {
	if r.Kind == KindName {
		return r.Name
	}
	return string(r.Kind) + ":" + r.Name
}

// Repository is the name without tag and digest, with its registry; empty for what is not a name.
func (r Reference) Repository() string {
	ref, err := name.ParseReference(r.Name)
	if r.Kind != KindName || err != nil {
		return ""
	}
	return ref.Context().Name()
}

// Digest is the digest that a name ends in, as sha256:…; empty for a tag and for what is not a name.
func (r Reference) Digest() string {
	if ref, err := name.NewDigest(r.Name); r.Kind == KindName && err == nil {
		return ref.DigestStr()
	}
	return ""
}

// NamesRegistry reports whether the name says which registry is meant. Without that it is mostly one in the local engine.
func (r Reference) NamesRegistry() bool {
	host, _, _ := strings.Cut(r.Name, "/")
	return r.Kind == KindName && host != r.Name && (strings.ContainsAny(host, ".:") || host == "localhost")
}

// Parse reads a reference: oci:DIR, docker-archive:FILE, or a name with an optional tag and digest (without either the
// tag is latest). What is not an image, such as a folder, a Dockerfile or a code zip, is refused with one line that
// says what to do instead. Parse looks at the file system only to recognise such mistakes.
func Parse(ref string) (Reference, error) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return Reference{}, fmt.Errorf("no image was named; give a name such as agent:1.0, oci:DIR or docker-archive:FILE")
	}
	for _, kind := range []Kind{KindLayout, KindArchive} {
		if path, ok := strings.CutPrefix(ref, string(kind)+":"); ok {
			return parsePath(kind, path)
		}
	}
	if err := wrongPrefix(ref); err != nil {
		return Reference{}, err
	}
	if err := notAnImage(ref); err != nil {
		return Reference{}, err
	}
	return parseName(ref)
}

func parsePath(kind Kind, path string) (Reference, error) {
	if path == "" {
		return Reference{}, fmt.Errorf("%s: names nothing; give the path of %s", kind, map[Kind]string{
			KindLayout: "an OCI image layout directory, such as oci:./image", KindArchive: "a file made by docker save, such as docker-archive:./image.tar",
		}[kind])
	}
	if strings.ContainsRune(path, 0) {
		return Reference{}, fmt.Errorf("%s:%q is not a path", kind, path)
	}
	return Reference{Kind: kind, Name: path}, nil
}

// wrongPrefix refuses the forms that other tools use.
func wrongPrefix(ref string) error {
	scheme, rest, ok := strings.Cut(ref, ":")
	if !ok {
		return nil
	}
	switch scheme {
	case "http", "https":
		if strings.HasPrefix(rest, "//") {
			return fmt.Errorf("%q is a URL, not an image; to test a server that already runs use --endpoint, to name an image leave out %s://", ref, scheme)
		}
	case "docker", "docker-daemon", "containers-storage":
		if strings.HasPrefix(rest, "//") || scheme != "docker" {
			return fmt.Errorf("%q is another tool's notation; give the plain name: %s", ref, strings.TrimPrefix(rest, "//"))
		}
	case "oci-archive":
		return fmt.Errorf("%q is a packed OCI layout; unpack it with tar -xf FILE -C DIR and give oci:DIR", ref)
	case "oci-layout", "dir":
		return fmt.Errorf("%q is another tool's notation; an OCI image layout directory is given as oci:%s", ref, strings.TrimPrefix(rest, "//"))
	}
	return nil
}

// notAnImage recognises files and folders that people give in place of an image.
func notAnImage(ref string) error {
	base := filepath.Base(ref)
	lower := strings.ToLower(base)
	switch {
	case strings.HasSuffix(lower, ".zip"):
		return fmt.Errorf("%q is a zip: AgentCore deploys code zips in another way than containers; to test a container build an image with docker build --platform linux/arm64 and give its name", ref)
	case strings.HasSuffix(lower, ".dockerfile") || base == "Dockerfile" || strings.HasPrefix(base, "Dockerfile.") || strings.HasPrefix(base, "Dockerfile-"):
		return fmt.Errorf("%q is a build recipe, not an image; build it first: docker build --platform linux/arm64 -t NAME -f %s . and then give NAME", ref, ref)
	}
	info, err := os.Stat(ref)
	switch {
	case err == nil && info.IsDir():
		return folder(ref)
	case err == nil && info.Mode().IsRegular() && archiveName.MatchString(lower):
		return fmt.Errorf("%q is a file; if docker save made it, give docker-archive:%s", ref, ref)
	}
	return nil
}

var archiveName = regexp.MustCompile(`\.(tar|tgz|tar\.gz|tar\.zst)$`)

// folder says what to do with a directory. A name that is also an image name keeps a way to be meant: with its tag.
func folder(ref string) error {
	if _, err := os.Stat(filepath.Join(ref, "oci-layout")); err == nil {
		return fmt.Errorf("%q is a folder that holds an OCI image layout; give oci:%s", ref, ref)
	}
	escape := ""
	if _, err := name.NewTag(ref); err == nil && !strings.ContainsAny(ref, ":@") {
		escape = fmt.Sprintf("; for the image of that name write %s:latest", ref)
	}
	return fmt.Errorf("%q is a folder, not an image; build it first: docker build --platform linux/arm64 -t NAME %s and then give NAME%s", ref, ref, escape)
}

func parseName(ref string) (Reference, error) {
	if _, err := name.ParseReference(ref); err != nil || looksLikePath(ref) {
		return Reference{}, fmt.Errorf("%q is no image name: %s", shorten(ref, 200), whyBadName(ref))
	}
	return Reference{Kind: KindName, Name: ref}, nil
}

// whyBadName finds the mistake that is easiest to mend.
func whyBadName(ref string) string {
	repo, digest, hasDigest := strings.Cut(ref, "@")
	last := repo[strings.LastIndex(repo, "/")+1:]
	_, tag, hasTag := strings.Cut(last, ":")
	switch {
	case strings.ContainsAny(ref, " \t\r\n"):
		return "it contains white space"
	case hasDigest && !digestForm.MatchString(digest):
		return "what follows @ must be sha256: and 64 hexadecimal digits"
	case hasTag && !tagForm.MatchString(tag):
		return "a tag is 1 to 128 letters, digits, dots, dashes and underscores"
	case looksLikePath(ref):
		return "it looks like a path; give oci:DIR for an OCI layout or docker-archive:FILE for the output of docker save"
	case repo != strings.ToLower(repo):
		return "repository names are lower case"
	}
	return "expected [HOST[:PORT]/]REPOSITORY[:TAG][@sha256:DIGEST] with lower-case letters, digits and separators"
}

func looksLikePath(ref string) bool { return strings.ContainsAny(ref[:1], "./~\\") }

var (
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	tagForm    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
)

// shorten bounds a text that will be shown.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
