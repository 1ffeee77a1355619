package image

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestLegacyManifest(t *testing.T) {
	legacy := lost()
	legacy.Image.MediaType = "application/vnd.docker.distribution.manifest.v1+json"
	signed := lost()
	signed.Image.MediaType = "application/vnd.docker.distribution.manifest.v1+prettyjws"
	checktest.Judge(t, Checks, "IMG-01", []checktest.Case{
		{Name: "legacy", Set: legacy, Want: "legacy-manifest"},
		{Name: "legacy and signed", Set: signed, Want: "legacy-manifest"},
		{Name: "schema 2", Set: good(func(i *record.Image) { i.MediaType = "application/vnd.docker.distribution.manifest.v2+json" }), Want: "pass"},
	})
}

func TestLayerForms(t *testing.T) {
	stored := func(types ...string) *record.Set {
		return good(func(i *record.Image) {
			for n, mt := range types {
				i.Layers[n].MediaType = mt
			}
		})
	}
	const foreign, nonfree = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"
	const zstd, encrypted = "application/vnd.oci.image.layer.v1.tar+zstd", "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"
	index := stored(zstd)
	index.Image.Children = []record.Child{arm64Child}
	checktest.Judge(t, Checks, "IMG-03", []checktest.Case{
		{Name: "gzip", Set: stored("application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip"), Want: "pass"},
		{Name: "plain", Set: stored("application/vnd.oci.image.layer.v1.tar", ""), Want: "pass"},
		{Name: "zstd", Set: stored(zstd), Want: "zstd-layers"},
		{Name: "foreign", Set: stored(foreign), Want: "foreign-layer"},
		{Name: "not to be distributed", Set: stored(nonfree), Want: "foreign-layer"},
		{Name: "encrypted", Set: stored(encrypted), Want: "unknown-layer-type"},
		{Name: "all of them", Set: stored(zstd, encrypted, foreign), Want: "foreign-layer", Also: []string{"unknown-layer-type", "zstd-layers"}},
		{Name: "within an index", Set: index, Want: "zstd-layers", Also: []string{"index"}},
	})
}

func TestModules(t *testing.T) {
	with := func(modules ...record.Module) *record.Set {
		return good(func(i *record.Image) { i.Modules = modules })
	}
	sure := record.Module{Path: "/a.so", Machine: "EM_X86_64", Layer: 2, Certain: true}
	maybe := record.Module{Path: "/b.node", Machine: "Mach-O", Layer: 9}
	foreign := with(sure)
	foreign.Image.Program = amdProgram()
	checktest.Judge(t, Checks, "IMG-02", []checktest.Case{
		{Name: "certain", Set: with(sure), Want: "foreign-module"},
		{Name: "perhaps", Set: with(maybe), Want: "foreign-module-maybe"},
		{Name: "both", Set: with(sure, maybe), Want: "foreign-module", Also: []string{"foreign-module-maybe"}},
		{Name: "a foreign program too", Set: foreign, Want: "wrong-machine", Also: []string{"foreign-module"}},
	})
}

func TestStart(t *testing.T) {
	start := func(s record.Start) *record.Set { return good(func(i *record.Image) { i.Start = &s }) }
	gaps := func(p ...string) func(*record.Image) { return func(i *record.Image) { i.Placeholders = p } }
	missing := record.Start{Path: "/app/x.py", Fault: record.StartMissing, Detail: "because"}
	both := start(missing)
	gaps("variable A: <A>")(both.Image)
	checktest.Judge(t, Checks, "IMG-11", []checktest.Case{
		{Name: "there", Set: start(record.Start{Path: "/app/x.py", Layer: 1}), Want: "pass"},
		{Name: "missing", Set: start(missing), Want: "script-missing"},
		{Name: "unreadable", Set: start(record.Start{Path: "/app/x.py", Fault: record.StartUnreadable, Detail: "because", Layer: 3}), Want: "script-unreadable"},
		{Name: "a gap", Set: good(gaps("variable A: <A>")), Want: "placeholder"},
		{Name: "a gap and a missing file", Set: both, Want: "script-missing", Also: []string{"placeholder"}},
	})
}

func TestAccess(t *testing.T) {
	checktest.Judge(t, Checks, "IMG-16", []checktest.Case{
		{Name: "closed", Set: good(func(i *record.Image) { i.Closed, i.Unreadable = "/app", []string{"/app/x.py"} }), Want: "workdir-closed"},
		{Name: "unreadable", Set: good(func(i *record.Image) { i.Unreadable, i.Unwritable = []string{"/app/x.py"}, []string{"/app"} }), Want: "unreadable-files"},
		{Name: "a closed /tmp comes first", Set: good(func(i *record.Image) { i.Closed, i.Unwritable = "/app", []string{"/tmp"} }), Want: "tmp"},
	})
}

func TestLargestLayersNameTheirMakers(t *testing.T) {
	img := good().Image
	img.Layers = make([]record.Layer, 12)
	for i := range img.Layers {
		img.Layers[i].Size = int64(i)
	}
	img.Layers[11] = record.Layer{Size: 5_000_000, Digest: "sha256:big", By: "RUN pip install torch"}
	lines := biggest(img).Lines
	if len(lines) != 10 || lines[0] != "5.0 MB (5000000 bytes): layer 12 of 12 sha256:big, made by: RUN pip install torch" || !strings.HasPrefix(lines[9], "2 bytes: layer 3 of 12") {
		t.Errorf("got %q", lines)
	}
	if layerText(img, 0) != "layer unknown" || layerText(img, 13) != "layer unknown" {
		t.Error("a layer that is not there was named")
	}
}
