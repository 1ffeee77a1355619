package image

import (
	"testing"

	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

func amd64(img *record.Image) { img.Architecture, img.Program = "amd64", amdProgram() }

func noLayers(img *record.Image) { img.Program, img.Scanned, img.Shell = nil, false, "" }

func TestArchitecture(t *testing.T) {
	unchosen := arm64Child
	unchosen.Chosen = false
	checktest.Judge(t, Checks, "IMG-01", []checktest.Case{
		{Name: "arm64", Set: good(), Want: "pass"},
		{Name: "arm64 v8", Set: good(func(i *record.Image) { i.Variant = "v8" }), Want: "pass"},
		{Name: "arm64 beside an attestation", Set: good(indexed(arm64Child, attestation)), Want: "pass"},
		{Name: "before the layers are read", Set: good(noLayers), Want: "pass"},
		{Name: "amd64", Set: good(amd64), Want: "wrong-architecture"},
		{Name: "amd64 in the engine", Set: good(amd64, func(i *record.Image) { i.Origin = "engine" }), Want: "wrong-architecture"},
		{Name: "32-bit arm", Set: good(func(i *record.Image) { i.Architecture, i.Variant = "arm", "v7" }), Want: "wrong-architecture"},
		{Name: "no platform at all", Set: good(func(i *record.Image) { i.OS, i.Architecture = "", "" }), Want: "wrong-architecture"},
		{Name: "windows", Set: good(func(i *record.Image) { i.OS = "windows" }), Want: "wrong-os"},
		{Name: "index without arm64", Set: lost(amd64Child, attestation), Want: "no-arm64-entry"},
		{Name: "index with arm v7 only", Set: lost(armv7Child), Want: "no-arm64-entry"},
		{Name: "index with attestations only", Set: lost(attestation), Want: "no-arm64-entry"},
		{Name: "entry that lies", Set: good(amd64, indexed(arm64Child)), Want: "entry-disagrees"},
		{Name: "amd64 on instances", Set: withInstances(good(amd64)), Want: "pass"},
		{Name: "arm64 on instances", Set: withInstances(good()), Want: "pass"},
		{Name: "ppc64le on instances", Set: withInstances(good(func(i *record.Image) { i.Architecture = "ppc64le" })), Want: "wrong-architecture"},
		{Name: "arm64 index on instances", Set: withInstances(lost(unchosen)), Want: "untestable"},
		{Name: "arm v7 index on instances", Set: withInstances(lost(armv7Child)), Want: "no-arm64-entry"},
		{Name: "attached", Set: &record.Set{Terms: record.Terms{Attached: true}, Gaps: []record.Gap{{Kind: record.KindImage, Why: record.GapNature, Text: "no image"}}}, Want: "not-applicable"},
	})
}

func TestMachine(t *testing.T) {
	checktest.Judge(t, Checks, "IMG-02", []checktest.Case{
		{Name: "AArch64", Set: good(), Want: "pass"},
		{Name: "static", Set: good(func(i *record.Image) { i.Program.Loader, i.Program.LoaderFound = "", false }), Want: "pass"},
		{Name: "AArch64 under an amd64 label", Set: good(func(i *record.Image) { i.Architecture = "amd64" }), Want: "pass"},
		{Name: "amd64 under an arm64 label", Set: good(func(i *record.Image) { i.Program = amdProgram() }), Want: "wrong-machine"},
		{Name: "amd64 through env", Want: "wrong-machine", Set: good(func(i *record.Image) {
			i.Program = amdProgram()
			i.Program.Fault, i.Program.Detail = record.ProgramNoInterpreter, "python3 is gone"
		})},
		{Name: "no first line", Set: good(faulty(record.ProgramNoShebang)), Want: "not-a-program"},
		{Name: "loader missing", Set: good(func(i *record.Image) { i.Program.LoaderFound = false }), Want: "missing-loader"},
		{Name: "not found is another clause's finding", Set: good(faulty(record.ProgramNotFound)), Want: "untestable"},
		{Name: "Windows line ends are another clause's finding", Set: good(faulty(record.ProgramCRLF)), Want: "untestable"},
		{Name: "broken layer", Set: good(faulty(record.ProgramUnreadable)), Want: "untestable"},
		{Name: "layers not read", Set: good(noLayers), Want: "untestable"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
		{Name: "foreign files", Want: "pass", Also: []string{"foreign-files"}, Set: good(func(i *record.Image) {
			i.Foreign = []record.ForeignFile{{Path: "/x.so", Machine: "EM_X86_64"}}
		})},
		{Name: "amd64 on instances", Set: withInstances(good(func(i *record.Image) {
			amd64(i)
			i.Program.LoaderFound = true
		})), Want: "pass"},
		{Name: "arm64 on instances", Set: withInstances(good()), Want: "pass"},
		{Name: "amd64 label on arm64 code on instances", Set: withInstances(good(func(i *record.Image) { i.Architecture = "amd64" })), Want: "disagrees-with-label"},
		{Name: "arm64 label on amd64 code on instances", Set: withInstances(good(func(i *record.Image) { i.Program = amdProgram() })), Want: "disagrees-with-label"},
	})
}

func TestIndex(t *testing.T) {
	engine := func(i *record.Image) { i.Origin, i.Digest = "engine", "" }
	wrong := attestation
	wrong.Chosen = true
	checktest.Judge(t, Checks, "IMG-03", []checktest.Case{
		{Name: "single", Set: good(), Want: "pass", Says: "a single manifest"},
		{Name: "single without a media type", Set: good(func(i *record.Image) { i.MediaType = "" }), Want: "pass", Says: "unknown media type"},
		{Name: "index", Set: good(indexed(arm64Child, amd64Child)), Want: "index"},
		{Name: "engine", Set: good(engine), Want: "not-applicable"},
	})
	checktest.Judge(t, Checks, "IMG-04", []checktest.Case{
		{Name: "single", Set: good(), Want: "pass"},
		{Name: "index without", Set: good(indexed(arm64Child, amd64Child)), Want: "pass"},
		{Name: "with", Set: good(indexed(arm64Child, attestation)), Want: "attestation-entries"},
		{Name: "engine", Set: good(engine), Want: "not-applicable"},
		{Name: "engine that keeps the index", Set: good(engine, indexed(arm64Child, attestation)), Want: "attestation-entries"},
	})
	checktest.Judge(t, Checks, "IMG-05", []checktest.Case{
		{Name: "single", Set: good(), Want: "not-applicable"},
		{Name: "the image was chosen", Set: good(indexed(attestation, arm64Child)), Want: "note", Says: "left out"},
		{Name: "an attestation was chosen", Set: good(indexed(wrong, arm64Child)), Want: "error"},
	})
}

func TestInstances(t *testing.T) {
	checktest.Judge(t, Checks, "IMG-19", []checktest.Case{
		{Name: "microvm", Set: good(amd64), Want: "not-applicable"},
		{Name: "amd64", Set: withInstances(good(amd64)), Want: "instances-only"},
		{Name: "arm64", Set: withInstances(good()), Want: "pass"},
		{Name: "nothing chosen", Set: withInstances(lost(armv7Child)), Want: "untestable"},
	})
}

func TestProgram(t *testing.T) {
	checktest.Judge(t, Checks, "IMG-11", []checktest.Case{
		{Name: "found", Set: good(), Want: "pass"},
		{Name: "wrong machine is another clause's finding", Set: good(func(i *record.Image) { i.Program = amdProgram() }), Want: "pass"},
		{Name: "no first line is another clause's finding", Set: good(faulty(record.ProgramNoShebang)), Want: "pass"},
		{Name: "no command", Set: good(faulty(record.ProgramEmpty)), Want: "no-command"},
		{Name: "no command, layers not read", Set: good(noLayers, func(i *record.Image) { i.Cmd = nil }), Want: "no-command"},
		{Name: "not found", Set: good(faulty(record.ProgramNotFound)), Want: "not-found"},
		{Name: "not executable", Set: good(faulty(record.ProgramNotExecutable)), Want: "not-executable"},
		{Name: "no interpreter", Set: good(faulty(record.ProgramNoInterpreter)), Want: "no-interpreter"},
		{Name: "Windows line ends", Set: good(faulty(record.ProgramCRLF)), Want: "windows-line-ends"},
		{Name: "link loop", Set: good(faulty(record.ProgramLinkLoop)), Want: "link-loop"},
		{Name: "broken layer", Set: good(faulty(record.ProgramUnreadable)), Want: "untestable"},
		{Name: "empty record", Set: good(func(i *record.Image) { i.Program = &record.Program{} }), Want: "untestable"},
		{Name: "layers not read", Set: good(noLayers), Want: "untestable"},
		{Name: "nothing chosen", Set: lost(amd64Child), Want: "untestable"},
	})
}
