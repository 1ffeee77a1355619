package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// checkImage refuses what is plainly no image and says what to do instead. Whether the image exists is found out later.
func checkImage(ref string) error {
	base := strings.ToLower(filepath.Base(ref))
	switch {
	case strings.TrimSpace(ref) == "":
		return fmt.Errorf("IMAGE is empty")
	case strings.HasPrefix(ref, "oci:"):
		return mustExist(ref, strings.TrimPrefix(ref, "oci:"), true)
	case strings.HasPrefix(ref, "docker-archive:"):
		return mustExist(ref, strings.TrimPrefix(ref, "docker-archive:"), false)
	case strings.HasSuffix(base, ".zip"):
		return fmt.Errorf("%s is a zip file, not an image; code deployments are not covered, so build an image and give its name", ref)
	case base == "dockerfile" || strings.HasPrefix(base, "dockerfile.") || strings.HasSuffix(base, ".dockerfile") || base == "containerfile":
		return fmt.Errorf("%s is a recipe, not an image; run docker build --platform linux/arm64 -t NAME and give NAME", ref)
	case strings.Contains(ref, "://"):
		return fmt.Errorf("%s is a URL; give the image without its scheme, or --endpoint URL for a server that already runs", ref)
	}
	return notAPath(ref)
}

// notAPath tells a file or folder from an image name. A bare name is a name even when a folder is called the same.
func notAPath(ref string) error {
	info, err := os.Stat(ref)
	looksLikePath := strings.HasPrefix(ref, "/") || strings.HasPrefix(ref, ".") || strings.HasSuffix(ref, "/")
	switch {
	case err == nil && !info.IsDir() && hasSuffix(ref, ".tar", ".tar.gz", ".tgz"):
		return fmt.Errorf("%s is a file; write docker-archive:%s for what docker save wrote", ref, ref)
	case err == nil && info.IsDir() && looksLikePath && isLayout(ref):
		return fmt.Errorf("%s is a folder; write oci:%s for an OCI layout", ref, ref)
	case err == nil && info.IsDir() && looksLikePath:
		return fmt.Errorf("%s is a folder, not an image; run docker build --platform linux/arm64 -t NAME %s and give NAME", ref, ref)
	case looksLikePath:
		return fmt.Errorf("%s is a path, not an image; give a name, oci:DIR or docker-archive:FILE", ref)
	}
	return nil
}

func isLayout(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "oci-layout"))
	return err == nil
}

func mustExist(ref, path string, dir bool) error {
	what := map[bool]string{true: "folder", false: "file"}[dir]
	path, _, _ = strings.Cut(path, "@")
	info, err := os.Stat(path)
	if err == nil && info.IsDir() == dir {
		return nil
	}
	if name, _, ok := cutLast(path, ":"); ok { // oci:DIR:TAG
		if info, err := os.Stat(name); err == nil && info.IsDir() == dir {
			return nil
		}
	}
	return fmt.Errorf("%s: there is no such %s", ref, what)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func hasSuffix(s string, suffixes ...string) bool {
	for _, x := range suffixes {
		if strings.HasSuffix(s, x) {
			return true
		}
	}
	return false
}
