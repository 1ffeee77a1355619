package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// version is set by the linker in release builds; otherwise it comes from the build information.
var version string

// versionInfo is what version --json prints.
type versionInfo struct {
	Version  string `json:"version"`
	Contract string `json:"contract"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the tool and of the contract it knows",
		Example: indent("agentcore-conform version --json"),
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			v := versionInfo{toolVersion(), checks.Revision, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(v)
			}
			_, err := fmt.Fprintf(a.stdout, "agentcore-conform %s\ncontract %s\n%s %s\n", v.Version, v.Contract, v.Go, v.Platform)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func toolVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionFrom(info)
}

// versionFrom prefers the module's version, as go install records it, to the commit, as a build in a checkout does.
func versionFrom(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
