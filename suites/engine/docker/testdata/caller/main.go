// Command caller stands in for an agent that calls its model: it fetches the URLs of its arguments, one after the other,
// and prints what it was answered. The variable SPEAK is h1 or h2c.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	var speaks http.Protocols
	speaks.SetHTTP1(os.Getenv("SPEAK") != "h2c")
	speaks.SetUnencryptedHTTP2(os.Getenv("SPEAK") == "h2c")
	client := http.Client{Transport: &http.Transport{Protocols: &speaks}}
	for _, url := range strings.Fields(os.Getenv("FETCH")) {
		fmt.Printf("%s\n", fetch(client, url))
	}
	fmt.Println("done")
}

func fetch(client http.Client, url string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("what is the answer"))
	if err != nil {
		return "wrong: " + err.Error()
	}
	resp, err := client.Do(req)
	if err != nil {
		return "nothing: " + err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return "nothing: " + err.Error()
	}
	return "answer: " + string(body)
}
