package facts

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// readBase reads os-release: NAME=value lines, values quoted or not.
func readBase(_ string, content []byte) any {
	var b record.Base
	for line := range bytes.Lines(content) {
		name, value, ok := strings.Cut(strings.TrimSpace(string(line)), "=")
		if !ok {
			continue
		}
		value = clip(strings.Trim(value, `"'`))
		switch name {
		case "ID":
			b.ID = value
		case "VERSION_ID":
			b.Version = value
		case "PRETTY_NAME":
			b.Name = value
		}
	}
	return b
}

var (
	nodeHeader  = regexp.MustCompile(`^(.*)include/node/node_version\.h$`)
	nodeVersion = regexp.MustCompile(`(?m)^#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d{1,4})\s*$`)
	// pythonMarker is a file of the standard library, which virtual environments do not have.
	pythonMarker = regexp.MustCompile(`^(.*)lib/python(\d\.\d{1,3})/os\.py$`)
)

// readNode reads the version from Node's own header.
func readNode(name string, content []byte) any {
	part := map[string]string{}
	for _, m := range nodeVersion.FindAllStringSubmatch(string(content), 8) {
		part[m[1]] = m[2]
	}
	if part["MAJOR"] == "" {
		return nil
	}
	version := strings.TrimSuffix(part["MAJOR"]+"."+part["MINOR"]+"."+part["PATCH"], "..")
	return record.Runtime{Name: "node", Version: version, Path: clip("/" + name)}
}

// readPython reads the version from the path.
func readPython(name string, _ []byte) any {
	return record.Runtime{Name: "python", Version: pythonMarker.FindStringSubmatch(name)[2], Path: clip("/" + name)}
}

// ofDistribution reports a place where the distribution's own packages lie: it maintains those to its own end.
func ofDistribution(prefix string) bool { return prefix == "usr/" || prefix == "" }

// runtimeReader returns how to read a file that tells of a language runtime beside the distribution's, or nil.
func runtimeReader(name string) func(name string, content []byte) any {
	if m := nodeHeader.FindStringSubmatch(name); len(m) > 1 && !ofDistribution(m[1]) {
		return readNode
	}
	if m := pythonMarker.FindStringSubmatch(name); len(m) > 1 && !ofDistribution(m[1]) {
		return readPython
	}
	return nil
}
