package facts

import (
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// TestMarkerChoice: code that chooses its address by Docker's marker, and all the code that only looks for it.
func TestMarkerChoice(t *testing.T) {
	tests := []struct {
		name, file, text string
		line             int // of the choice, 0 for none
	}{
		{"Python, in one line", "main.py", `
import os, uvicorn
uvicorn.run(app, host="0.0.0.0" if os.path.exists("/.dockerenv") else "127.0.0.1", port=8080)
`, 3},
		{"Python, as AWS's SDK does", "server.py", `
def run(host=None):
    if host is None:
        if os.path.exists("/.dockerenv") or os.environ.get("DOCKER_CONTAINER"):
            host = "0.0.0.0"
        else:
            host = "127.0.0.1"
    serve(host)
`, 4},
		{"Python, with a default before", "main.py", `
host = '127.0.0.1'
if Path('/.dockerenv').exists():
    # the port is published
    host = '0.0.0.0'
`, 3},
		{"Python, by a variable", "main.py", `
IN_DOCKER = os.path.isfile("/.dockerenv")
app = FastAPI()
HOST = "0.0.0.0" if IN_DOCKER else "localhost"
`, 4},
		{"Python, by a function", "main.py", `
def in_docker() -> bool:
    """Docker makes a file."""
    return os.path.exists("/.dockerenv")

if in_docker():
    app.run(host="0.0.0.0", port=8080)
else:
    app.run(host="127.0.0.1", port=8080)
`, 6},
		{"Node", "server.mjs", `
import fs from 'node:fs';
const host = fs.existsSync('/.dockerenv') ? '0.0.0.0' : '127.0.0.1';
app.listen(8080, host);
`, 3},
		{"Node, by a function", "index.ts", `
const isDocker = (): boolean => fs.existsSync("/.dockerenv");
await app.listen({ port: 8080, host: isDocker() ? "0.0.0.0" : "localhost" });
`, 3},
		{"Node, all interfaces of IPv6", "index.js", "const host = fs.existsSync('/.dockerenv') ? '::' : '::1'", 1},
		{"Node, minified", "dist/server.cjs", strings.Repeat("var a=1;", 9000) + `var h=require("fs").existsSync("/.dockerenv")?"0.0.0.0":"127.0.0.1";` + strings.Repeat("var b=2;", 9000), 1},
		{"Ruby", "app.rb", "set :bind, File.exist?('/.dockerenv') ? '0.0.0.0' : 'localhost'\n", 1},
		{"PHP", "server.php", "<?php\n$host = file_exists('/.dockerenv') ? '0.0.0.0' : '127.0.0.1';\n", 2},
		{"a shell", "start.sh", "if [ -f /.dockerenv ]; then HOST=0.0.0.0; else HOST=127.0.0.1; fi\nexec agent --host $HOST\n", 1},
		{"a shell, in lines", "start", "#!/bin/sh\nHOST=127.0.0.1\nif [ -e /.dockerenv ]; then\n  HOST=0.0.0.0\nfi\n", 3},
		{"a shell, by a variable", "start", "#!/bin/sh\nBIND=localhost\nIN_DOCKER=$(test -f /.dockerenv && echo 1)\nif [ \"$IN_DOCKER\" = 1 ]; then BIND=0.0.0.0; fi\n", 4},
		{"a shell, short", "start.sh", "BIND=localhost\n[ -f /.dockerenv ] && BIND=0.0.0.0\n", 2},

		{"no program", "notes.md", "`\"0.0.0.0\" if os.path.exists(\"/.dockerenv\") else \"127.0.0.1\"`", 0},
		{"is-docker in a bundle", "dist/index.js", `
import fs from "node:fs";
let isDockerCached;
function hasDockerEnv() {
  try {
    fs.statSync("/.dockerenv");
    return true;
  } catch {
    return false;
  }
}
const options = { host: "127.0.0.1", wildcard: "0.0.0.0" };
server.listen(8080, "0.0.0.0");
function isDocker() {
  isDockerCached ??= hasDockerEnv() || hasDockerCGroup();
  return isDockerCached;
}
`, 0},
		{"is-docker in a minified bundle", "dist/index.js", `function aB(){try{return fs.statSync("/.dockerenv"),!0}catch{return!1}}function cD(){return e??=aB()||f(),e}var h=process.env.HOST||"127.0.0.1";srv.listen(8080,"0.0.0.0",()=>{log("up")});if(cD())open("x")`, 0},
		{"is-wsl in a bundle", "dist/index.js", `
const isInsideContainer = () => hasContainerEnv() || isDocker();
const hasContainerEnv = () => { try { fs.statSync('/run/.containerenv'); fs.statSync('/.dockerenv'); return true; } catch { return false; } };
const address = isWsl && !isInsideContainer() ? 'localhost' : '0.0.0.0';
`, 0},
		{"a resource of telemetry", "telemetry.py", `
runtime = "docker" if os.path.exists("/.dockerenv") else "local"
resource = Resource.create({"container.runtime": runtime, "host.name": "localhost"})
uvicorn.run(app, host="0.0.0.0", port=8080)
`, 0},
		{"tags of an error reporter", "errors.py", `
def container():
    if os.path.exists("/.dockerenv"):
        return "docker"
    return None
sentry_sdk.set_tag("container", container())
app.run(host="0.0.0.0")
`, 0},
		{"where another service is", "main.py", `
REDIS = "redis" if os.path.exists("/.dockerenv") else "localhost"
uvicorn.run(app, host="0.0.0.0", port=8080)
`, 0},
		{"where another service is, in lines", "main.py", `
if os.path.exists("/.dockerenv"):
    db = "db"
else:
    db = "127.0.0.1"
uvicorn.run(app, host="0.0.0.0", port=8080)
`, 0},
		{"where a model on the developer's machine is", "main.js", `
const ollama = fs.existsSync('/.dockerenv') ? 'http://host.docker.internal:11434' : 'http://localhost:11434';
app.listen(8080, '0.0.0.0');
`, 0},
		{"another service, and all interfaces both times", "main.py", `
if os.path.exists("/.dockerenv"):
    host, db = "0.0.0.0", "db"
    bind = "0.0.0.0"
else:
    host, db = "0.0.0.0", "localhost"
`, 0},
		{"a debugger", "main.py", `
host = "127.0.0.1"
if os.path.exists("/.dockerenv"):
    debugpy.listen(("0.0.0.0", 5678))
`, 0},
		{"all interfaces after all", "main.py", `
host = "0.0.0.0" if os.path.exists("/.dockerenv") else "127.0.0.1"
print("bound to", host)
uvicorn.run(app, host="0.0.0.0")
`, 0},
		{"the other way round", "start.sh", "if [ -f /.dockerenv ]; then PEER=127.0.0.1; else PEER=0.0.0.0; fi\n", 0},
		{"no other address than all", "main.py", "if os.path.exists('/.dockerenv'):\n    app.run(host='0.0.0.0')\n", 0},
		{"a remark", "main.py", "# host = '0.0.0.0' if os.path.exists('/.dockerenv') else '127.0.0.1'\nhost = '0.0.0.0'\n", 0},
		{"negated: not worked out", "main.py", "host = '0.0.0.0' if not os.path.exists('/.dockerenv') else '127.0.0.1'\n", 0},
		{"no mention", "main.py", "host = '0.0.0.0' if docker else '127.0.0.1'\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, ok := markerChoice(tt.file, []byte(tt.text))
			if ok != (tt.line > 0) || c.Line != tt.line {
				t.Errorf("line %d, %v", c.Line, ok)
			}
			if ok && c.Path != "/"+tt.file {
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestMarkerVariables: what else a choice looks at is told, what decides no address is not.
func TestMarkerVariables(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{`h = "0.0.0.0" if os.path.exists("/.dockerenv") else "127.0.0.1"`, nil},
		{`h = "0.0.0.0" if os.getenv("IN_CONTAINER") or os.path.exists("/.dockerenv") else "127.0.0.1"` + "\nrun(h, os.environ['AGENT_PORT'])", []string{"IN_CONTAINER"}},
		{"def boxed():\n    return bool(os.getenv('BOXED')) or os.path.exists('/.dockerenv')\n\n\n\n\nh = '0.0.0.0' if boxed() else 'localhost'", []string{"BOXED"}},
	} {
		if c, ok := markerChoice("main.py", []byte(tt.text)); !ok || !slices.Equal(c.Variables, tt.want) {
			t.Errorf("%q: %+v, %v", tt.text, c, ok)
		}
	}
}

// TestMarkerChoices: which files of an image count.
func TestMarkerChoices(t *testing.T) {
	const choice = `host = "0.0.0.0" if os.path.exists("/.dockerenv") else "127.0.0.1"`
	tests := []struct {
		name   string
		dir    string
		cmd    []string
		layers [][]file
		want   string
	}{
		{"in the working directory", "/app", nil, [][]file{{text("app/main.py", choice)}}, "/app/main.py"},
		{"below it", "/app", nil, [][]file{{text("app/src/net.py", choice)}}, "/app/src/net.py"},
		{"no working directory", "", nil, [][]file{{text("srv/main.py", choice)}}, "/srv/main.py"},
		{"beside the program", "/tmp", []string{"python3", "/srv/main.py"}, [][]file{{prog("usr/local/bin/python3", arm("")), text("srv/main.py", "x"), text("srv/net.py", choice)}}, "/srv/net.py"},
		{"with the execute bit", "/app", nil, [][]file{{script("app/start", "#!/usr/bin/env python3\n"+choice)}}, "/app/start"},
		{"replaced above", "/app", nil, [][]file{{text("app/main.py", choice)}, {text("app/main.py", "host = '0.0.0.0'")}}, ""},
		{"removed above", "/app", nil, [][]file{{text("app/main.py", choice)}, {whiteout("app/.wh.main.py")}}, ""},
		{"a tool elsewhere", "/app", nil, [][]file{{text("opt/tool/ui.py", choice)}}, ""},
		{"a folder that only begins so", "/app", nil, [][]file{{text("apps/ui.py", choice)}}, ""},
		{"a package", "/app", nil, [][]file{{text("app/.venv/lib/python3.13/site-packages/ui/net.py", choice), text("app/node_modules/ui/index.js", choice)}}, ""},
		{"the distribution's", "", nil, [][]file{{text("usr/lib/python3/ui.py", choice)}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			img := read(t, build(t, "arm64", v1.Config{WorkingDir: tt.dir, Cmd: tt.cmd, Env: []string{"PATH=/usr/local/bin"}}, tt.layers...), Options{})
			var got []string
			for _, c := range img.MarkerChoices {
				got = append(got, c.Path)
			}
			if strings.Join(got, ",") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
