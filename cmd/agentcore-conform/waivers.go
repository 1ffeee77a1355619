package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/agentcore-conform/agentcore-conform/reports"
)

// waiversKey holds the list, in the configuration file as in a file of waivers.
const waiversKey = "waivers"

// waiverKeys are the keys of one waiver; each is required.
var waiverKeys = []string{"id", "reason", "owner", "expires"}

// waiverSetting is a file of waivers, or the list itself in the configuration file.
type waiverSetting struct{ target *[]reports.Waiver }

// waivers takes a file that holds waivers; they are checked the moment it is read.
func waivers(target *[]reports.Waiver) waiverSetting { return waiverSetting{target} }

func (w waiverSetting) Type() string { return "FILE" }

func (w waiverSetting) String() string {
	if w.target == nil || len(*w.target) == 0 {
		return ""
	}
	return fmt.Sprintf("%d waivers", len(*w.target))
}

// Set reads the file.
func (w waiverSetting) Set(name string) error {
	data, err := readSmall(name)
	if err != nil {
		return err
	}
	list, err := waiverList(data)
	if err == nil {
		err = w.setYAML(list)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// waiverList finds the list in a file of its own.
func waiverList(data []byte) (*yaml.Node, error) {
	var doc yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("is empty; write waivers: and a list below it")
	case err != nil:
		return nil, errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode || len(root.Content) != 2 || root.Content[0].Value != waiversKey {
		return nil, fmt.Errorf("line %d: write waivers: and a list below it, as in the configuration file, and nothing else", root.Line)
	}
	return resolved(root.Content[1]), nil
}

func (w waiverSetting) setYAML(list *yaml.Node) error {
	if list.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: write a list of waivers, each with %s", list.Line, strings.Join(waiverKeys, ", "))
	}
	out := []reports.Waiver{}
	for _, n := range list.Content {
		one, err := readWaiver(resolved(n))
		if err == nil {
			err = reports.CheckWaivers(append(out, one), time.Now())
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		out = append(out, one)
	}
	*w.target = out
	return nil
}

// readWaiver reads one waiver.
func readWaiver(n *yaml.Node) (reports.Waiver, error) {
	if n.Kind != yaml.MappingNode {
		return reports.Waiver{}, fmt.Errorf("write a waiver with %s", strings.Join(waiverKeys, ", "))
	}
	said := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		value, err := scalar(resolved(n.Content[i+1]))
		_, twice := said[key]
		switch {
		case !slices.Contains(waiverKeys, key):
			return reports.Waiver{}, fmt.Errorf("unknown key %q%s", key, didYouMean("", key, waiverKeys))
		case twice:
			return reports.Waiver{}, fmt.Errorf("%s stands twice", key)
		case err != nil:
			return reports.Waiver{}, fmt.Errorf("%s: %w", key, err)
		}
		said[key] = value
	}
	return reports.Waiver{ID: said["id"], Reason: said["reason"], Owner: said["owner"], Expires: said["expires"]}, nil
}
