package tiny

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// File is one executable of an image.
type File struct {
	Path    string
	Content []byte
}

// Image is an image of one layer, with nothing but executables in it, under a name that its content decides: an engine
// that has the name has the image.
type Image struct {
	Tag   name.Tag
	image v1.Image
}

// ProgramsImage holds all programs for the architecture, and the clocks of the others beside its own.
func ProgramsImage(arch string, labels map[string]string) (*Image, error) {
	var files []File
	add := func(path, arch string, p Program) error {
		content, err := ELF(arch, p)
		files = append(files, File{Path: path, Content: content})
		return err
	}
	for _, p := range []Program{Exit42, Beacon, Cat} {
		if err := add(string(p), arch, p); err != nil {
			return nil, err
		}
	}
	for _, other := range slices.Sorted(maps.Keys(machine)) {
		if err := add(ClockPath(other)[1:], other, Clock); err != nil {
			return nil, err
		}
	}
	return NewImage("agentcore-conform-probe", arch, files, labels)
}

// NewImage assembles an image for linux on the architecture; its entrypoint is the first file.
func NewImage(repository, arch string, files []File, labels map[string]string) (*Image, error) {
	layerTar, err := Archive(files)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layerTar)), nil })
	if err != nil {
		return nil, fmt.Errorf("making a layer: %w", err)
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, fmt.Errorf("making an image: %w", err)
	}
	image, err = mutate.ConfigFile(image, configOf(image, arch, "/"+files[0].Path, labels))
	if err != nil {
		return nil, fmt.Errorf("making an image: %w", err)
	}
	sum := sha256.Sum256(layerTar)
	tag, err := name.NewTag(repository + ":" + arch + "-" + hex.EncodeToString(sum[:6]))
	return &Image{Tag: tag, image: image}, err
}

func configOf(image v1.Image, arch, entrypoint string, labels map[string]string) *v1.ConfigFile {
	file, err := image.ConfigFile()
	if err != nil {
		file = &v1.ConfigFile{}
	}
	file = file.DeepCopy()
	file.OS, file.Architecture = "linux", arch
	file.Config.Entrypoint = []string{entrypoint}
	file.Config.Labels = labels
	return file
}

// Archive is a tar of the files, owned by root, for anyone to read and run.
func Archive(files []File) ([]byte, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.Path, Mode: 0o755, Size: int64(len(f.Content)), Typeflag: tar.TypeReg}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Content); err != nil {
			return nil, err
		}
	}
	return buf.Bytes(), w.Close()
}

// SetEntrypoint replaces the entrypoint; the name stays that of the content.
func (i *Image) SetEntrypoint(entrypoint ...string) error {
	file, err := i.image.ConfigFile()
	if err != nil {
		return err
	}
	file = file.DeepCopy()
	file.Config.Entrypoint = entrypoint
	i.image, err = mutate.ConfigFile(i.image, file)
	return err
}

// Name is the image's short name as engines know it.
func (i *Image) Name() string { return i.Tag.RepositoryStr()[len("library/"):] + ":" + i.Tag.TagStr() }

// Archive writes the image as docker-save writes it, the only form that all engines load.
func (i *Image) Archive(w io.Writer) error { return tarball.Write(i.Tag, i.image, w) }
