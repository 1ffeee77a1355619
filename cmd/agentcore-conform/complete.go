package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

// completeFlags lets shells complete the values of a command's flags, by the kind of value that their help names.
func completeFlags(cmd *cobra.Command) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if words := valueCompletion(f.Value.Type()); words != nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, words) // refused only where a flag has its own already
		}
	})
}

// valueCompletion is nil for kinds that are files, which shells complete by themselves, and for switches.
func valueCompletion(kind string) cobra.CompletionFunc {
	switch kind {
	case "bool", "FILE", "JSON|@FILE":
		return nil
	case "DIR":
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	case "SELECTOR":
		return completeSelector
	case "FORMAT=FILE":
		return completeReport
	case "ADDRESS":
		return cobra.FixedCompletions([]string{"unix://", "tcp://", "ssh://"}, cobra.ShellCompDirectiveNoSpace|cobra.ShellCompDirectiveNoFileComp)
	case "auto|N":
		return cobra.FixedCompletions([]string{"auto"}, cobra.ShellCompDirectiveNoFileComp)
	}
	if words := strings.Split(kind, "|"); len(words) > 1 {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	return cobra.NoFileCompletions
}

// completeSelector offers areas and clauses, behind those that are typed already.
func completeSelector(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndex(typed, ",")+1]
	var out []string
	area := ""
	for _, c := range checks.Contract().Clauses() {
		if c.Area != area {
			area = c.Area
			out = append(out, cobra.CompletionWithDesc(before+area, "all clauses of the area"))
		}
		out = append(out, cobra.CompletionWithDesc(before+c.ID, c.Title))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeClause offers the one clause that explain takes.
func completeClause(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, c := range checks.Contract().Clauses() {
		out = append(out, cobra.CompletionWithDesc(c.ID, c.Title))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeReport offers the formats; behind the sign of equality it is a file.
func completeReport(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(typed, "=") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var out []string
	for _, f := range reports.Formats() {
		out = append(out, f+"=")
	}
	return out, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

// completeImage offers what may stand before a path; the names of images are the engine's to know.
func completeImage(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	switch {
	case len(args) > 0:
		return nil, cobra.ShellCompDirectiveNoFileComp
	case strings.Contains(typed, ":"):
		return nil, cobra.ShellCompDirectiveDefault
	}
	forms := slices.DeleteFunc([]string{"oci:", "docker-archive:"}, func(f string) bool { return !strings.HasPrefix(f, typed) })
	if len(forms) == 0 { // a command may be meant, and a space behind it
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return forms, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

// completeFiles offers files with one of these endings.
func completeFiles(endings ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

// completeReportAndImage offers a JSON report, and then an image.
func completeReportAndImage(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeFiles("json")(cmd, args, typed)
	}
	return completeImage(cmd, args[1:], typed)
}
