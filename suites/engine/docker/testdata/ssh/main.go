// Command ssh stands in for the ssh program: it accepts only the command that carries an engine's connection, and joins
// its standard input and output to this machine's engine, as `docker system dial-stdio` on the other side would.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
)

func main() {
	line := strings.Join(os.Args[1:], " ")
	if !strings.HasSuffix(line, "-T -l ci -p 2222 -- builder.example docker system dial-stdio") {
		fmt.Fprintln(os.Stderr, "Permission denied (publickey): "+line)
		os.Exit(255)
	}
	conn, err := net.Dial("unix", "/var/run/docker.sock")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var down sync.WaitGroup
	down.Go(func() { _, _ = io.Copy(os.Stdout, conn); os.Stdout.Close() })
	go func() { _, _ = io.Copy(conn, os.Stdin); _ = conn.(*net.UnixConn).CloseWrite() }()
	down.Wait()
}
