package facts

import (
	"bufio"
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The AgentCore SDKs, as they lie in an image.
const (
	pythonSDK = "bedrock-agentcore"
	nodeSDK   = "bedrock-agentcore"
)

// osReleases are the places of os-release; the first is usually a link to the second.
var osReleases = []string{"etc/os-release", "usr/lib/os-release"}

// markerReader returns how to read a file that tells of a marker package, of users or of the base, or nil for all other files. Caches
// of package managers hold packages that are not installed.
func markerReader(name string) func(name string, content []byte) any {
	dir, base := path.Split(name)
	switch base {
	case "passwd":
		if name == "etc/passwd" {
			return readUsers
		}
	case "group":
		if name == "etc/group" {
			return readGroups
		}
	case "os-release":
		if slices.Contains(osReleases, name) {
			return readBase
		}
	case "node_version.h", "os.py":
		return runtimeReader(name)
	case "METADATA":
		folder := path.Base(dir)
		if strings.HasPrefix(folder, "bedrock_agentcore-") && strings.HasSuffix(folder, ".dist-info") && !strings.Contains(dir, "/.cache/") {
			return pythonPackage
		}
	case "package.json":
		if strings.HasSuffix(dir, "node_modules/"+nodeSDK+"/") && !strings.Contains(dir, "/.cache/") {
			return nodePackage
		}
	}
	return nil
}

// pythonPackage reads the Version field of a wheel's METADATA; without one the folder's name tells.
func pythonPackage(name string, content []byte) any {
	folder := path.Base(path.Dir(name))
	version := strings.TrimSuffix(strings.TrimPrefix(folder, "bedrock_agentcore-"), ".dist-info")
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() && lines.Text() != "" {
		if v, ok := strings.CutPrefix(lines.Text(), "Version:"); ok {
			version = strings.TrimSpace(v)
			break
		}
	}
	return record.Package{Name: pythonSDK, Version: clip(version), Path: clip("/" + name), Language: "python"}
}

func nodePackage(name string, content []byte) any {
	var p struct {
		Version string `json:"version"`
	}
	// A package.json that is no JSON still lies where the SDK lies.
	_ = json.Unmarshal(content, &p)
	return record.Package{Name: nodeSDK, Version: clip(p.Version), Path: clip("/" + name), Language: "node"}
}
