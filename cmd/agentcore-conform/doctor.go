package main

import (
	"github.com/spf13/cobra"
)

func (a *app) doctorCommand() *cobra.Command {
	s := &settings{}
	var fix bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Show whether this machine can run images for linux/arm64, and what is missing",
		Long: "Show the container engine that would be used and how it was found, its version, memory and disk, and whether it\n" +
			"runs programs for linux/arm64, natively or emulated. With --fix, install emulation where that is possible.",
		Example: indent("agentcore-conform doctor", "agentcore-conform doctor --fix"),
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := configure(cmd.Flags(), a.dir, s.config); err != nil {
				return usageError{err}
			}
			return a.examine(cmd.Context(), a.stdout, s.options.EngineAddress, fix)
		},
	}
	groups := keep(flagGroups(s), "engine", "config")
	groups[0].flags.BoolVar(&fix, "fix", false, "install emulation of linux/arm64 where that is possible")
	attach(cmd, groups)
	return cmd
}
