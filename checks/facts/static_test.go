package facts

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const (
	site  = "usr/local/lib/python3.13/site-packages/"
	addon = "app/node_modules/"
)

func pythonBase() []file {
	return []file{prog("usr/local/bin/python3", arm("")), text("app/main.py", "x")}
}
func nodeBase() []file { return []file{prog("usr/local/bin/node", arm("")), text("app/index.js", "x")} }

func lib(name string, body []byte) file { return file{name: name, body: body, mode: 0o644} }

func TestModules(t *testing.T) {
	mac := []byte("\xcf\xfa\xed\xfe rest")
	tests := []struct {
		name   string
		node   bool
		layers [][]file
		want   string
	}{
		{"fitting", false, [][]file{{lib(site+"a/_a.cpython-313-aarch64-linux-gnu.so", arm(""))}}, ""},
		{"foreign", false, [][]file{{lib(site+"a/_a.cpython-313-x86_64-linux-gnu.so", amd(""))}}, "certain a/_a.cpython-313-x86_64-linux-gnu.so"},
		{"both, in different layers", false, [][]file{{lib(site+"a/_a.cpython-313-x86_64-linux-gnu.so", amd(""))}, {lib(site+"a/_a.cpython-313-aarch64-linux-gnu.so", arm(""))}}, ""},
		{"stable ABI", false, [][]file{{lib(site+"a/_a.abi3.so", amd(""))}}, "certain a/_a.abi3.so"},
		{"stable ABI, replaced above", false, [][]file{{lib(site+"a/_a.abi3.so", amd(""))}, {lib(site+"a/_a.abi3.so", arm(""))}}, ""},
		{"removed above", false, [][]file{{lib(site+"a/_a.abi3.so", amd(""))}, {whiteout(site + "a/.wh._a.abi3.so")}}, ""},
		{"plain code beside it", false, [][]file{{lib(site+"a/_a.abi3.so", amd("")), text(site+"a/_a.py", "x")}}, "maybe a/_a.abi3.so"},
		{"only speeds up", false, [][]file{{lib(site+"markupsafe/_speedups.cpython-313-x86_64-linux-gnu.so", amd(""))}}, "maybe markupsafe/_speedups.cpython-313-x86_64-linux-gnu.so"},
		{"library of a foreign wheel", false, [][]file{{lib(site+"numpy.libs/libopenblas.so.0", amd(""))}}, ""},
		{"helper for a named platform", false, [][]file{{lib(site+"debugpy/attach_linux_amd64.so", amd(""))}}, ""},
		{"library without a name", false, [][]file{{lib(site+"a/_native.so", amd(""))}}, "maybe a/_native.so"},
		{"library with a fitting sibling", false, [][]file{{lib(site+"a/x64/_native.so", amd("")), lib(site+"a/arm/_native.so", arm(""))}}, ""},
		{"linker script", false, [][]file{{text(site+"a/_a.abi3.so", "INPUT(libx.so)")}}, ""},
		{"macOS", false, [][]file{{lib(site+"a/_a.cpython-313-darwin.so", mac)}}, "certain a/_a.cpython-313-darwin.so"},
		{"another environment", false, [][]file{{lib("opt/x/lib/python3.13/site-packages/a/_a.abi3.so", amd(""))}}, "maybe /opt/x/lib/python3.13/site-packages/a/_a.abi3.so"},
		{"no folder of packages", false, [][]file{{lib("opt/x/_a.abi3.so", amd(""))}}, ""},
		{"addon", true, [][]file{{lib(addon+"b/build/Release/b.node", amd(""))}}, "certain b/build/Release/b.node"},
		{"addon of a scope", true, [][]file{{lib(addon+"@s/b/build/Release/b.node", mac)}}, "certain @s/b/build/Release/b.node"},
		{"addon elsewhere", true, [][]file{{lib("opt/tool/node_modules/b/build/Release/b.node", amd(""))}}, "maybe /opt/tool/node_modules/b/build/Release/b.node"},
		{"prebuilds", true, [][]file{{lib(addon+"b/prebuilds/linux-x64/b.node", amd("")), lib(addon+"b/prebuilds/linux-arm64/b.node", arm(""))}}, ""},
		{"prebuilds without arm64", true, [][]file{{lib(addon+"b/prebuilds/linux-x64/b.node", amd("")), lib(addon+"b/prebuilds/darwin-arm64/b.node", mac)}}, "maybe b/prebuilds/darwin-arm64/b.node,maybe b/prebuilds/linux-x64/b.node"},
		{"platform packages", true, [][]file{{lib(addon+"@img/sharp-linuxmusl-x64/lib/s.node", amd("")), lib(addon+"@img/sharp-linux-arm64/lib/s.node", arm(""))}}, ""},
		{"platform packages without arm64", true, [][]file{{lib(addon+"@next/swc-linux-x64-gnu/s.node", amd(""))}}, "maybe @next/swc-linux-x64-gnu/s.node"},
		{"other families do not count", true, [][]file{{lib(addon+"@img/sharp-linux-x64/s.node", amd("")), lib(addon+"@img/other-linux-arm64/s.node", arm(""))}}, "maybe @img/sharp-linux-x64/s.node"},
		{"can do without", true, [][]file{{lib(addon+"bufferutil/build/Release/bufferutil.node", amd(""))}}, "maybe bufferutil/build/Release/bufferutil.node"},
		{"macOS only", true, [][]file{{lib(addon+"fsevents/fsevents.node", mac)}}, ""},
		{"gem", true, [][]file{{lib("usr/local/bundle/gems/nokogiri-1.2/lib/n.so", amd(""))}}, "maybe /usr/local/bundle/gems/nokogiri-1.2/lib/n.so"},
		{"gem with both", true, [][]file{{lib("usr/local/bundle/gems/n-1/lib/n.so", amd("")), lib("usr/local/bundle/extensions/aarch64-linux/3.4.0/n-1/n.so", arm(""))}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, base := v1.Config{Cmd: []string{"python3", "main.py"}, WorkingDir: "/app"}, pythonBase()
			if tt.node {
				c, base = v1.Config{Cmd: []string{"node", "index.js"}, WorkingDir: "/app"}, nodeBase()
			}
			img := read(t, build(t, "arm64", c, append([][]file{base}, tt.layers...)...), Options{})
			var got []string
			for _, m := range img.Modules {
				word := "maybe "
				if m.Certain {
					word = "certain "
				}
				got = append(got, word+strings.TrimPrefix(strings.TrimPrefix(m.Path, "/"+site), "/"+addon))
				if m.Layer < 2 || m.Machine == "" {
					t.Errorf("%+v says too little", m)
				}
			}
			if strings.Join(got, ",") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStart(t *testing.T) {
	closed := file{name: "app/closed.py", body: []byte("x"), mode: 0o600}
	tests := []struct {
		name string
		cmd  []string
		user string
		want string
	}{
		{"script", []string{"python3", "main.py"}, "", "/app/main.py "},
		{"absolute, after options", []string{"python3", "-uB", "-X", "dev", "-Wignore", "/app/main.py", "-c"}, "", "/app/main.py "},
		{"code", []string{"python3", "-c", "main.py"}, "", ""},
		{"an option nobody knows", []string{"python3", "--strange", "main.py"}, "", ""},
		{"missing", []string{"python3", "gone.py"}, "", "/app/gone.py missing"},
		{"no arguments", []string{"python3"}, "", ""},
		{"a folder", []string{"python3", "pkg"}, "", ""},
		{"a variable", []string{"python3", "$MAIN"}, "", ""},
		{"closed to its user", []string{"python3", "closed.py"}, "1000:1000", "/app/closed.py unreadable"},
		{"closed, but root's", []string{"python3", "closed.py"}, "root", "/app/closed.py "},
		{"closed, user unknown", []string{"python3", "closed.py"}, "nobody-knows", "/app/closed.py "},
		{"module", []string{"python3", "-m", "pkg.run"}, "1000", "/app/pkg/run.py "},
		{"package, which a user without an entry reads as one of group 0", []string{"python3", "-u", "-m", "pkg"}, "1000", "/app/pkg/__main__.py "},
		{"module of PYTHONPATH", []string{"python3", "-m", "extra"}, "", "/opt/extra.py "},
		{"module that is installed", []string{"python3", "-m", "uvicorn"}, "", ""},
		{"behind launchers", []string{"tini", "-g", "--", "opentelemetry-instrument", "python3", "gone.py"}, "", "/app/gone.py missing"},
		{"behind a launcher's own options", []string{"opentelemetry-instrument", "--exporter", "x", "python3", "gone.py"}, "", ""},
		{"behind a script", []string{"/app/entry.sh", "python3", "gone.py"}, "", ""},
		{"a wrapper by that name", []string{"/app/shims/python3", "gone.py"}, "", ""},
		{"shell form", []string{"/bin/sh", "-c", "exec python3 main.py"}, "", "/app/main.py "},
		{"shell form with more", []string{"/bin/sh", "-c", "cd /x && python3 gone.py"}, "", ""},
		{"shell form with a variable", []string{"/bin/sh", "-c", "python3 $MAIN"}, "", ""},
		{"shell script", []string{"sh", "-e", "gone.sh"}, "", "/app/gone.sh missing"},
		{"node", []string{"node", "--enable-source-maps", "-r", "dotenv", "index"}, "", "/app/index.js "},
		{"node, missing", []string{"node", "--max-old-space-size=512", "dist/gone.js"}, "", "/app/dist/gone.js missing"},
		{"java", []string{"java", "-Xmx512m", "-jar", "gone.jar"}, "", "/app/gone.jar missing"},
		{"java class", []string{"java", "-cp", "x", "Main"}, "", ""},
		{"java class alone", []string{"java", "Main"}, "", ""},
	}
	files := append(pythonBase(), closed, prog("usr/local/bin/node", arm("")), prog("usr/bin/tini", arm("")), prog("usr/bin/java", arm("")), prog("bin/sh", arm("")),
		script("usr/local/bin/opentelemetry-instrument", "#!/usr/local/bin/python3\n"), script("app/entry.sh", "#!/bin/sh\n"), script("app/shims/python3", "#!/bin/sh\n"),
		text("app/index.js", "x"), dir("app/pkg"), text("app/pkg/run.py", "x"), file{name: "app/pkg/__main__.py", body: []byte("x"), mode: 0o640}, text("opt/extra.py", "x"))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := v1.Config{Cmd: tt.cmd, User: tt.user, WorkingDir: "/app", Env: []string{"PYTHONPATH=/opt", "PATH=/bin:/usr/bin:/usr/local/bin"}}
			img := read(t, build(t, "arm64", c, files), Options{})
			var got string
			if s := img.Start; s != nil {
				got = s.Path + " " + s.Fault
				if (s.Fault != "") != (s.Detail != "") {
					t.Errorf("%+v", s)
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q (program %+v)", got, tt.want, img.Program)
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	u := readUsers("", []byte("root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/:/bin/sh\nbroken\nother:x:99999999999:1\n")).(users)
	g := readGroups("", []byte("root:x:0:\napp:x:1001:\ndata:x:50:x,app\n")).(groups)
	tests := []struct {
		user string
		want identity
	}{
		{"", identity{0, []int32{0}, true}},
		{"root", identity{0, []int32{0}, true}},
		{"app", identity{1000, []int32{1001, 50}, true}},
		{"1000", identity{1000, []int32{1001, 50}, true}},
		{"app:data", identity{1000, []int32{50}, true}},
		{"1000:7", identity{1000, []int32{7}, true}},
		{"2000", identity{2000, []int32{0}, true}},
		{"2000:2000", identity{2000, []int32{2000}, true}},
		{"nobody", identity{uid: -1}},
		{"app:nogroup", identity{uid: -1}},
	}
	for _, tt := range tests {
		got := identify(tt.user, u, g)
		if got.uid != tt.want.uid || got.sure != tt.want.sure || got.sure && !slices.Equal(got.gids, tt.want.gids) {
			t.Errorf("%q: got %+v, want %+v", tt.user, got, tt.want)
		}
	}
}

func TestMay(t *testing.T) {
	id := identity{uid: 1000, gids: []int32{1000, 50}, sure: true}
	tests := []struct {
		name string
		id   identity
		node node
		want bool
	}{
		{"owner", id, node{mode: 0o400, uid: 1000}, true},
		{"owner without the bit, others with it", id, node{mode: 0o044, uid: 1000}, false},
		{"group", id, node{mode: 0o040, uid: 1, gid: 50}, true},
		{"group without the bit, others with it", id, node{mode: 0o404, uid: 1, gid: 50}, false},
		{"others", id, node{mode: 0o004, uid: 1, gid: 1}, true},
		{"nobody", id, node{mode: 0o660, uid: 1, gid: 1}, false},
		{"an access list decides", id, node{mode: 0o660, uid: 1, gid: 1, acl: true}, true},
		{"root", identity{sure: true}, node{mode: 0}, true},
		{"unknown", identity{uid: -1}, node{mode: 0}, true},
	}
	for _, tt := range tests {
		tt.node.kind = regular
		if got := tt.id.may(&tt.node, mayRead); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestSecretFiles(t *testing.T) {
	const id, key = "AKIA" + "5QZX7RJ4WN2MTK6P", "q8Zr2Vn6Lk4Xc1" + "Jt9Wb3Hm7Fd5Gs0Yp2Ae8RuQ/7"
	env := "SEARCH_API_KEY=" + key + "\n"
	tests := []struct {
		name   string
		layers [][]file
		want   string
	}{
		{"variables", [][]file{{text("app/.env", env)}}, "/app/.env a value under a secret's name: SEARCH_API_KEY"},
		{"exported", [][]file{{text("app/.env.production", "export DB_PASSWORD='hunter2'\n")}}, "/app/.env.production a value under a secret's name: DB_PASSWORD"},
		{"sample", [][]file{{text("app/.env.example", env)}}, ""},
		{"nothing in it", [][]file{{text("app/.env", "LOG=info\nAPI_KEY=\nTOKEN=<token>\n# API_KEY="+key)}}, ""},
		{"a package's", [][]file{{text("app/node_modules/x/.env", env)}}, ""},
		{"the distribution's", [][]file{{text("usr/share/x/.env", env)}}, ""},
		{"deleted", [][]file{{text("app/.env", env)}, {whiteout("app/.wh..env")}}, "/app/.env a value under a secret's name: SEARCH_API_KEY deleted"},
		{"folder deleted", [][]file{{text("app/.env", env)}, {whiteout(".wh.app")}}, "/app/.env a value under a secret's name: SEARCH_API_KEY deleted"},
		{"replaced", [][]file{{text("app/.env", env)}, {text("app/.env", "LOG=info\n")}}, "/app/.env a value under a secret's name: SEARCH_API_KEY deleted"},
		{"shadowed within its layer", [][]file{{text("app/.env", env)}, {text("app/.env", env)}}, "/app/.env a value under a secret's name: SEARCH_API_KEY deleted,/app/.env a value under a secret's name: SEARCH_API_KEY"},
		{"credentials", [][]file{{text("root/.aws/credentials", "[default]\naws_access_key_id="+id+"\naws_secret_access_key="+key+"\n")}}, "/root/.aws/credentials an AWS access key"},
		{"pair in code", [][]file{{text("app/a.py", "boto3.client('s3', '"+id+"', 'q8Zr2Vn6Lk4Xc1"+"Jt9Wb3Hm7Fd5Gs0Yp2Ae8RuQ17')")}}, "/app/a.py an AWS access key"},
		{"documented pair", [][]file{{text("app/a.py", "AKIA"+"IOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")}}, ""},
		{"token", [][]file{{text("root/.npmrc", "//r/:_authToken=0f3c9a7d5b1e\n")}}, "/root/.npmrc an npm token"},
		{"token by reference", [][]file{{text("root/.npmrc", "//r/:_authToken=${TOKEN}\n")}}, ""},
		{"netrc", [][]file{{text("root/.netrc", "machine x login me password hunter2\n")}}, "/root/.netrc a password"},
		{"git", [][]file{{text("root/.git-credentials", "https://me:hunter2@x\n")}}, "/root/.git-credentials a password in a URL"},
		{"docker", [][]file{{text("root/.docker/config.json", `{"auths":{"x":{"auth":"bWU6aHVudGVyMg=="}}}`)}}, "/root/.docker/config.json a registry's password"},
		{"docker's helper", [][]file{{text("root/.docker/config.json", `{"credsStore":"ecr-login"}`)}}, ""},
		{"history", [][]file{{text("app/.git/HEAD", "ref: refs/heads/main\n")}}, "/app/.git " + record.GitFolder + " private"},
		{"anthropic", [][]file{{text("app/a.py", `key = "sk-`+`ant-api03-Jt9Wb3Hm7Fd5Gs0Yp2Ae8RuQ"`)}}, "/app/a.py an Anthropic key"},
		{"binary", [][]file{{text("app/a.dat", "\x00\x01 sk-"+"ant-api03-Jt9Wb3Hm7Fd5Gs0Yp2Ae8RuQ")}}, ""},
		{"executable script", [][]file{{script("app/run", "#!/agent\nexport K=sk-"+"ant-api03-Jt9Wb3Hm7Fd5Gs0Yp2Ae8RuQ")}}, "/app/run an Anthropic key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			img := read(t, build(t, "arm64", cmd("/agent"), tt.layers...), Options{})
			var got []string
			for _, f := range img.SecretFiles {
				line := f.Path + " " + f.What
				if f.Private {
					line += " private"
				}
				if f.Deleted {
					line += " deleted"
				}
				got = append(got, line)
				if strings.Contains(fmt.Sprint(img), key) || f.Layer == 0 {
					t.Errorf("the record holds the secret, or no layer: %+v", f)
				}
			}
			if strings.Join(got, ",") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPlaceholders(t *testing.T) {
	for value, want := range map[string]bool{
		"<MODEL_ID>": true, "<your model>": true, "${MODEL}": true, "{{ model }}": true, "YOUR_API_KEY": true, "your-key-here": true, "REPLACE_ME": true,
		"changeme": true, "https://REPLACE_ME/x": true, "__HOST__": true, "<none>": false, "": false, "<a@b>": false, "/usr/bin": false, "-Dx=${HOME}": false,
		"yourself": false, "replacement": false, "Jo <jo@example.com>": false, "{}": false, "%d": false,
	} {
		if got := placeholder(value) != ""; got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

func TestBaseAndRuntimes(t *testing.T) {
	img := read(t, build(t, "arm64", cmd("/agent"), []file{
		sym("etc/os-release", "../usr/lib/os-release"), text("usr/lib/os-release", "# x\nID='debian'\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\nbroken\n"),
		text("usr/lib/python3.11/os.py", "x"), text("usr/local/lib/python3.9/os.py", "x"), text("opt/venv/lib/python3.9/site.py", "x"),
		text("usr/include/node/node_version.h", "#define NODE_MAJOR_VERSION 12\n"),
		text("usr/local/include/node/node_version.h", "#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 1\n#define NODE_PATCH_VERSION 2\n"),
		text("opt/x/include/node/node_version.h", "nothing"),
	}), Options{})
	if img.Base == nil || *img.Base != (record.Base{ID: "debian", Version: "12", Name: "Debian 12"}) {
		t.Errorf("base %+v", img.Base)
	}
	var got []string
	for _, r := range img.Runtimes {
		got = append(got, r.Name+" "+r.Version)
	}
	if !slices.Equal(got, []string{"node 20.1.2", "python 3.9"}) {
		t.Errorf("runtimes %q", got)
	}
}

func TestLayersNameTheirMakers(t *testing.T) {
	layers := make([]record.Layer, 2)
	nameMakers(layers, []v1.History{{CreatedBy: "FROM x"}, {CreatedBy: "ENV A=b", EmptyLayer: true}, {CreatedBy: "RUN TOKEN=abc123def npm ci"}})
	if layers[0].By != "FROM x" || layers[1].By != "RUN TOKEN="+Redacted+" npm ci" {
		t.Errorf("%+v", layers)
	}
	nameMakers(layers[:1], []v1.History{{CreatedBy: "a"}, {CreatedBy: "b"}})
	if layers[0].By != "FROM x" {
		t.Error("a history that does not fit was used")
	}
}

// flood is a layer that is made while it is read: files of zeros that nothing ever holds.
func flood(files int, size int64) blob {
	return blob{name: "flood", size: 1, open: func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() {
			buffered := bufio.NewWriterSize(w, 1<<20)
			tw := tar.NewWriter(buffered)
			var err error
			for i := range files {
				if err = tw.WriteHeader(&tar.Header{Name: fmt.Sprintf("data/%07d.bin", i), Mode: 0o644, Size: size}); err != nil {
					break
				}
				if _, err = io.CopyN(tw, zeros{}, size); err != nil {
					break
				}
			}
			if err == nil {
				err = errors.Join(tw.Close(), buffered.Flush())
			}
			w.CloseWithError(err)
		}()
		return r, nil
	}}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func reading(b ...blob) *Resolved {
	return &Resolved{
		Facts: &record.Image{UncompressedSize: -1}, platform: platform{"linux", "arm64"}, config: &v1.ConfigFile{}, blobs: b,
		mostFiles: maxFiles, life: newLife(context.Background()),
	}
}

// allocated is what reading the layer allocates in all, freed or not: no layer is kept, so it hardly grows with the size.
func allocated(t *testing.T, b blob) uint64 {
	t.Helper()
	r := reading(b)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := r.ReadLayers(t.Context()); err != nil || !r.Facts.Scanned {
		t.Fatalf("%v, %+v", err, r.Facts.Program)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestMemoryDoesNotGrowWithTheImage(t *testing.T) {
	small, large := allocated(t, flood(8, 20<<20/8)), allocated(t, flood(8, 2<<30/8))
	if large > 3*small {
		t.Errorf("2 GiB cost %d bytes, 20 MiB %d", large, small)
	}
}

func TestFilesWithoutEnd(t *testing.T) {
	r := reading(flood(10_000_000, 0))
	r.mostFiles = 20_000
	if err := r.ReadLayers(t.Context()); err != nil || r.Facts.Program.Fault != record.ProgramUnreadable || !strings.Contains(r.Facts.Program.Detail, "files") {
		t.Errorf("%v, %+v", err, r.Facts.Program)
	}
}

// TestSearchIsBounded holds the search of hostile text to a time that grows with its length only: pairs of keys are not
// compared each with each.
func TestSearchIsBounded(t *testing.T) {
	hostile := strings.Repeat("AKIA5QZX7RJ4WN2MTK6P q8Zr2Vn6Lk4Xc1Jt9Wb3Hm7Fd5Gs0Yp2Ae8RuQQQ ", maxSearchedFile/65)
	if got := len(detect([]byte(hostile), true)); got == 0 || got > 200 {
		t.Errorf("%d findings", got)
	}
	r := reading(flood(100, maxSearchedFile))
	for range 3 {
		r.blobs = append(r.blobs, flood(1, 1))
	}
	s := newScan(r)
	for i := range 2 * maxSearched / maxSearchedFile {
		if _, err := s.search(fmt.Sprintf("app/%d", i), strings.NewReader(strings.Repeat("a", maxSearchedFile)), maxSearchedFile); err != nil {
			t.Fatal(err)
		}
	}
	if s.searchedBytes > maxSearched+maxSearchedFile {
		t.Errorf("%d bytes were searched", s.searchedBytes)
	}
}
