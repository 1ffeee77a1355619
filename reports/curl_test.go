package reports

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// tool is a program that the tests need. Without it they are skipped, except in CI.
func tool(t *testing.T, name, hint string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing: %s", name, hint)
		}
		t.Skipf("%s is missing: %s", name, hint)
	}
	return path
}

// scripts writes the curl scripts that are hardest to read into a folder.
func scripts(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	var files []string
	for name, run := range map[string]*Run{"injected": injected(), "hostile": hostileRun(), "one-of-each": oneOfEach(), "green": allPass(), "untypable": untypable()} {
		file := filepath.Join(dir, name+".sh")
		if err := os.WriteFile(file, wrote(t, WriteCurl, run), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func TestCurlScriptIsBash(t *testing.T) {
	bash := tool(t, "bash", "install bash")
	for _, file := range scripts(t) {
		if out, err := exec.Command(bash, "-n", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", filepath.Base(file), err, out)
		}
	}
}

func TestCurlScriptIsCleanForShellcheck(t *testing.T) {
	shellcheck := tool(t, "shellcheck", "install shellcheck")
	if out, err := exec.Command(shellcheck, scripts(t)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// heard is one request as it came over the wire.
type heard struct {
	line   string
	fields []string
	body   string
}

// listener answers every request with 200 and keeps what was sent.
func listener(t *testing.T) (address string, all func() []heard) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var mu sync.Mutex
	var got []heard
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			h, err := hear(c)
			mu.Lock()
			if err != nil {
				h.line = err.Error()
			}
			got = append(got, h)
			mu.Unlock()
			c.Close()
		}
	}()
	return l.Addr().String(), func() []heard {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(got)
	}
}

// hear reads a request's head line by line, so that nothing is made better, and its body by net/http.
func hear(c net.Conn) (heard, error) {
	var head bytes.Buffer
	r := bufio.NewReader(io.TeeReader(c, &head))
	request, err := http.ReadRequest(r)
	if err != nil {
		return heard{}, err
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return heard{}, err
	}
	raw, _, _ := strings.Cut(head.String(), "\r\n\r\n")
	lines := strings.Split(raw, "\r\n")
	fields := lines[1:]
	slices.Sort(fields)
	_, err = io.WriteString(c, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
	return heard{line: lines[0], fields: fields, body: string(body)}, err
}

// typed is what the request must look like on the wire.
func typed(r record.Request) heard {
	// curl spells the Host field in its own way, which means the same.
	h := heard{line: r.Method + " " + r.Path + " HTTP/1.1", body: r.Body, fields: []string{"Host: " + r.Host}}
	for _, f := range r.Header {
		h.fields = append(h.fields, strings.TrimSpace(f.Name+": "+f.Value))
	}
	if r.BodySize > 0 {
		h.fields = append(h.fields, fmt.Sprintf("Content-Length: %d", r.BodySize))
	}
	slices.Sort(h.fields)
	return h
}

// TestCurlScriptSendsTheSameBytes runs the script against a server that keeps what it was sent.
func TestCurlScriptSendsTheSameBytes(t *testing.T) {
	bash := tool(t, "bash", "install bash")
	tool(t, "curl", "install curl")
	bodies := []string{`{"prompt":"it's \"quoted\" \\ $HOME $(id) ` + "`id`" + ` !!"}`, "@/etc/hostname", "\xff\xfe{", "a\r\nb\n", "é漢😀\u202e", "", "%s %d", "-X DELETE"}
	var want []heard
	in := sampleInput()
	f := restamped()
	f.Evidence = nil
	for i, body := range bodies {
		x := samplePing("{}")
		x.ID = fmt.Sprint(i)
		x.Request = record.Request{Method: "POST", Path: "/invocations?n=[1-3]&{a,b}&q='" + fmt.Sprint(i), Host: "agent.example:8080", Body: body, BodySize: int64(len(body)),
			Header: []record.Field{{Name: "x-Mixed", Value: "it's; a=\"b\" $x"}, {Name: "x-empty", Value: ""}, {Name: "X-Session", Value: strings.Repeat("s", 33)}}}
		if body == "" {
			x.Request.Method, x.Request.Path = "GET", "/a/../ping"
		}
		if i == 0 {
			x.Request.Header = append(x.Request.Header, record.Field{Name: "content-type", Value: "application/json"}, record.Field{Name: "accept", Value: "text/event-stream"})
		}
		f.Evidence = append(f.Evidence, checks.Wire("call", x))
		want = append(want, typed(x.Request))
	}
	in.Findings = append(passes(), f)
	file := filepath.Join(t.TempDir(), "again.sh")
	if err := os.WriteFile(file, wrote(t, WriteCurl, Assemble(in)), 0o600); err != nil {
		t.Fatal(err)
	}
	address, all := listener(t)
	cmd := exec.Command(bash, file, "http://"+address)
	cmd.Env = append(os.Environ(), "http_proxy=http://127.0.0.1:1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "200 OK") != len(want) {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, got := range all() {
		if got.line != want[i].line || got.body != want[i].body || !slices.Equal(got.fields, want[i].fields) {
			t.Errorf("sent %q, want %q", got, want[i])
		}
	}
}

func TestCurlScriptSaysWhatWasExpected(t *testing.T) {
	script := string(wrote(t, WriteCurl, oneOfEach()))
	for _, part := range []string{
		"# PING-06 SHOULD fail: time_of_last_update", "#   expected  the same", "#   actual    1763825405", "# third poll: 200 OK", "curl -sS -i", `"$base"'/ping'`,
		"# IMG-14 SHOULD warn", "# No exchange shows it",
	} {
		if !strings.Contains(script, part) {
			t.Errorf("the script lacks %q:\n%s", part, script)
		}
	}
	if script := string(wrote(t, WriteCurl, allPass())); !strings.Contains(script, "nothing to repeat") {
		t.Errorf("%s", script)
	}
	script = string(wrote(t, WriteCurl, untypable()))
	for _, part := range []string{"# not expressible with curl: raw bytes", "# curl -sS -i", "a body of 1048576 bytes"} {
		if !strings.Contains(script, part) {
			t.Errorf("the script lacks %q:\n%s", part, script)
		}
	}
}

// untypable rest on what cannot be typed: raw bytes, and a body that was not kept.
func untypable() *Run {
	in := sampleInput()
	raw, large := samplePing(""), samplePing("")
	raw.Request = record.Request{Raw: []byte("GET / HTTP/9.9\r\n\r\n")}
	large.Request = record.Request{Method: "POST", Path: "/invocations", Body: "{", BodySize: 1 << 20}
	f := restamped()
	f.Evidence = []checks.Evidence{checks.Wire("raw", raw), checks.Wire("large", large)}
	in.Findings = []checks.Finding{f}
	return Assemble(in)
}

// FuzzCurlScript: whatever was sent and said, each line of the script is a comment, one of its own, or one call of curl.
func FuzzCurlScript(f *testing.F) {
	for _, s := range append([]string{hostileText, ""}, injections...) {
		f.Add(s)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		f.Skip("there is no bash to read the script")
	}
	calls := 0
	f.Fuzz(func(t *testing.T, said string) {
		script := wrote(t, WriteCurl, injectedWith(said))
		readable(t, "curl", string(script))
		rest, found := bytes.CutPrefix(script, []byte(curlHead))
		if !found {
			t.Fatal("the head is gone")
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(rest), "\n"), "\n") {
			if line != "" && line != "echo" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "curl -sS -i --http1.1 ") {
				t.Fatalf("%q makes a line of its own: %q", said, line)
			}
		}
		if calls++; calls > 50 {
			return // a shell each time is slow
		}
		cmd := exec.Command(bash, "-s")
		cmd.Stdin, cmd.Env = strings.NewReader("curl() { :; }\n"+string(script)+"\necho whole"), []string{"PATH=/nowhere"}
		if out, err := cmd.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "whole\n") {
			t.Errorf("%q breaks the script: %v\n%s", said, err, out)
		}
	})
}
