package facts

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func described(c v1.Config, history ...v1.History) *record.Image {
	img := &record.Image{}
	describe(img, &v1.ConfigFile{OS: "linux", Architecture: "arm64", Config: c, History: history})
	return img
}

func TestDescribe(t *testing.T) {
	img := described(v1.Config{
		User: "app", WorkingDir: "/app", Entrypoint: []string{"/bin/sh", "-c"}, Cmd: []string{"python app.py"},
		ExposedPorts: map[string]struct{}{"9000/tcp": {}, "8080/tcp": {}}, Healthcheck: &v1.HealthConfig{Test: []string{"CMD", "true"}},
		Labels: map[string]string{"a": "b"}, Env: []string{"PATH=/bin", "EMPTY=", "BARE"},
	}, v1.History{CreatedBy: "RUN true"})
	if !img.ShellForm || !img.Healthcheck || img.User != "app" || img.WorkingDir != "/app" || img.Labels["a"] != "b" {
		t.Errorf("got %+v", img)
	}
	if !slices.Equal(img.ExposedPorts, []string{"8080/tcp", "9000/tcp"}) || !slices.Equal(img.History, []string{"RUN true"}) {
		t.Errorf("ports %v, history %v", img.ExposedPorts, img.History)
	}
	if !slices.Equal(img.Env, []string{"PATH=/bin", "EMPTY=", "BARE="}) || len(img.Secrets) != 0 {
		t.Errorf("env %v, secrets %v", img.Env, img.Secrets)
	}
	off := described(v1.Config{Healthcheck: &v1.HealthConfig{Test: []string{"NONE"}}, Cmd: []string{"sh", "x", "y"}})
	if off.Healthcheck || off.ShellForm {
		t.Errorf("got %+v", off)
	}
}

func TestSecretsAreNotRecorded(t *testing.T) {
	secrets := []string{
		"OPENAI_API_KEY=abc123", "DB_PASSWORD=abc123", "MY_SECRET=abc123", "GITHUB_TOKEN=abc123", "ANYTHING=AKIA" + "IOSFODNN7QWERTYU",
		"X=ghp_abcdefghijklmnopqrstuvwxyz0123", "Y=sk-abcdefghijklmnopqrstuvwxyz", "DATABASE_URL=postgres://me:abc123@db/x",
		"Z=-----BEGIN RSA PRIVATE KEY-----abc123", "AWS_SECRET_ACCESS_KEY=abc123", "J=eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abc123",
	}
	harmless := []string{
		"PATH=/usr/bin", "GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305", "MAX_TOKENS=4096", "AWS_REGION=us-east-1", "DOCKER_CONTAINER=1",
		"OPENAI_API_KEY=", "API_KEY=${API_KEY}", "KEYBOARD=us", "TOKENIZERS_PARALLELISM=false", "MONKEY=yes", "HOMEPAGE=https://example.com/a@b",
	}
	for _, e := range secrets {
		img := described(v1.Config{Env: []string{e}, Labels: map[string]string{"env": e}}, v1.History{CreatedBy: "ENV " + e})
		name, value, _ := strings.Cut(e, "=")
		if img.Env[0] != name+"="+Redacted || len(img.Secrets) == 0 || !strings.HasPrefix(img.Secrets[0], "variable "+name+": ") {
			t.Errorf("%s: env %v, secrets %v", e, img.Env, img.Secrets)
		}
		if strings.Contains(img.History[0], value) || img.Secrets[len(img.Secrets)-1][:12] != "build step 1" {
			t.Errorf("%s: history %v, secrets %v", e, img.History, img.Secrets)
		}
		data, _ := json.Marshal(img.Secrets)
		if strings.Contains(string(data), value) {
			t.Errorf("%s: the list of secrets holds one: %s", e, data)
		}
	}
	for _, e := range harmless {
		img := described(v1.Config{Env: []string{e}}, v1.History{CreatedBy: "ENV " + e})
		if img.Env[0] != e || len(img.Secrets) != 0 || img.History[0] != "ENV "+e {
			t.Errorf("%s: env %v, history %v, secrets %v", e, img.Env, img.History, img.Secrets)
		}
	}
	label := described(v1.Config{Labels: map[string]string{"com.example.token": "abc123"}})
	if label.Labels["com.example.token"] != Redacted || len(label.Secrets) != 1 {
		t.Errorf("labels %v, secrets %v", label.Labels, label.Secrets)
	}
}

func TestConfigIsBounded(t *testing.T) {
	var env []string
	for i := range 10_000 {
		env = append(env, fmt.Sprintf("V%d=%s", i, strings.Repeat("\xff", 5000)))
	}
	img := described(v1.Config{Env: env, Cmd: env, User: strings.Repeat("x", 1<<20)})
	data, err := json.Marshal(img)
	if err != nil || len(data) > 16<<20 || len(img.Env) != maxEntries || len(img.User) > maxText+10 {
		t.Errorf("%d bytes of JSON, %d variables, %v", len(data), len(img.Env), err)
	}
}

