package facts

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// read resolves an image through an OCI layout and reads its layers.
func read(t testing.TB, img v1.Image, o Options) *record.Image {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "image")
	p, err := layout.Write(dir, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.AppendImage(img); err != nil {
		t.Fatal(err)
	}
	r, err := Resolve(context.Background(), Reference{KindLayout, dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.ReadLayers(context.Background()); err != nil {
		t.Fatal(err)
	}
	return r.Facts
}

func cmd(words ...string) v1.Config { return v1.Config{Cmd: words} }

func user(c v1.Config, u string) v1.Config { c.User = u; return c }

func TestProgram(t *testing.T) {
	crlf := strings.ReplaceAll("#!/bin/sh\necho hello\n", "\n", "\r\n")
	tests := []struct {
		name   string
		config v1.Config
		layers [][]file
		// steps are the paths of the chain; fault and machine what it ends in; detail a part of the line for people.
		steps   string
		fault   record.ProgramFault
		machine string
		loader  string
		lost    bool
		detail  string
	}{
		{name: "static", config: cmd("/agent"), layers: [][]file{{prog("agent", arm(""))}}, steps: "/agent", machine: "EM_AARCH64"},
		{name: "dot slash names", config: cmd("/agent"), layers: [][]file{{dir("./"), prog("./agent", arm(""))}}, steps: "/agent", machine: "EM_AARCH64"},
		{name: "absolute names", config: cmd("/agent"), layers: [][]file{{prog("/agent", arm(""))}}, steps: "/agent", machine: "EM_AARCH64"},
		{name: "wrong machine", config: cmd("/agent"), layers: [][]file{{prog("agent", amd("/lib64/ld-linux-x86-64.so.2"))}}, steps: "/agent", machine: "EM_X86_64", loader: "/lib64/ld-linux-x86-64.so.2", lost: true},
		{name: "through PATH", config: v1.Config{Entrypoint: []string{"python3"}, Cmd: []string{"app.py"}}, layers: [][]file{debian()}, steps: "/usr/bin/python3 /usr/bin/python3.12", machine: "EM_AARCH64", loader: loader},
		{name: "own PATH", config: v1.Config{Cmd: []string{"agent"}, Env: []string{"PATH=/opt/venv/bin:/bin"}}, layers: [][]file{{prog("opt/venv/bin/agent", arm(""))}}, steps: "/opt/venv/bin/agent", machine: "EM_AARCH64"},
		{name: "PATH order", config: cmd("python3"), layers: [][]file{debian(), {prog("usr/local/bin/python3", amd(""))}}, steps: "/usr/local/bin/python3", machine: "EM_X86_64"},
		{name: "PATH passes over what is not executable", config: cmd("python3"), layers: [][]file{debian(), {text("usr/local/bin/python3", "x")}}, steps: "/usr/bin/python3 /usr/bin/python3.12", machine: "EM_AARCH64", loader: loader},
		{name: "relative to the working directory", config: v1.Config{Cmd: []string{"./start"}, WorkingDir: "/app"}, layers: [][]file{{prog("app/start", arm(""))}}, steps: "/app/start", machine: "EM_AARCH64"},
		{name: "script", config: cmd("/app/start.sh"), layers: [][]file{debian(), {script("app/start.sh", "#!/bin/sh\nexec python3 app.py\n")}}, steps: "/app/start.sh /bin /usr/bin/sh /usr/bin/dash", machine: "EM_AARCH64", loader: loader},
		{name: "script with a space and an option", config: cmd("/s"), layers: [][]file{debian(), {script("s", "#! /bin/sh -e\n")}}, steps: "/s /bin /usr/bin/sh /usr/bin/dash", machine: "EM_AARCH64", loader: loader},
		{name: "script without a line end", config: cmd("/s"), layers: [][]file{debian(), {script("s", "#!/usr/bin/dash")}}, steps: "/s /usr/bin/dash", machine: "EM_AARCH64", loader: loader},
		{name: "env", config: cmd("/app/run"), layers: [][]file{debian(), {script("app/run", "#!/usr/bin/env python3\n")}}, steps: "/app/run /usr/bin/env /usr/bin/python3 /usr/bin/python3.12", machine: "EM_AARCH64", loader: loader},
		{name: "env -S", config: cmd("/app/run"), layers: [][]file{debian(), {script("app/run", "#!/usr/bin/env -S LANG=C -u HOME python3 -u\n")}}, steps: "/app/run /usr/bin/env /usr/bin/python3 /usr/bin/python3.12", machine: "EM_AARCH64", loader: loader},
		{name: "env -S with quotes is not followed", config: cmd("/app/run"), layers: [][]file{debian(), {script("app/run", "#!/usr/bin/env -S 'python3' -u\n")}}, steps: "/app/run /usr/bin/env", machine: "EM_AARCH64", loader: loader},
		{name: "env takes the rest as one word", config: cmd("/app/run"), layers: [][]file{debian(), {script("app/run", "#!/usr/bin/env python3 -u\n")}}, steps: "/app/run /usr/bin/env", fault: record.ProgramNoInterpreter, machine: "EM_AARCH64", loader: loader, detail: `"python3 -u" is in no directory of PATH`},
		{name: "env with Windows line ends", config: cmd("/app/run"), layers: [][]file{debian(), {script("app/run", "#!/usr/bin/env python3\r\n")}}, steps: "/app/run /usr/bin/env", fault: record.ProgramCRLF, machine: "EM_AARCH64", loader: loader, detail: "Windows line ends"},
		{name: "env for the wrong machine", config: cmd("/app/run"), layers: [][]file{{prog("usr/bin/env", amd("")), prog("usr/bin/python3", arm("")), script("app/run", "#!/usr/bin/env python3\n")}}, steps: "/app/run /usr/bin/env", machine: "EM_X86_64"},
		{name: "python for the wrong machine", config: cmd("/app/run"), layers: [][]file{debian(), {prog("usr/bin/python3.12", amd("")), script("app/run", "#!/bin/python3\n")}}, steps: "/app/run /bin /usr/bin/python3 /usr/bin/python3.12", machine: "EM_X86_64"},
		{name: "Windows line ends", config: cmd("/start.sh"), layers: [][]file{debian(), {script("start.sh", crlf)}}, steps: "/start.sh", fault: record.ProgramCRLF, detail: `script "/start.sh": its interpreter "/bin/sh\r" does not exist: the file has Windows line ends (CRLF)`},
		{name: "Windows line ends after an option", config: cmd("/start.sh"), layers: [][]file{debian(), {script("start.sh", "#!/bin/sh -e\r\n")}}, steps: "/start.sh /bin /usr/bin/sh /usr/bin/dash", fault: record.ProgramCRLF, machine: "EM_AARCH64", loader: loader},
		{name: "interpreter missing", config: cmd("/start.sh"), layers: [][]file{debian(), {script("start.sh", "#!/bin/bash\n")}}, steps: "/start.sh", fault: record.ProgramNoInterpreter, detail: `"/bin/bash" is a link to`},
		{name: "interpreter not executable", config: cmd("/start.sh"), layers: [][]file{{text("bin/bash", "x"), script("start.sh", "#!/bin/bash\n")}}, steps: "/start.sh", fault: record.ProgramNotExecutable},
		{name: "shebang without interpreter", config: cmd("/start.sh"), layers: [][]file{{script("start.sh", "#!\necho\n")}}, steps: "/start.sh", fault: record.ProgramNoShebang},
		{name: "no shebang", config: cmd("/start.sh"), layers: [][]file{debian(), {script("start.sh", "echo hello\n")}}, steps: "/start.sh", fault: record.ProgramNoShebang},
		{name: "empty program", config: cmd("/start"), layers: [][]file{{prog("start", nil)}}, steps: "/start", fault: record.ProgramNoShebang},
		{name: "truncated ELF", config: cmd("/start"), layers: [][]file{{prog("start", []byte("\x7fELF\x02\x01"))}}, steps: "/start", fault: record.ProgramNoShebang},
		{name: "scripts in a circle", config: cmd("/a"), layers: [][]file{{script("a", "#!/b\n"), script("b", "#!/a\n")}}, steps: "/a /b /a /b /a /b", fault: record.ProgramLinkLoop},
		{name: "nothing to start", config: v1.Config{}, layers: [][]file{debian()}, fault: record.ProgramEmpty},
		{name: "empty word", config: cmd(""), layers: [][]file{debian()}, fault: record.ProgramEmpty},
		{name: "not found", config: cmd("opentelemetry-instrument", "python"), layers: [][]file{debian()}, fault: record.ProgramNotFound, detail: "in no directory of PATH"},
		{name: "path not found", config: cmd("/app/agent"), layers: [][]file{debian()}, fault: record.ProgramNotFound, detail: `"/app/agent" is not in the image`},
		{name: "dangling link", config: cmd("/app/agent"), layers: [][]file{{sym("app/agent", "../gone")}}, fault: record.ProgramNotFound, detail: `link to "/gone"`},
		{name: "file in place of a directory", config: cmd("/app/agent"), layers: [][]file{{text("app", "")}}, fault: record.ProgramNotFound},
		{name: "not executable", config: cmd("/agent"), layers: [][]file{{file{name: "agent", body: arm(""), mode: 0o644}}}, fault: record.ProgramNotExecutable, detail: "mode 0644"},
		{name: "not executable in PATH", config: cmd("agent"), layers: [][]file{{file{name: "bin/agent", body: arm(""), mode: 0o644}}}, fault: record.ProgramNotExecutable},
		{name: "executable for root", config: cmd("/agent"), layers: [][]file{{file{name: "agent", body: arm(""), mode: 0o700}}}, steps: "/agent", machine: "EM_AARCH64"},
		{name: "executable for the owner only", config: user(cmd("/agent"), "1000:1000"), layers: [][]file{{file{name: "agent", body: arm(""), mode: 0o700}}}, fault: record.ProgramNotExecutable},
		{name: "owned by the user", config: user(cmd("/agent"), "1000"), layers: [][]file{{file{name: "agent", body: arm(""), mode: 0o700, uid: 1000}}}, steps: "/agent", machine: "EM_AARCH64"},
		{name: "named user is not guessed", config: user(cmd("/agent"), "app"), layers: [][]file{{file{name: "agent", body: arm(""), mode: 0o700}}}, steps: "/agent", machine: "EM_AARCH64"},
		{name: "directory", config: cmd("/app"), layers: [][]file{{dir("app")}}, fault: record.ProgramNotExecutable, detail: "is a directory"},
		{name: "device", config: cmd("/dev/x"), layers: [][]file{{file{name: "dev/x", typ: '3', mode: 0o755}}}, fault: record.ProgramNotExecutable},
		{name: "link loop", config: cmd("/a"), layers: [][]file{{sym("a", "b"), sym("b", "a")}}, fault: record.ProgramLinkLoop},
		{name: "link to itself below", config: cmd("/a"), layers: [][]file{{sym("a", "a/a")}}, fault: record.ProgramLinkLoop},
		{name: "link out of the root", config: cmd("/a"), layers: [][]file{{sym("a", "../../../../agent"), prog("agent", arm(""))}}, steps: "/a /agent", machine: "EM_AARCH64"},
		{name: "name out of the root", config: cmd("/agent"), layers: [][]file{{prog("../../agent", arm(""))}}, steps: "/agent", machine: "EM_AARCH64"},
		{name: "hard link", config: cmd("/bin/agent"), layers: [][]file{{prog("opt/agent", arm("")), hard("bin/agent", "opt/agent")}}, steps: "/bin/agent", machine: "EM_AARCH64"},
		{name: "hard link to a removed name", config: cmd("/bin/agent"), layers: [][]file{{prog("opt/agent", arm("")), hard("bin/agent", "opt/agent")}, {whiteout("opt/.wh.agent")}}, steps: "/bin/agent", machine: "EM_AARCH64"},
		{name: "hard link to a lower layer", config: cmd("/bin/agent"), layers: [][]file{{prog("opt/agent", arm(""))}, {hard("bin/agent", "opt/agent")}}, steps: "/bin/agent /opt/agent", machine: "EM_AARCH64"},
		{name: "overridden above", config: cmd("/agent"), layers: [][]file{{prog("agent", amd(""))}, {prog("agent", arm(""))}}, steps: "/agent", machine: "EM_AARCH64"},
		{name: "whiteout", config: cmd("/app/agent"), layers: [][]file{{prog("app/agent", arm(""))}, {whiteout("app/.wh.agent")}}, fault: record.ProgramNotFound},
		{name: "whiteout of the directory", config: cmd("/app/agent"), layers: [][]file{{prog("app/agent", arm(""))}, {whiteout(".wh.app")}}, fault: record.ProgramNotFound},
		{name: "whiteout and again", config: cmd("/app/agent"), layers: [][]file{{prog("app/agent", amd(""))}, {whiteout("app/.wh.agent"), prog("app/agent", arm(""))}}, steps: "/app/agent", machine: "EM_AARCH64"},
		{name: "opaque directory", config: cmd("/app/agent"), layers: [][]file{{prog("app/agent", arm(""))}, {dir("app"), whiteout("app/.wh..wh..opq")}}, fault: record.ProgramNotFound},
		{name: "opaque directory keeps its own", config: cmd("/app/agent"), layers: [][]file{{prog("app/agent", amd(""))}, {prog("app/agent", arm("")), whiteout("app/.wh..wh..opq")}}, steps: "/app/agent", machine: "EM_AARCH64"},
		{name: "link hides a directory below", config: cmd("/app/agent"), layers: [][]file{{prog("app/agent", amd(""))}, {sym("app", "new"), prog("new/agent", arm(""))}}, steps: "/app /new/agent", machine: "EM_AARCH64"},
		{name: "file between two directories", config: cmd("/app/old"), layers: [][]file{{prog("app/old", arm(""))}, {text("app", "")}, {dir("app"), prog("app/new", arm(""))}}, fault: record.ProgramNotFound},
		{name: "file written through a link of a lower layer", config: cmd("/bin/agent"), layers: [][]file{debian(), {prog("bin/agent", arm(""))}}, steps: "/bin/agent", machine: "EM_AARCH64"},
		{name: "loader missing", config: cmd("/agent"), layers: [][]file{{prog("agent", arm(loader))}}, steps: "/agent", machine: "EM_AARCH64", loader: loader, lost: true},
		{name: "loader behind links", config: cmd("/agent"), layers: [][]file{{sym("lib", "usr/lib"), sym("usr/lib/ld-linux-aarch64.so.1", "aarch64/ld.so"), prog("usr/lib/aarch64/ld.so", arm("")), prog("agent", arm(loader))}}, steps: "/agent", machine: "EM_AARCH64", loader: loader},
		{name: "shell form", config: cmd("/bin/sh", "-c", "python3 app.py --port $PORT"), layers: [][]file{debian()}, steps: "/bin /usr/bin/sh /usr/bin/dash /usr/bin/python3 /usr/bin/python3.12", machine: "EM_AARCH64", loader: loader},
		{name: "shell form of many commands", config: cmd("/bin/sh", "-c", "cd /app && python3 app.py"), layers: [][]file{debian()}, steps: "/bin /usr/bin/sh /usr/bin/dash", machine: "EM_AARCH64", loader: loader},
		{name: "shell form with a builtin", config: cmd("/bin/sh", "-c", "test -f x"), layers: [][]file{debian()}, steps: "/bin /usr/bin/sh /usr/bin/dash", machine: "EM_AARCH64", loader: loader},
		{name: "shell form with an unknown program", config: cmd("/bin/sh", "-c", "exec uvicorn main:app"), layers: [][]file{debian()}, steps: "/bin /usr/bin/sh /usr/bin/dash", machine: "EM_AARCH64", loader: loader},
		{name: "shell form with a program of the wrong machine", config: cmd("/bin/sh", "-c", "exec agent"), layers: [][]file{debian(), {prog("usr/local/bin/agent", amd(""))}}, steps: "/bin /usr/bin/sh /usr/bin/dash /usr/local/bin/agent", machine: "EM_X86_64"},
		{name: "shell form runs a script without a first line", config: cmd("/bin/sh", "-c", "/start"), layers: [][]file{debian(), {script("start", "echo\n")}}, steps: "/bin /usr/bin/sh /usr/bin/dash", machine: "EM_AARCH64", loader: loader},
		{name: "login shell sets its own PATH", config: cmd("/bin/sh", "-lc", "python3 app.py"), layers: [][]file{debian()}, steps: "/bin /usr/bin/sh /usr/bin/dash", machine: "EM_AARCH64", loader: loader},
		{name: "shell missing", config: cmd("/bin/sh", "-c", "agent"), layers: [][]file{{prog("agent", arm(""))}}, fault: record.ProgramNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, only := range []bool{false, true} {
				img := read(t, build(t, "arm64", tt.config, tt.layers...), Options{EntrypointOnly: only})
				p := img.Program
				if p == nil {
					t.Fatal("no program")
				}
				var steps []string
				for _, s := range p.Steps {
					steps = append(steps, s.Path)
				}
				if got := strings.Join(steps, " "); got != tt.steps {
					t.Errorf("only=%v steps %q, want %q", only, got, tt.steps)
				}
				if p.Fault != tt.fault || p.Machine != tt.machine {
					t.Errorf("only=%v fault %q machine %q, want %q %q (%s)", only, p.Fault, p.Machine, tt.fault, tt.machine, p.Detail)
				}
				if !strings.Contains(p.Detail, tt.detail) || (p.Fault == "") != (p.Detail == "") {
					t.Errorf("only=%v detail %q, want %q", only, p.Detail, tt.detail)
				}
				if p.Loader != tt.loader || p.LoaderFound == (tt.lost || tt.loader == "") {
					t.Errorf("only=%v loader %q found %v", only, p.Loader, p.LoaderFound)
				}
			}
		})
	}
}

// The order of files within a layer must not matter: links may come before or after what they lead to.
func TestProgramDoesNotDependOnOrder(t *testing.T) {
	files := append(debian(), script("app/run", "#!/usr/bin/env python3\n"))
	for range files {
		files = append(files[1:], files[0])
		p := read(t, build(t, "arm64", cmd("/app/run"), files), Options{}).Program
		if p.Machine != "EM_AARCH64" || p.Fault != "" || !p.LoaderFound {
			t.Fatalf("with %q first: %+v", files[0].name, p)
		}
	}
}

func TestHostileLayers(t *testing.T) {
	good := prog("agent", arm(""))
	long := strings.Repeat("a/", 3000)
	raw := layerTar(t, good, text("pad", strings.Repeat("x", 4096)))
	tests := []struct {
		name  string
		layer []byte
		fault record.ProgramFault
	}{
		{"long names", layerTar(t, text(long+"x", ""), sym("l", long), good), ""},
		{"duplicates", layerTar(t, prog("agent", amd("")), good), ""},
		{"whiteout of the root", layerTar(t, whiteout(".wh."), whiteout(".wh..wh..opq"), whiteout(".wh..wh.plnk"), good), ""},
		{"hard link to itself", layerTar(t, hard("x", "x"), good), ""},
		{"not a tar", bytes.Repeat([]byte("x"), 2048), record.ProgramUnreadable},
		{"cut off", raw[:3000], record.ProgramUnreadable},
		{"empty", nil, record.ProgramNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := read(t, assemble(t, "arm64", cmd("/agent"), layerOf(t, tt.layer)), Options{}).Program
			if p.Fault != tt.fault || (tt.fault == "") != (p.Machine == "EM_AARCH64") {
				t.Errorf("fault %q machine %q (%s)", p.Fault, p.Machine, p.Detail)
			}
			if tt.fault == record.ProgramUnreadable && !strings.Contains(p.Detail, "layer 1 of 1 cannot be unpacked") {
				t.Errorf("detail %q", p.Detail)
			}
		})
	}
}
