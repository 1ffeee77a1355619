package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/agentcore-conform/agentcore-conform/suites/engine/relay"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

// watchdogCommand is the process that cleans up after a run that died; a run starts it.
func (a *app) watchdogCommand() *cobra.Command {
	return &cobra.Command{
		Use: "watchdog", Hidden: true, Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return watchdog.Main() },
	}
}

// relayCommand is the process inside the engine that carries connections to the container where no route leads to it.
func (a *app) relayCommand() *cobra.Command {
	return &cobra.Command{
		Use: "relay", Hidden: true, Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return relay.Main(os.Stdin, os.Stdout) },
	}
}
