package facts

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"io"
	"math/rand"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// file is one entry of a test layer; the zero mode is 0755 for programs and 0644 for the rest.
type file struct {
	name string
	body []byte
	link string
	typ  byte
	mode int64
	uid  int
}

func prog(name string, body []byte) file { return file{name: name, body: body, mode: 0o755} }
func text(name, body string) file        { return file{name: name, body: []byte(body), mode: 0o644} }
func script(name, body string) file      { return prog(name, []byte(body)) }
func sym(name, to string) file           { return file{name: name, link: to, typ: tar.TypeSymlink} }
func hard(name, to string) file          { return file{name: name, link: to, typ: tar.TypeLink, mode: 0o755} }
func dir(name string) file               { return file{name: name, typ: tar.TypeDir, mode: 0o755} }
func whiteout(name string) file          { return text(name, "") }

func layerTar(t testing.TB, files ...file) []byte {
	t.Helper()
	var buf bytes.Buffer
	tw := tar.NewWriter(&buf)
	for _, f := range files {
		typ := f.typ
		if typ == 0 {
			typ = tar.TypeReg
		}
		h := &tar.Header{Name: f.name, Typeflag: typ, Linkname: f.link, Mode: f.mode, Uid: f.uid, Size: int64(len(f.body))}
		if err := tw.WriteHeader(h); err != nil {
			t.Fatalf("header of %q: %v", f.name, err)
		}
		if _, err := tw.Write(f.body); err != nil {
			t.Fatalf("body of %q: %v", f.name, err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func layerOf(t testing.TB, raw []byte, opts ...tarball.LayerOption) v1.Layer {
	t.Helper()
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// build makes an image for linux/arch from layers, base first.
func build(t testing.TB, arch string, c v1.Config, layers ...[]file) v1.Image {
	t.Helper()
	var ls []v1.Layer
	for _, files := range layers {
		ls = append(ls, layerOf(t, layerTar(t, files...)))
	}
	return assemble(t, arch, c, ls...)
}

func assemble(t testing.TB, arch string, c v1.Config, layers ...v1.Layer) v1.Image {
	t.Helper()
	img := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	img = mutate.ConfigMediaType(img, types.OCIConfigJSON)
	img, err := mutate.ConfigFile(img, &v1.ConfigFile{OS: "linux", Architecture: arch, Config: c, RootFS: v1.RootFS{Type: "layers"}})
	if err != nil {
		t.Fatal(err)
	}
	if img, err = mutate.AppendLayers(img, layers...); err != nil {
		t.Fatal(err)
	}
	return img
}

// program makes the smallest ELF file the kernel would look at, with a loader when one is named.
func program(m elf.Machine, loader string) []byte {
	b := make([]byte, 64+56)
	copy(b, elf.ELFMAG)
	b[elf.EI_CLASS], b[elf.EI_DATA], b[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1
	le := binary.LittleEndian
	le.PutUint16(b[16:], uint16(elf.ET_EXEC))
	le.PutUint16(b[18:], uint16(m))
	le.PutUint64(b[32:], 64)
	le.PutUint16(b[54:], 56)
	if loader != "" {
		le.PutUint16(b[56:], 1)
		le.PutUint32(b[64:], uint32(elf.PT_INTERP))
		le.PutUint64(b[64+8:], uint64(len(b)))
		le.PutUint64(b[64+32:], uint64(len(loader)+1))
		b = append(append(b, loader...), 0)
	}
	return b
}

const loader = "/lib/ld-linux-aarch64.so.1"

func arm(loader string) []byte { return program(elf.EM_AARCH64, loader) }
func amd(loader string) []byte { return program(elf.EM_X86_64, loader) }

// noise is content that does not compress.
func noise(size int) []byte {
	b := make([]byte, size)
	rand.New(rand.NewSource(int64(size))).Read(b)
	return b
}

// debian is the skeleton of a merged-usr base with python, in the order in which builders write it.
func debian() []file {
	return []file{
		sym("bin", "usr/bin"), dir("etc"), sym("lib", "usr/lib"), dir("usr"), dir("usr/bin"),
		prog("usr/bin/dash", arm(loader)), prog("usr/bin/env", arm(loader)),
		sym("usr/bin/python3", "python3.12"), prog("usr/bin/python3.12", arm(loader)), sym("usr/bin/sh", "dash"),
		prog("usr/lib/ld-linux-aarch64.so.1", arm("")),
	}
}
