// Command agentcore-conform proves before deployment that a container will work on Amazon Bedrock AgentCore Runtime.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go interrupt(signals, cancel)
	os.Exit(newApp().execute(ctx, os.Args[1:]))
}

// interrupt gives the run time to write its report at the first signal and none at the second; what the run then
// leaves in the engine is removed by its watchdog.
func interrupt(signals <-chan os.Signal, cancel context.CancelFunc) {
	<-signals
	cancel()
	<-signals
	os.Exit(codeInterrupted)
}
