package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// helpWidth is where flag descriptions wrap.
const helpWidth = 110

// groupedUsage prints the usage of a command with its flags under headings: forty in one list help nobody.
func groupedUsage(cmd *cobra.Command, groups []flagGroup) error {
	w := cmd.OutOrStdout()
	fmt.Fprintf(w, "Usage:\n  %s\n", cmd.UseLine())
	if cmd.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(w, "\nCommands:\n")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-12s%s\n", sub.Name(), sub.Short)
			}
		}
	}
	for _, g := range groups {
		fmt.Fprintf(w, "\n%s:\n%s", g.title, g.flags.FlagUsagesWrapped(helpWidth))
	}
	if !cmd.HasParent() {
		fmt.Fprintf(w, "\nEach command has its own --help. %s\n", exitCodesLine)
	}
	return nil
}

const exitCodesLine = "Exit codes: 0 conformant, 1 not, 2 usage, 3 could not test, 130 interrupted."

// indent sets examples off from the text around them.
func indent(lines ...string) string {
	return "  " + strings.Join(lines, "\n  ")
}
