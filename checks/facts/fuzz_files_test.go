package facts

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

var background = context.Background()

// FuzzConfig: a config blob is read or refused; what is kept of it is bounded and survives JSON.
func FuzzConfig(f *testing.F) {
	for _, s := range []string{
		`{"architecture":"arm64","os":"linux","config":{"Entrypoint":["/bin/sh","-c","x"],"Env":["A=b","=","API_KEY=sk-abcdefghijklmnop"],"User":"1:2"}}`,
		`{"architecture":"arm64","config":{"ExposedPorts":{"8080/tcp":{},"":{}},"Healthcheck":{"Test":["CMD"]},"Labels":{"a":"b","password":"secret12"}}}`,
		`{"os":"linux","history":[{"created_by":"RUN curl -H 'Authorization: Bearer abcdefghijkl' x"},{}],"rootfs":{"diff_ids":["sha256:zz"]}}`,
		`{"os":"linux","config":{"Cmd":null,"Entrypoint":[""]}}`, `{}`, `[]`, ``, `{"os":"linux","config":{"Env":["\u0000=\ud800"]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		cfg, err := parseConfig(raw)
		if err != nil {
			return
		}
		img := new(record.Image)
		describe(img, cfg)
		if n := len(img.Env) + len(img.ExposedPorts) + len(img.History) + len(img.Labels); n > 4*(maxEntries+1) {
			t.Errorf("%d entries are kept", n)
		}
		for _, kept := range append(append([]string{img.User, img.WorkingDir}, img.Env...), img.Cmd...) {
			if len(kept) > 3*maxText {
				t.Errorf("%d bytes are kept of one text", len(kept))
			}
		}
		if _, err := json.Marshal(img); err != nil {
			t.Error(err)
		}
	})
}

// FuzzMarkers: the files that are read for what they say are read in bounds, whatever their names and contents.
func FuzzMarkers(f *testing.F) {
	for name, content := range map[string]string{
		"etc/passwd": "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:/bin/sh\n:::\nx:y:-1:2147483648:\n", "etc/group": "app:x:1000:a,b\n::\n",
		"etc/os-release": "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='x\n=\n",
		"usr/lib/python3/site-packages/bedrock_agentcore-1.2.3.dist-info/METADATA": "Name: bedrock-agentcore\nVersion: 1.2.3\n\nVersion: 9\n",
		"app/node_modules/bedrock-agentcore/package.json":                          `{"version":"0.1.0"}`,
		"opt/node/include/node/node_version.h":                                     "#define NODE_MAJOR_VERSION 22\n#define NODE_MINOR_VERSION 1\n",
		"opt/venv/lib/python3.12/os.py":                                            "",
	} {
		f.Add(name, []byte(content))
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		read := markerReader(clean(name))
		if read == nil {
			return
		}
		data, err := json.Marshal(read(clean(name), content))
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 6*(len(content)+len(name))+2048 {
			t.Errorf("%d bytes come of %d", len(data), len(content))
		}
	})
}

// FuzzArchive: any file that is given as a docker archive is read or refused in one line, without a panic.
func FuzzArchive(f *testing.F) {
	img := build(f, "arm64", cmd("/agent"), []file{prog("agent", arm(""))})
	f.Add(classicSave(f, img))
	f.Add(layerTar(f, text("manifest.json", `[{"Config":"c.json","Layers":["l.tar","../l.tar"]}]`), text("c.json", `{"os":"linux"}`), sym("l.tar", "l.tar")))
	f.Add(layerTar(f, text("manifest.json", `[]`)))
	f.Add([]byte("hello there"))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.tar", os.Getpid()))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		resolveAndRead(t, Reference{KindArchive, path})
	})
}

// FuzzLayout: index, manifest and config come from a stranger; the digests fit, so that what is in them is believed.
func FuzzLayout(f *testing.F) {
	const (
		index    = `{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:MANIFEST","size":MSIZE,"platform":{"os":"linux","architecture":"arm64"}}]}`
		manifest = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:CONFIG","size":CSIZE},"layers":[]}`
		config   = `{"architecture":"arm64","os":"linux","config":{"Cmd":["/agent"]},"rootfs":{"type":"layers","diff_ids":[]}}`
	)
	f.Add(index, manifest, config)
	f.Add(strings.Replace(index, "image.manifest", "image.index", 1), `{"schemaVersion":2,"manifests":[]}`, config)
	f.Add(index, strings.Replace(manifest, `[]`, `[{"mediaType":"x","digest":"sha256:CONFIG","size":-1}]`, 1), config)
	f.Add(`{"manifests":null}`, `{}`, `{}`)
	f.Add(`[]`, ``, `{"os":1}`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, index, manifest, config string) {
		root := filepath.Join(dir, fmt.Sprint(os.Getpid()))
		defer os.RemoveAll(root)
		blobs := filepath.Join(root, "blobs", "sha256")
		if err := os.MkdirAll(blobs, 0o755); err != nil {
			t.Fatal(err)
		}
		manifest = strings.NewReplacer("CONFIG", digest(config), "CSIZE", fmt.Sprint(len(config))).Replace(manifest)
		index = strings.NewReplacer("MANIFEST", digest(manifest), "MSIZE", fmt.Sprint(len(manifest))).Replace(index)
		for name, text := range map[string]string{
			filepath.Join(root, "oci-layout"): `{"imageLayoutVersion":"1.0.0"}`, filepath.Join(root, "index.json"): index,
			filepath.Join(blobs, digest(manifest)): manifest, filepath.Join(blobs, digest(config)): config,
		} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		resolveAndRead(t, Reference{KindLayout, root})
	})
}

func digest(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

func resolveAndRead(t *testing.T, ref Reference) {
	t.Helper()
	r, err := Resolve(background, ref, Options{})
	if err == nil {
		defer r.Close()
		err = r.ReadLayers(background)
	}
	if err != nil {
		if strings.TrimSpace(err.Error()) == "" {
			t.Error("refused without a word")
		}
		return
	}
	if _, err := json.Marshal(r.Facts); err != nil {
		t.Error(err)
	}
}
