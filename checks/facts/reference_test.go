package facts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, d := range []string{"agent", "layout"} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"layout/oci-layout", "image.tar", "agent.tar"} {
		if err := os.WriteFile(f, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	digest := "@sha256:" + strings.Repeat("ab", 32)
	tests := []struct {
		ref  string
		kind Kind
		name string
		// fails is a part of the error, which must be one line.
		fails string
	}{
		{ref: "agent:1.0", kind: KindName, name: "agent:1.0"},
		{ref: " other ", kind: KindName, name: "other"},
		{ref: "agent:latest", kind: KindName, name: "agent:latest"},
		{ref: "localhost:5000/team/agent", kind: KindName, name: "localhost:5000/team/agent"},
		{ref: "123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b:v1" + digest, kind: KindName, name: "123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b:v1" + digest},
		{ref: "agent" + digest, kind: KindName, name: "agent" + digest},
		{ref: "oci:layout", kind: KindLayout, name: "layout"},
		{ref: "oci:../x:y", kind: KindLayout, name: "../x:y"},
		{ref: "docker-archive:image.tar", kind: KindArchive, name: "image.tar"},
		{ref: "", fails: "no image was named"},
		{ref: "oci:", fails: "names nothing"},
		{ref: "docker-archive:", fails: "docker save"},
		{ref: "docker-archive:a\x00b", fails: "not a path"},
		{ref: "agent", fails: "for the image of that name write agent:latest"},
		{ref: "./agent", fails: "docker build --platform linux/arm64"},
		{ref: ".", fails: "is a folder"},
		{ref: "layout", fails: "give oci:layout"},
		{ref: "image.tar", fails: "docker-archive:image.tar"},
		{ref: "code.zip", fails: "code zips"},
		{ref: "some/where/Code.ZIP", fails: "code zips"},
		{ref: "Dockerfile", fails: "-f Dockerfile"},
		{ref: "deploy/Dockerfile.arm64", fails: "-f deploy/Dockerfile.arm64"},
		{ref: "agent.dockerfile", fails: "build recipe"},
		{ref: "https://example.com/agent", fails: "--endpoint"},
		{ref: "http://127.0.0.1:8080", fails: "--endpoint"},
		{ref: "docker://agent:1", fails: "plain name: agent:1"},
		{ref: "docker-daemon:agent:1", fails: "plain name: agent:1"},
		{ref: "oci-archive:x.tar", fails: "give oci:DIR"},
		{ref: "Agent:1", fails: "lower case"},
		{ref: "agent:", fails: "a tag is"},
		{ref: "agent:a b", fails: "white space"},
		{ref: "agent@sha256:12", fails: "64 hexadecimal digits"},
		{ref: "../missing", fails: "looks like a path"},
		{ref: "-agent!", fails: "expected [HOST[:PORT]/]"},
		{ref: strings.Repeat("x", 10_000) + "!", fails: "is no image name"},
	}
	for _, tt := range tests {
		t.Run(shorten(tt.ref, 40), func(t *testing.T) {
			got, err := Parse(tt.ref)
			if tt.fails == "" {
				if err != nil || got.Kind != tt.kind || got.Name != tt.name {
					t.Fatalf("got %+v, %v", got, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.fails) {
				t.Fatalf("got %+v, %v; want an error with %q", got, err, tt.fails)
			}
			if strings.ContainsAny(err.Error(), "\n\r\x00") || len(err.Error()) > 600 {
				t.Errorf("not one line: %q", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"agent:1", "oci:x", "docker-archive:x", "a@sha256:" + strings.Repeat("0", 64), "https://x", "A:\x00", "Dockerfile", ""} {
		f.Add(s)
	}
	f.Chdir(f.TempDir())
	f.Fuzz(func(t *testing.T, s string) {
		ref, err := Parse(s)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x00\x1b") {
				t.Errorf("%q: the error is not fit for a terminal: %q", s, err)
			}
			return
		}
		if ref.Name == "" || ref.Kind == "" {
			t.Errorf("%q: %+v", s, ref)
		}
		again, err := Parse(ref.String())
		if err != nil || again != ref {
			t.Errorf("%q: %+v parses again as %+v, %v", s, ref, again, err)
		}
	})
}

// A reference's own text must not lead to a file that the user did not name.
func TestReferenceString(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "x")
	if got := (Reference{KindLayout, dir}).String(); got != "oci:"+dir {
		t.Errorf("got %q", got)
	}
	if got := (Reference{KindName, "agent:1"}).String(); got != "agent:1" {
		t.Errorf("got %q", got)
	}
}
