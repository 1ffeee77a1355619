package image

import (
	"strings"
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// An image is unknown where nothing of it was read, not where a part is empty.
func TestPartsOfAnImageThatAreEmpty(t *testing.T) {
	of := func(i record.Image) *record.Set {
		i.CompressedSize, i.UncompressedSize = 10, -1
		return &record.Set{Image: &i, Terms: record.Terms{Compute: "microvm"}}
	}
	checktest.Judge(t, Checks, "IMG-09", []checktest.Case{
		{Name: "nothing", Set: of(record.Image{}), Want: "untestable"},
		{Name: "an operating system", Set: of(record.Image{OS: "linux"}), Want: "pass", Says: "0 layers, no USER, so root"},
		{Name: "an architecture", Set: of(record.Image{Architecture: "arm64"}), Want: "pass"},
		{Name: "layers", Set: of(record.Image{Layers: make([]record.Layer, 2), User: "7"}), Want: "pass", Says: "2 layers, USER 7"},
	})
	checktest.Judge(t, Checks, "IMG-01", []checktest.Case{
		{Name: "no index, and nothing read", Set: of(record.Image{}), Want: "wrong-architecture"},
		{Name: "an index of attestations", Set: lost(attestation), Want: "no-arm64-entry", Says: "no image at all"},
		{Name: "an index of others", Set: lost(attestation, amd64Child, armv7Child), Want: "no-arm64-entry", Says: "holds linux/amd64, linux/arm/v7"},
	})
	for _, clause := range []string{"IMG-02", "IMG-08", "IMG-15", "IMG-17"} {
		checktest.Judge(t, Checks, clause, []checktest.Case{{Name: clause, Set: lost(amd64Child), Want: "untestable", Says: noImageText}})
	}
	checktest.Judge(t, Checks, "IMG-11", []checktest.Case{
		{Name: "ENTRYPOINT alone", Set: good(func(i *record.Image) { i.Entrypoint, i.Cmd = []string{"python3"}, nil }), Want: "pass"},
		{Name: "neither", Set: good(func(i *record.Image) { i.Cmd = nil }), Want: "no-command"},
	})
	checktest.Judge(t, Checks, "IMG-03", []checktest.Case{
		{Name: "in the engine, with its digest", Set: good(func(i *record.Image) { i.Origin = "engine" }), Want: "pass"},
		{Name: "in the engine, without", Set: good(func(i *record.Image) { i.Origin, i.Digest = "engine", "" }), Want: "not-applicable"},
		{Name: "an archive, without", Set: good(func(i *record.Image) { i.Origin, i.Digest = "archive", "" }), Want: "not-applicable"},
		{Name: "a registry that names no digest", Set: good(func(i *record.Image) { i.Digest = "" }), Want: "pass"},
	})
	for _, kind := range []string{
		"", "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.docker.image.rootfs.diff.tar",
		"application/vnd.docker.image.rootfs.diff.tar.gzip",
	} {
		plain := good(func(i *record.Image) { i.Layers = []record.Layer{{MediaType: kind}} })
		checktest.Judge(t, Checks, "IMG-03", []checktest.Case{{Name: "layers of " + kind, Set: plain, Want: "pass"}})
	}
	checktest.Judge(t, Checks, "IMG-18", []checktest.Case{
		{Name: "by digest", Set: good(), Want: "pass", Says: "tested as sha256:aa"},
		{Name: "by id", Set: good(func(i *record.Image) { i.Digest = "" }), Want: "pass", Says: "tested as image id sha256:cc"},
		{Name: "by nothing", Set: good(func(i *record.Image) { i.Digest, i.ConfigDigest = "", "" }), Want: "pass", Says: "an image without a known digest"},
	})
}

func TestSizesAtTheirLimits(t *testing.T) {
	checktest.Judge(t, Checks, "IMG-08", []checktest.Case{
		{Name: "compressed to nothing", Set: good(sizes(0, 0)), Want: "pass", Says: "0 bytes compressed",
			Measures: map[string]float64{"image.compressedBytes": 0, "image.uncompressedBytes": 0}},
		{Name: "uncompressed, 2 GB", Set: good(sizes(-1, 2_000_000_000)), Want: "pass", Says: "2000.0 MB (2000000000 bytes) uncompressed"},
		{Name: "uncompressed, more", Set: good(sizes(-1, 2_000_000_001)), Want: "uncompressed-over-limit"},
		{Name: "uncompressed, nothing", Set: good(sizes(-1, 0)), Want: "pass"},
		{Name: "less than a megabyte", Set: good(sizes(999_999, -1)), Want: "pass", Says: "999999 bytes compressed"},
		{Name: "a megabyte", Set: good(sizes(1_000_000, -1)), Want: "pass", Says: "1.0 MB (1000000 bytes)"},
	})
	checktest.Judge(t, Checks, "IMG-17", []checktest.Case{
		{Name: "compressed to nothing", Set: good(sizes(0, -1)), Want: "pass"},
		{Name: "uncompressed, 500 MB", Set: good(sizes(-1, 500_000_000)), Want: "pass"},
		{Name: "uncompressed, more", Set: good(sizes(-1, 500_000_001)), Want: "untestable"},
		{Name: "uncompressed, nothing", Set: good(sizes(-1, 0)), Want: "pass"},
		{Name: "unknown", Set: good(sizes(-1, -1)), Want: "untestable"},
	})
	if v := judgeSize(good(sizes(-1, -1)))[0]; len(v.Measurements) != 0 {
		t.Errorf("what is not known is not measured: %v", v.Measurements)
	}
	many := good(func(i *record.Image) { i.Layers = make([]record.Layer, 12); i.Layers[4].Size = 3e9 }).Image
	if lines := biggest(many).Lines; len(lines) != 10 || !strings.Contains(lines[0], "layer 5 of 12") {
		t.Errorf("the ten largest, the largest first: %q", lines)
	}
	if lines := chain(&record.Program{}).Lines; len(lines) != 1 || lines[0] != "(nothing was found)" {
		t.Errorf("a program that was not found leads nowhere: %q", lines)
	}
	if lines := chain(armProgram()).Lines; len(lines) != 3 || !strings.Contains(lines[0], "-> python3.12") || strings.Contains(lines[1], "->") {
		t.Errorf("the way from link to machine: %q", lines)
	}
	if got := last(&record.Program{Argv0: "/a"}); got != "/a" {
		t.Errorf("a program without steps is its name, got %s", got)
	}
}
