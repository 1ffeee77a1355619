package image

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

// good is a conforming arm64 image from a registry, changed by what a case is about.
func good(changes ...func(*record.Image)) *record.Set {
	img := &record.Image{
		Reference: "registry.example/agent:1.4.2", Origin: "registry", Digest: "sha256:aa", ConfigDigest: "sha256:cc",
		MediaType: "application/vnd.oci.image.manifest.v1+json", OS: "linux", Architecture: "arm64",
		Layers: make([]record.Layer, 7), CompressedSize: 60_000_000, UncompressedSize: 150_000_000,
		User: "1000:1000", Cmd: []string{"python3", "app.py"}, Env: []string{"PATH=/usr/bin"}, ExposedPorts: []string{"8080/tcp"},
		Program: armProgram(), Shell: "/bin/sh", Scanned: true,
	}
	for _, f := range changes {
		f(img)
	}
	return &record.Set{Image: img, Terms: record.Terms{Compute: "microvm"}}
}

func armProgram() *record.Program {
	return &record.Program{
		Argv0: "python3", Machine: "EM_AARCH64", MachineCode: aarch64, Loader: "/lib/ld-linux-aarch64.so.1", LoaderFound: true,
		Steps: []record.Step{{Path: "/usr/bin/python3", Kind: "link", To: "python3.12"}, {Path: "/usr/bin/python3.12", Kind: "elf"}},
	}
}

func amdProgram() *record.Program {
	p := armProgram()
	p.Machine, p.MachineCode, p.Loader, p.LoaderFound = "EM_X86_64", x86, "/lib64/ld-linux-x86-64.so.2", false
	return p
}

func faulty(f record.ProgramFault) func(*record.Image) {
	return func(img *record.Image) {
		img.Program = &record.Program{Argv0: "python3", Fault: f, Detail: "because", Steps: []record.Step{{Path: "/start.sh", Kind: "script"}}}
	}
}

// terms changes a set's terms.
func terms(set *record.Set, f func(*record.Terms)) *record.Set {
	f(&set.Terms)
	return set
}

func withInstances(set *record.Set) *record.Set {
	return terms(set, func(t *record.Terms) { t.Compute = "instances" })
}

// indexed is an index; the chosen child, if any, is the image.
func indexed(children ...record.Child) func(*record.Image) {
	return func(img *record.Image) { img.IndexDigest, img.Children = "sha256:ff", children }
}

// lost is an index in which no child fits.
func lost(children ...record.Child) *record.Set {
	return &record.Set{Terms: record.Terms{Compute: "microvm"}, Image: &record.Image{
		Reference: "registry.example/agent:1", Origin: "registry", IndexDigest: "sha256:ff", Children: children, CompressedSize: -1, UncompressedSize: -1,
	}}
}

var (
	arm64Child  = record.Child{Digest: "sha256:a", OS: "linux", Architecture: "arm64", Chosen: true}
	amd64Child  = record.Child{Digest: "sha256:b", OS: "linux", Architecture: "amd64"}
	armv7Child  = record.Child{Digest: "sha256:d", OS: "linux", Architecture: "arm", Variant: "v7"}
	attestation = record.Child{Digest: "sha256:e", OS: "unknown", Architecture: "unknown", Attestation: true}
)
