// Command self stands in for agentcore-conform in the engine's tests: it has the same hidden commands, and one that
// starts containers and then hangs, for the tests of what happens when a run dies.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/agentcore-conform/agentcore-conform/suites/engine"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/docker"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/relay"
	"github.com/agentcore-conform/agentcore-conform/suites/engine/watchdog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "relay":
		return relay.Main(os.Stdin, os.Stdout)
	case len(args) == 1 && args[0] == "watchdog":
		return watchdog.Main()
	case len(args) == 3 && args[0] == "hang":
		return hang(args[1], args[2])
	}
	return errors.New("usage: self relay | self watchdog | self hang RUN IMAGE")
}

func hang(run, image string) error {
	ctx := context.Background()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	e, err := docker.New(ctx, docker.Options{RunID: run, Self: self})
	if err != nil {
		return err
	}
	for _, name := range []string{"main", "clean", "life"} {
		if _, err := e.Start(ctx, engine.Spec{Name: name, Image: image, Platform: "linux/arm64", Port: 8080}); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	select {}
}