func TestParseConfig(t *testing.T) {
	for raw, want := range map[string]string{"{": "not valid JSON", "{}": "not a container image", `{"architecture":"arm64"}`: ""} {
		_, err := parseConfig([]byte(raw))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestPackages(t *testing.T) {
	metadata := func(folder string) file {
		return text(folder+"/METADATA", "Metadata-Version: 2.4\nName: bedrock-agentcore\nVersion: 1.2.3\n\nVersion: 9.9.9\n")
	}
	const site = "usr/local/lib/python3.12/site-packages/bedrock_agentcore-1.2.3.dist-info"
	tests := []struct {
		name   string
		layers [][]file
		want   string
	}{
		{"python", [][]file{{metadata(site)}}, "python 1.2.3 /" + site + "/METADATA"},
		{"version from the folder", [][]file{{text(site+"/METADATA", "nothing")}}, "python 1.2.3 /" + site + "/METADATA"},
		{"venv", [][]file{{metadata("app/.venv/lib/python3.13/site-packages/bedrock_agentcore-1.2.3.dist-info")}}, "python 1.2.3 /app/.venv/lib/python3.13/site-packages/bedrock_agentcore-1.2.3.dist-info/METADATA"},
		{"starter toolkit is another package", [][]file{{metadata("x/site-packages/bedrock_agentcore_starter_toolkit-1.dist-info")}}, ""},
		{"cache", [][]file{{metadata("root/.cache/uv/archive-v0/x/bedrock_agentcore-1.2.3.dist-info")}}, ""},
		{"removed above", [][]file{{metadata(site)}, {whiteout("usr/local/lib/python3.12/site-packages/.wh.bedrock_agentcore-1.2.3.dist-info")}}, ""},
		{"replaced above", [][]file{{text(site+"/METADATA", "Version: 1.0.0\n")}, {metadata(site)}}, "python 1.2.3 /" + site + "/METADATA"},
		{"node", [][]file{{text("app/node_modules/bedrock-agentcore/package.json", `{"version":"0.9.1"}`)}}, "node 0.9.1 /app/node_modules/bedrock-agentcore/package.json"},
		{"node, broken", [][]file{{text("app/node_modules/bedrock-agentcore/package.json", `{`)}}, "node  /app/node_modules/bedrock-agentcore/package.json"},
		{"another package of that name", [][]file{{text("app/bedrock-agentcore/package.json", `{}`)}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			img := read(t, build(t, "arm64", cmd("/agent"), tt.layers...), Options{})
			var got string
			for _, p := range img.Packages {
				got += p.Language + " " + p.Version + " " + p.Path
			}
			if got != tt.want || !img.Scanned {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestShellIsSeen(t *testing.T) {
	for name, tt := range map[string]struct {
		files []file
		want  string
	}{
		"bash":           {[]file{prog("bin/bash", arm("")), prog("bin/sh", arm(""))}, "/bin/bash"},
		"merged usr":     {debian(), "/bin/sh"},
		"none":           {[]file{prog("agent", arm(""))}, ""},
		"not executable": {[]file{text("bin/sh", "x")}, ""},
		"dangling":       {[]file{sym("bin/sh", "busybox")}, ""},
	} {
		if got := read(t, build(t, "arm64", cmd("/agent"), tt.files), Options{}).Shell; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestDeep(t *testing.T) {
	shared := amd("")
	shared[16] = 3 // ET_DYN
	object := amd("")
	object[16] = 1 // ET_REL
	img := build(t, "arm64", cmd("/agent"),
		[]file{prog("agent", arm("")), text("gone.so", string(shared)), text("b.so", string(shared)), text("a/x.node", string(shared)), text("kernel.o", string(object)), text("ok.so", string(arm("")))},
		[]file{whiteout(".wh.gone.so")})
	got := fmt.Sprint(read(t, img, Options{Deep: true}).Foreign)
	if got != "[{/a/x.node EM_X86_64} {/b.so EM_X86_64}]" {
		t.Errorf("got %s", got)
	}
	if f := read(t, img, Options{}).Foreign; f != nil {
		t.Errorf("without deep: %v", f)
	}
}

func TestManifestOnly(t *testing.T) {
	img := read(t, build(t, "arm64", cmd("/agent"), []file{prog("agent", arm(""))}), Options{ManifestOnly: true})
	if img.Program != nil || img.Scanned || img.Architecture != "arm64" {
		t.Errorf("got %+v", img)
	}
}

func TestWords(t *testing.T) {
	for argument, want := range map[string]string{
		"python3": "python3", "-S python3 -u": "python3", "-S A=b python3": "python3", "--split-string=node x": "node", "-vS sh": "sh",
		"-S -- sh": "sh", "-S -u X sh": "sh", "-i": "", "": "", "A=b": "", "-S PATH=/x sh": "", "-S -i sh": "", `-S "a b"`: "", "-S ${X}": "", "-S": "",
	} {
		if got, sure := envProgram(argument); got != want || sure != (want != "") {
			t.Errorf("env %q: %q %v, want %q", argument, got, sure, want)
		}
	}
	for command, want := range map[string]string{
		"python app.py": "python", "exec uvicorn x": "uvicorn", "  /app/run ": "/app/run", "a; b": "", "a && b": "", "cd /x": "", "A=b c": "",
		"$PROG": "", "": "", "exec": "", "'a b'": "", ". ./env": "", "[ -f x ]": "", "~/x": "",
	} {
		if got, sure := shellProgram(command); got != want || sure != (want != "") {
			t.Errorf("sh %q: %q %v, want %q", command, got, sure, want)
		}
	}
}

// The head of a program file comes from a hostile image: whatever it is, reading it ends and stays in bounds.
func FuzzHead(f *testing.F) {
	for _, b := range [][]byte{arm(loader), amd(""), []byte("#!/bin/sh -e\n"), []byte("#!"), nil, []byte("\x7fELF")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := readHead(strings.NewReader(string(b)), make([]byte, headSize))
		if err != nil || h == nil {
			t.Fatal(err)
		}
		if h.elf && h.script || len(h.loader) > maxPath || len(h.shebang) > shebangSize {
			t.Errorf("%+v", h)
		}
		program, argument := h.interpreter()
		envProgram(argument)
		shellProgram(program + " " + argument)
	})
}

// Names and links come from a hostile image: following any path ends.
func FuzzTree(f *testing.F) {
	f.Add("a", "b", "a/b/../c", "../../a")
	f.Add("a", "a/a", "a", ".wh.a")
	f.Fuzz(func(t *testing.T, name, link, want, other string) {
		tr := newTree()
		tr.begin()
		for _, p := range []string{clean(name), clean(want + "/" + name), clean(other)} {
			if p != "" {
				tr.add(p, &node{kind: symlink, link: link})
				tr.add(clean(p+"/x"), &node{kind: regular, mode: 0o755, head: &head{}})
			}
		}
		tr.commit(func(string, *node) {})
		for _, p := range []string{name, want, link, other} {
			got := tr.walk(p)
			if got.node != nil && got.node.kind == symlink || len(got.hops) > maxHops+1 {
				t.Errorf("%q: %+v", p, got)
			}
			tr.resolve(command{argv: []string{p}, path: want, dir: other})
		}
	})
}

func TestUnwritable(t *testing.T) {
	at := func(c v1.Config) v1.Config { c.WorkingDir = "/app"; return c }
	owned := func(name string, uid int, mode int64) file { return file{name: name, typ: '5', uid: uid, mode: mode} }
	passwd := text("etc/passwd", "root:x:0:0::/root:/bin/sh\nbroken\napp:x:1000:1000::/home/app:/bin/sh\n")
	tests := []struct {
		name, user string
		files      []file
		want       string
	}{
		{"root", "", []file{owned("app", 0, 0o755)}, "[]"},
		{"number", "1000", []file{owned("app", 0, 0o755), owned("tmp", 0, 0o1777)}, "[/app]"},
		{"name", "app", []file{passwd, owned("app", 0, 0o755)}, "[/app]"},
		{"unknown name", "other", []file{passwd, owned("app", 0, 0o755)}, "[]"},
		{"owner", "app:app", []file{passwd, owned("app", 1000, 0o755)}, "[]"},
		{"owner without write", "app", []file{passwd, owned("app", 1000, 0o555)}, "[/app]"},
		{"group is not judged", "1000", []file{owned("app", 0, 0o775)}, "[]"},
		{"tmp", "1000", []file{owned("app", 1000, 0o755), owned("tmp", 0, 0o755)}, "[/tmp]"},
		{"through a link", "1000", []file{sym("app", "srv"), owned("srv", 0, 0o755)}, "[/app]"},
		{"not there", "1000", nil, "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			img := read(t, build(t, "arm64", at(user(cmd("/agent"), tt.user)), tt.files), Options{})
			if got := fmt.Sprint(img.Unwritable); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	// A name that passwd resolves counts for the execute bit as a number does.
	private := build(t, "arm64", user(cmd("/agent"), "app"), []file{passwd, {name: "agent", body: arm(""), mode: 0o700}})
	if p := read(t, private, Options{}).Program; p.Fault != record.ProgramNotExecutable {
		t.Errorf("got %+v", p)
	}
}

func TestLimits(t *testing.T) {
	l := &limitReader{strings.NewReader("abcdef"), 4}
	got, err := io.ReadAll(l)
	if string(got) != "abcd" || err == nil || !strings.Contains(err.Error(), "unpack to more than") {
		t.Errorf("%q, %v", got, err)
	}
	s := &scan{tree: newTree(), files: maxFiles, buf: make([]byte, headSize)}
	s.tree.begin()
	if err := s.entries(tar.NewReader(bytes.NewReader(layerTar(t, text("x", ""))))); err == nil || !strings.Contains(err.Error(), "files") {
		t.Errorf("got %v", err)
	}
}
