package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) rootCommand() *cobra.Command {
	s := &settings{}
	root := &cobra.Command{
		Use:   "agentcore-conform IMAGE",
		Short: "Prove before deployment that a container will work on Amazon Bedrock AgentCore Runtime",
		Long: "agentcore-conform boots a container image as Amazon Bedrock AgentCore Runtime would, plays the platform around it\n" +
			"and rules on every clause of the container contract. It needs a container engine, and neither cloud, credentials\n" +
			"nor network.",
		Example: indent(
			"agentcore-conform my-agent:latest",
			"agentcore-conform my-agent:latest --report junit=conform.xml --report json=conform.json",
			"agentcore-conform run --endpoint http://127.0.0.1:8080",
			"agentcore-conform inspect my-agent:latest",
			`agentcore-conform explain "Runtime health check failed or timed out"`),
		Version:       toolVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          a.rootArguments,
		RunE:          func(cmd *cobra.Command, args []string) error { return a.conform(cmd, s, args) },
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.runCommand(), a.inspectCommand(), a.certifyCommand(), a.judgeCommand(), a.attestCommand(), a.verifyCommand(), a.listCommand(), a.explainCommand(),
		a.doctorCommand(), a.versionCommand(), a.watchdogCommand(), a.relayCommand(), a.entryCommand())
	cobra.EnableCommandSorting = false
	attach(root, flagGroups(s))
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	demandShell(root)
	a.finish(root)
	return root
}

// demandShell makes an error of completion without a known shell, which cobra answers with a help text and success.
func demandShell(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Args = cobra.ArbitraryArgs
			cmd.RunE = func(*cobra.Command, []string) error {
				return usagef("name a shell: completion bash, zsh, fish or powershell")
			}
		}
	}
}

// finish gives every command the same manners: work is marked as begun, and the help looks alike.
func (a *app) finish(cmd *cobra.Command) {
	if cmd.RunE != nil {
		cmd.RunE = a.begin(cmd.RunE)
	}
	if cmd.Annotations[grouped] == "" {
		cmd.SetUsageFunc(func(c *cobra.Command) error { return groupedUsage(c, []flagGroup{{"Flags", c.LocalFlags()}}) })
	}
	for _, sub := range cmd.Commands() {
		a.finish(sub)
	}
}

// rootArguments takes the image, and tells a misspelt command from it.
func (a *app) rootArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	typed := args[0]
	if near := closest(typed, names); near != "" && !strings.ContainsAny(typed, ":/@.") {
		return usagef("unknown command %s; did you mean %s? To test an image of that name: agentcore-conform run %s", typed, near, typed)
	}
	return imageArgument(cmd, args)
}

// imageArgument takes at most one argument.
func imageArgument(cmd *cobra.Command, args []string) error {
	if len(args) < 2 {
		return nil
	}
	if flags := slices.IndexFunc(args, func(s string) bool { return strings.Contains(s, "=") }); flags >= 0 {
		return usagef("give one IMAGE; %q looks like the value of a flag", args[flags])
	}
	return usagef("give one IMAGE, not %d: %s", len(args), strings.Join(args, " "))
}
