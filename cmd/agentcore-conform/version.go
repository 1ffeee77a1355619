package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/module"

	"github.com/agentcore-conform/agentcore-conform/checks"
)

// These are set by the linker in release builds; otherwise they come from the build information.
var version, commit, date string

// versionInfo is what version --json prints. Commit and Date are empty where the build does not know them.
type versionInfo struct {
	Version string `json:"version"`
	// Commit is the whole hash, with -dirty behind it where the checkout had changes; twelve digits of it in a build that
	// go install made of a commit without a tag.
	Commit string `json:"commit,omitempty"`
	// Date is when the commit was made, in RFC 3339.
	Date     string `json:"date,omitempty"`
	Contract string `json:"contract"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "version",
		Short:             "Print the version of the tool and of the contract it knows",
		Example:           indent("agentcore-conform version --json"),
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			v := thisVersion()
			if asJSON {
				return json.NewEncoder(a.stdout).Encode(v)
			}
			_, err := fmt.Fprint(a.stdout, v.text())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (v versionInfo) text() string {
	commit := ""
	if v.Commit != "" {
		commit = fmt.Sprintf("commit %s of %s\n", v.Commit, v.Date)
	}
	return fmt.Sprintf("agentcore-conform %s\n%scontract %s\n%s %s\n", v.Version, commit, v.Contract, v.Go, v.Platform)
}

func thisVersion() versionInfo {
	v := versionInfo{Version: toolVersion(), Contract: checks.Revision, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	v.Commit, v.Date = commit, date
	if info, ok := debug.ReadBuildInfo(); ok && commit == "" {
		v.Commit, v.Date = commitFrom(info)
	}
	return v
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
	if commit := stamp(info, "vcs.revision"); len(commit) >= 12 {
		return "devel-" + commit[:12]
	}
	return "devel"
}

// commitFrom reads the commit and its time from the stamp of a build in a checkout, or from the version that go install
// makes up for a commit without a tag.
func commitFrom(info *debug.BuildInfo) (commit, date string) {
	if commit = stamp(info, "vcs.revision"); commit != "" {
		if stamp(info, "vcs.modified") == "true" {
			commit += "-dirty"
		}
		return commit, stamp(info, "vcs.time")
	}
	if !module.IsPseudoVersion(info.Main.Version) {
		return "", ""
	}
	commit, _ = module.PseudoVersionRev(info.Main.Version)
	at, _ := module.PseudoVersionTime(info.Main.Version)
	return commit, at.Format(time.RFC3339)
}

// stamp is a setting of the build, empty where it is not recorded.
func stamp(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
