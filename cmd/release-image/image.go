package main

import (
	"bytes"
	"crypto/x509"
	"debug/elf"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/agentcore-conform/agentcore-conform/fixtures/images"
)

const (
	// program is where the tool stands in its image.
	program = "usr/local/bin/agentcore-conform"
	// bundle is where Go programs look for authorities first.
	bundle = "etc/ssl/certs/ca-certificates.crt"
	// user is nobody in particular, so that the tool has no more rights than it is given.
	user = 65532

	source = "https://github.com/agentcore-conform/agentcore-conform"
)

// release is what goes into the image.
type release struct {
	Version, Revision string
	Created           time.Time
	Certificates      []byte
	Programs          []forPlatform
}

// forPlatform is the tool for one platform, such as linux/arm64.
type forPlatform struct {
	Platform string
	Program  []byte
}

// index is the image for all platforms. The same release always gives the same digest.
func (r release) index() (v1.ImageIndex, error) {
	if !x509.NewCertPool().AppendCertsFromPEM(r.Certificates) {
		return nil, errors.New("the certificates hold none in PEM")
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range r.Programs {
		img, err := r.image(p)
		if err != nil {
			return nil, fmt.Errorf("pack the program for %s: %w", p.Platform, err)
		}
		platform, err := v1.ParsePlatform(p.Platform)
		if err != nil {
			return nil, fmt.Errorf("read the platform: %w", err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: platform}})
	}
	return mutate.Annotations(index, r.labels()).(v1.ImageIndex), nil
}

// image holds the program, the authorities and nothing else.
func (r release) image(p forPlatform) (v1.Image, error) {
	arch, err := architecture(p)
	if err != nil {
		return nil, err
	}
	base, err := images.Layer(
		images.File{Path: "etc/"},
		images.File{Path: "etc/passwd", Content: []byte("root:x:0:0::/root:/sbin/nologin\nnonroot:x:65532:65532::/conform:/sbin/nologin\n")},
		images.File{Path: "etc/group", Content: []byte("root:x:0:\nnonroot:x:65532:\n")},
		images.File{Path: bundle, Content: r.Certificates},
		images.File{Path: "tmp/", Mode: 0o1777},
		images.File{Path: "conform/", UID: user},
	)
	if err != nil {
		return nil, err
	}
	tool, err := images.Layer(images.File{Path: program, Content: p.Program, Mode: 0o755})
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if img, err = mutate.Append(img, r.step("authorities and a user", base), r.step("agentcore-conform "+r.Version, tool)); err != nil {
		return nil, err
	}
	cfg, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	cfg = cfg.DeepCopy()
	cfg.OS, cfg.Architecture, cfg.Created = "linux", arch, v1.Time{Time: r.Created}
	cfg.Config = v1.Config{
		User: fmt.Sprintf("%d:%d", user, user), WorkingDir: "/conform", Entrypoint: []string{"/" + program}, Labels: r.labels(),
		Env: []string{"PATH=/usr/local/bin"},
	}
	return mutate.ConfigFile(img, cfg)
}

func (r release) step(what string, layer v1.Layer) mutate.Addendum {
	return mutate.Addendum{Layer: layer, MediaType: types.OCILayer, History: v1.History{CreatedBy: what, Created: v1.Time{Time: r.Created}}}
}

// labels say where the image comes from, as the image specification names it.
func (r release) labels() map[string]string {
	out := map[string]string{
		"title":       "agentcore-conform",
		"description": "Proves before deployment that a container will work on Amazon Bedrock AgentCore Runtime",
		"licenses":    "Apache-2.0",
		"source":      source,
		"version":     r.Version,
		"revision":    r.Revision,
		"created":     r.Created.Format(time.RFC3339),
	}
	maps.DeleteFunc(out, func(_, value string) bool { return value == "" })
	named := map[string]string{}
	for key, value := range out {
		named["org.opencontainers.image."+key] = value
	}
	return named
}

// machines are the architectures that programs are released for.
var machines = map[elf.Machine]string{elf.EM_AARCH64: "arm64", elf.EM_X86_64: "amd64"}

// architecture is that of the program, which must be what its platform says and need no library.
func architecture(p forPlatform) (string, error) {
	file, err := elf.NewFile(bytes.NewReader(p.Program))
	if err != nil {
		return "", fmt.Errorf("read the program: %w; give one for linux", err)
	}
	arch := machines[file.Machine]
	if want, ok := strings.CutPrefix(p.Platform, "linux/"); !ok || arch == "" || arch != want {
		return "", fmt.Errorf("the program is for %s, the platform is %s", file.Machine, p.Platform)
	}
	for _, s := range file.Progs {
		if s.Type == elf.PT_INTERP {
			return "", errors.New("the program is linked dynamically and would find no libraries; build it with CGO_ENABLED=0")
		}
	}
	return arch, nil
}
