package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the manual that packages carry; it is hidden because nobody needs it twice.
func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Hidden: true,
		Short: "Write a manual page for each command",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("give one DIR, the folder that the manual pages go to")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return writeManual(cmd.Root(), args[0]) },
	}
}

// writeManual writes a page of section 1 for the command and all that are shown below it.
func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of the manual: %w", err)
	}
	v := thisVersion()
	header := doc.GenManHeader{Section: "1", Source: "agentcore-conform " + v.Version, Manual: "agentcore-conform"}
	if at, err := time.Parse(time.RFC3339, v.Date); err == nil {
		header.Date = &at // the same commit gives the same pages
	}
	asManual(root)
	if err := doc.GenManTree(root, &header, dir); err != nil {
		return fmt.Errorf("write the manual: %w", err)
	}
	return nil
}

// asManual escapes what the help says plainly and the manual, which is Markdown to its generator, would lose.
func asManual(cmd *cobra.Command) {
	cmd.DisableAutoGenTag = true
	cmd.Long = strings.NewReplacer("*", `\*`, "_", `\_`, "<", `\<`).Replace(cmd.Long)
	for _, sub := range cmd.Commands() {
		asManual(sub)
	}
}
