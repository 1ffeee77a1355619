package facts

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// FuzzLayer: whatever a layer holds, reading it ends, and what is kept of it is bounded and survives JSON.
func FuzzLayer(f *testing.F) {
	f.Add(layerTar(f, append(pythonBase(), text("app/.env", "DB_PASSWORD=hunter2"), lib(site+"a/_a.abi3.so", amd("")))...))
	f.Add(layerTar(f, sym("a", "b"), sym("b", "a"), hard("c", "c"), whiteout(".wh.a"), whiteout("d/.wh..wh..opq"), text("../../e", "x"), dir("a/b/c")))
	f.Add(layerTar(f, text("etc/passwd", "a:x:1:2::/:/bin/sh\n"), text("etc/group", "g:x:2:a\n"), text("etc/os-release", "ID=x\n"), script("app/s", "#!/usr/bin/env -S a b\r\n")))
	f.Add([]byte("\x1f\x8b\x08 no gzip"))
	f.Add([]byte("\x28\xb5\x2f\xfd no zstd"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := reading(blob{name: "layer", size: int64(len(raw)), open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }})
		r.config = &v1.ConfigFile{Config: v1.Config{Cmd: []string{"python3", "main.py"}, User: "a", WorkingDir: "/app"}}
		r.Facts.User, r.Facts.WorkingDir = "a", "/app"
		if err := r.ReadLayers(t.Context()); err != nil {
			t.Fatalf("what a layer holds is no error of the transfer: %v", err)
		}
		if r.Facts.Program == nil {
			t.Fatal("nothing is said of the program")
		}
		if n := len(r.Facts.SecretFiles) + len(r.Facts.Modules) + len(r.Facts.Unreadable); n > maxSecrets+2*maxModules {
			t.Errorf("%d entries are kept", n)
		}
		if _, err := json.Marshal(r.Facts); err != nil {
			t.Error(err)
		}
	})
}

// FuzzSecretFile: nothing that looks like a secret is repeated in what is said of a file.
func FuzzSecretFile(f *testing.F) {
	for _, s := range []string{"A_KEY=abcdef123456", "//r/:_authToken=x1y2z3w4v5", "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----", "machine a password b1c2d3", "ref: refs/heads/x"} {
		for _, name := range []string{".env", ".npmrc", ".netrc", ".git/HEAD", ".aws/credentials"} {
			f.Add("app/"+name, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		if len(content) > maxSearchedFile {
			return
		}
		got, found := secretFile(name, content)
		if found != (got.What != "") || len(got.What) > 3*maxText {
			t.Errorf("%+v", got)
		}
		if _, value, ok := strings.Cut(string(content), "="); ok && len(value) > 30 && strings.Contains(got.What, value) {
			t.Errorf("the secret is repeated: %+v", got)
		}
	})
}

// FuzzMarkerChoice: any text is a choice by Docker's marker or none, and what is kept of it is bounded.
func FuzzMarkerChoice(f *testing.F) {
	for _, s := range []string{
		"h = '0.0.0.0' if os.path.exists('/.dockerenv') else '127.0.0.1'", "x=/.dockerenv\nif x:\n  h='0.0.0.0'\nelse:\n  h='localhost'",
		"if [ -f /.dockerenv ]; then H=0.0.0.0; else H=127.0.0.1; fi", "/.dockerenv\xff?'::'\n'::1'", "function a(){\n\n /.dockerenv\n}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, ok := markerChoice("a.py", text)
		if ok != (c.Line > 0) || c.Line > bytes.Count(text, []byte("\n"))+1 || len(c.Variables) > mostVariables {
			t.Errorf("%v, %+v", ok, c)
		}
		for _, v := range c.Variables {
			if len(v) > 2*lineReach {
				t.Errorf("a name of %d bytes", len(v))
			}
		}
	})
}

// FuzzOSRelease: the lines of os-release, passwd and group are read or passed over.
func FuzzOSRelease(f *testing.F) {
	for _, s := range []string{"ID=debian\nVERSION_ID=\"12\"\n", "ID='a'\nID=\"\n=\n", "root:x:0:0::/:/bin/sh\n", "a:::\n::::\n", "\xff=\xff\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		b := readBase("", content).(record.Base)
		if len(b.ID)+len(b.Version)+len(b.Name) > 9*maxText+9 {
			t.Errorf("%d bytes are kept", len(b.ID)+len(b.Version)+len(b.Name))
		}
		u, g := readUsers("", content).(users), readGroups("", content).(groups)
		for _, a := range u {
			if id := identify(a.name, u, g); !strings.Contains(a.name, ":") && a.name != "" && (!id.sure || id.uid < 0) {
				t.Errorf("%+v is identified as %+v", a, id)
			}
		}
	})
}

// FuzzCommand: the file that a command line runs is told or not, whatever its words.
func FuzzCommand(f *testing.F) {
	for _, s := range []string{"python3 -m a", "node -r x y", "tini -g -- python3 x", "java -jar", "/bin/sh -c exec\x01python3 x", "", "-m", "python3 -W"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s := newScan(reading())
		s.tree.begin()
		s.tree.add("bin/python3", &node{kind: regular, mode: 0o755, head: &head{elf: true}})
		s.tree.commit(func(string, *node) {})
		s.tree.whole = true
		s.cmd.argv = strings.Split(line, " ")
		if start := s.startOf(); start != nil && (start.Path == "" || start.Fault != "" && start.Detail == "") {
			t.Errorf("%+v", start)
		}
	})
}
