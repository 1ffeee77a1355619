package sec

import (
	"strings"
	"testing"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/checktest"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// seen is an image that was read to its end, changed by what a case is about.
func seen(change func(*record.Image)) *record.Set {
	img := &record.Image{OS: "linux", Scanned: true, Searched: 7, Layers: []record.Layer{{Digest: "sha256:a1"}, {DiffID: "sha256:b2"}}}
	change(img)
	return &record.Set{Image: img}
}

func TestSecretFiles(t *testing.T) {
	with := func(files ...record.SecretFile) *record.Set {
		return seen(func(i *record.Image) { i.SecretFiles = files })
	}
	key := record.SecretFile{Path: "/app/key.pem", What: "a private key", Layer: 2}
	deleted, history := key, record.SecretFile{Path: "/app/.git", What: record.GitFolder, Private: true, Layer: 1}
	deleted.Deleted = true
	gone := history
	gone.Deleted = true
	env := func(pairs ...string) *record.Set { return seen(func(i *record.Image) { i.Env = pairs }) }
	checktest.Judge(t, Checks, "SEC-02", []checktest.Case{
		{Name: "nothing", Set: with(), Want: "pass"},
		{Name: "a key", Set: with(key), Want: "secret-file"},
		{Name: "a deleted key", Set: with(deleted), Want: "secret-deleted"},
		{Name: "history", Set: with(history), Want: "private-file"},
		{Name: "deleted history is still nobody's business", Set: with(gone), Want: "private-file"},
		{Name: "all of them", Set: with(history, deleted, key), Want: "secret-file", Also: []string{"secret-deleted", "private-file"}},
		{Name: "a profile", Set: env("A=b", "AWS_PROFILE=dev"), Want: "aws-profile"},
		{Name: "an empty profile", Set: env("AWS_PROFILE=dev", "AWS_PROFILE="), Want: "pass"},
		{Name: "a region, as templates set it", Set: env("AWS_REGION=us-east-1"), Want: "pass"},
	})
}

func TestSecretFilesNameTheirLayer(t *testing.T) {
	for layer, want := range map[int]string{1: "layer 1 of 2 sha256:a1", 2: "layer 2 of 2 sha256:b2", 0: "a layer", 3: "a layer"} {
		set := seen(func(i *record.Image) { i.SecretFiles = []record.SecretFile{{Path: "/x", What: "y", Layer: layer}} })
		if got := judgeSecrets(set)[0].Actual; !strings.HasSuffix(got, "in "+want) {
			t.Errorf("%d: %q, want %q", layer, got, want)
		}
	}
}

func TestSearched(t *testing.T) {
	for want, img := range map[string]*record.Image{
		"files were not searched": {}, "nor does any of 7 text files": {Scanned: true, Searched: 7}, "the rest was not searched": {Scanned: true, SearchCut: true},
	} {
		if got := searched(img); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPatched(t *testing.T) {
	base := func(id, version string, runtimes ...record.Runtime) *record.Set {
		return seen(func(i *record.Image) {
			i.Runtimes = runtimes
			if id != "" {
				i.Base = &record.Base{ID: id, Version: version}
			}
		})
	}
	run := func(name, version string) record.Runtime {
		return record.Runtime{Name: name, Version: version, Path: "/x"}
	}
	checktest.Judge(t, Checks, "SEC-09", []checktest.Case{
		{Name: "maintained", Set: base("debian", "13"), Want: "pass"},
		{Name: "past its end", Set: base("debian", "10"), Want: "base-past-end"},
		{Name: "a patch of one past its end", Set: base("alpine", "3.18.4"), Want: "base-past-end"},
		{Name: "3.2 is not 3.20", Set: base("alpine", "3.2"), Want: "unknown-base"},
		{Name: "3.22 is not 3.2", Set: base("alpine", "3.22.1"), Want: "pass"},
		{Name: "a rolling release", Set: base("debian", ""), Want: "unknown-base"},
		{Name: "nobody knows it", Set: base("wolfi", "20230201"), Want: "unknown-base"},
		{Name: "nothing is told", Set: base("", ""), Want: "unknown-base"},
		{Name: "a maintained runtime alone", Set: base("", "", run("node", "24.1.0")), Want: "pass"},
		{Name: "an old Node", Set: base("debian", "13", run("node", "18.20.1")), Want: "runtime-past-end"},
		{Name: "an old Python on an old base", Set: base("ubuntu", "20.04", run("python", "3.8")), Want: "base-past-end", Also: []string{"runtime-past-end"}},
		{Name: "3.1 is not 3.10", Set: base("debian", "12", run("python", "3.13")), Want: "pass"},
		{Name: "not read", Set: &record.Set{Image: &record.Image{}}, Want: "untestable"},
	})
}

func TestCalendar(t *testing.T) {
	if _, err := time.Parse(time.DateOnly, endOfLife.AsOf); err != nil || len(endOfLife.Ends) < 8 {
		t.Errorf("%d names as of %q", len(endOfLife.Ends), endOfLife.AsOf)
	}
	for name, releases := range endOfLife.Ends {
		for release, end := range releases {
			if _, err := time.Parse(time.DateOnly, end); err != nil {
				t.Errorf("%s %s ends on %q", name, release, end)
			}
		}
	}
	calm := calendar{AsOf: "2026-11-20", Ends: map[string]map[string]string{"x": {"1": "2026-11-20", "2": "2026-11-19"}}}
	if date, known := calm.ended("x", "1"); date != "" || !known {
		t.Error("a release ends after its last day")
	}
	if date, _ := calm.ended("x", "2.7"); date != "2026-11-19" {
		t.Errorf("ended on %q", date)
	}
	if row, _ := checks.Contract().Reason("SEC-09", "unknown-base"); row.Outcome != checks.Note {
		t.Error("what is not known must not alarm")
	}
}
