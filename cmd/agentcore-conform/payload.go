package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/suites/platform"
)

// maxFile bounds every small file that a flag names, in bytes.
const maxFile = 4 << 20

// payload takes JSON with placeholders, or @FILE that holds it.
func payload(target *string) setting[string] {
	return setting[string]{target: target, kind: "JSON|@FILE", parse: func(text string) (string, error) {
		if name, ok := strings.CutPrefix(text, "@"); ok {
			data, err := readSmall(name)
			if err != nil {
				return "", err
			}
			text = string(data)
		}
		_, err := platform.ParseTemplate(text)
		return text, err
	}}
}

// readSmall reads a file that a flag names, whole, up to maxFile bytes.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, maxFile>>20)
	}
	return data, nil
}
