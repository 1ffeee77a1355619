// Command server is the small server that the engine's tests boot. The variable MODE says what is odd about it.
package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
)

func main() {
	http.HandleFunc("/ping", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"status":"Healthy"}`) })
	http.HandleFunc("/env", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Join(os.Environ(), "\n")) })
	http.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		_, _ = io.Copy(w, r.Body)
	})
	listen := ":8080"
	switch os.Getenv("MODE") {
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
	case "polite":
		// Process 1 has no default action for SIGTERM.
		term := make(chan os.Signal, 1)
		signal.Notify(term, syscall.SIGTERM)
		go func() { <-term; os.Exit(3) }()
	case "loopback":
		listen = "127.0.0.1:8080"
	case "two":
		go func() { _ = http.ListenAndServe(":9001", nil) }()
	case "chatty":
		chat()
	case "hostile":
		fmt.Print("\x1b[31mred\x1b[0m\x00\x07\xff\u202egnp\u200b.exe\r\n]]></failure>\n", strings.Repeat("x", 100_000), "\n")
	case "fail":
		fmt.Println("no model configured")
		os.Exit(1)
	case "holding":
		hold()
	case "waiting":
		_ = syscall.Pause()
	case "hungry":
		for hold := [][]byte{}; ; {
			hold = append(hold, []byte(strings.Repeat("m", 64<<20)))
		}
	}
	fmt.Println("listening on", listen)
	if err := http.ListenAndServe(listen, nil); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
}

// What a holding server holds; TestHoldings counts it.
const (
	heldSockets, heldFiles, heldThreads, heldChildren = 150, 300, 40, 5
)

func hold() {
	var err error
	for range heldSockets {
		_, sErr := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		err = errors.Join(err, sErr)
	}
	for range heldFiles {
		_, fErr := syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		err = errors.Join(err, fErr)
	}
	for range heldThreads {
		go func() { runtime.LockOSThread(); _ = syscall.Pause() }()
	}
	for range heldChildren {
		child := exec.Command("/server")
		child.Env = []string{"MODE=waiting"}
		err = errors.Join(err, child.Start())
	}
	if err != nil {
		fmt.Println("holding:", err)
		os.Exit(1)
	}
	fmt.Println("holding")
}

func chat() {
	line := strings.Repeat("y", 99)
	for i := range 20_000 {
		fmt.Fprintf(os.Stderr, "%06d %s\n", i, line)
	}
}
