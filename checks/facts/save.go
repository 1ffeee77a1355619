package facts

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Archive writes the image as a docker-save archive, so that an engine can load what came from elsewhere. It carries
// no tags: loading it replaces no name in the user's engine. Layers are written as they are stored, except those in
// zstd, which engines before 23 cannot load; they are spooled to disk and written plain.
func (r *Resolved) Archive(w io.Writer) error {
	if r.config == nil {
		return errors.New("there is no image of the platform to write")
	}
	tw := tar.NewWriter(w)
	config := strings.ReplaceAll(r.Facts.ConfigDigest, ":", "-") + ".json"
	if err := writeFile(tw, config, int64(len(r.rawConfig)), bytes.NewReader(r.rawConfig)); err != nil {
		return err
	}
	entry := tarball.Descriptor{Config: config}
	for i, b := range r.blobs {
		name := fmt.Sprintf("layer-%04d.tar", i)
		if err := r.writeBlob(tw, name, b); err != nil {
			return fmt.Errorf("copy layer %d of %d of %s: %s", i+1, len(r.blobs), r.Reference, oneLine(err))
		}
		entry.Layers = append(entry.Layers, name)
	}
	table, err := json.Marshal(tarball.Manifest{entry})
	if err != nil {
		return err
	}
	if err := writeFile(tw, "manifest.json", int64(len(table)), bytes.NewReader(table)); err != nil {
		return err
	}
	return tw.Close()
}

func (r *Resolved) writeBlob(tw *tar.Writer, name string, b blob) error {
	rc, err := b.open()
	if err != nil {
		return err
	}
	defer rc.Close()
	buffered := bufio.NewReader(rc)
	if magic, _ := buffered.Peek(4); !isZstd(magic) {
		return writeFile(tw, name, b.size, buffered)
	}
	plain, release, err := decompress(buffered)
	if err != nil {
		return err
	}
	defer release()
	f, err := r.spool(r.life, plain)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return writeFile(tw, name, info.Size(), f)
}

func writeFile(tw *tar.Writer, name string, size int64, content io.Reader) error {
	if err := tw.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: size}); err != nil {
		return err
	}
	_, err := io.Copy(tw, content)
	return err
}
