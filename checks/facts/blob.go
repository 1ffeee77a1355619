package facts

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// blob is one layer as it is stored, compressed or not. open must be paired with Close: a registry layer holds one of
// the few pull slots until then.
type blob struct {
	// name is the blob's digest, or the file within an archive.
	name    string
	size    int64
	foreign bool
	open    func() (io.ReadCloser, error)
}

// blobsOf lists the layers of an image, base first.
func blobsOf(img v1.Image, m *v1.Manifest) ([]blob, error) {
	layers, err := img.Layers()
	if err != nil {
		return nil, err
	}
	if len(layers) != len(m.Layers) {
		return nil, fmt.Errorf("the manifest names %d layers, %d are there", len(m.Layers), len(layers))
	}
	blobs := make([]blob, len(layers))
	for i, l := range layers {
		d := m.Layers[i]
		blobs[i] = blob{name: d.Digest.String(), size: d.Size, foreign: !d.MediaType.IsDistributable(), open: l.Compressed}
	}
	return blobs, nil
}

// layerReader is the uncompressed tar of a layer.
type layerReader struct {
	io.Reader
	source  *countingReader
	release []func()
}

// openLayer opens the tar inside a blob, whatever its compression: the bytes decide, not the media type.
func openLayer(ctx context.Context, b blob) (*layerReader, error) {
	rc, err := b.open()
	if err != nil {
		return nil, err
	}
	closeOnce := sync.OnceFunc(func() { rc.Close() })
	stop := context.AfterFunc(ctx, closeOnce)
	l := &layerReader{source: &countingReader{r: rc}, release: []func(){func() { stop() }, closeOnce}}
	plain, release, err := decompress(bufio.NewReaderSize(l.source, 32<<10))
	if err != nil {
		l.Close()
		if l.source.err == nil {
			return nil, &brokenLayer{err}
		}
		return nil, err
	}
	l.Reader, l.release = plain, append(l.release, release)
	return l, nil
}

// maxWindow bounds the memory of one zstd stream. Images are written with windows of at most 128 MiB.
const maxWindow = 128 << 20

// decompress returns the plain bytes of a gzip, zstd or plain stream.
func decompress(source *bufio.Reader) (plain io.Reader, release func(), err error) {
	release = func() {}
	magic, err := source.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	switch {
	case isGzip(magic):
		plain, err = gzip.NewReader(source)
		return plain, release, err
	case isZstd(magic):
		z, err := zstd.NewReader(source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return source, release, nil
}

// drain reads the source to its end, so that a registry layer's digest is verified.
func (l *layerReader) drain() error {
	_, err := io.Copy(io.Discard, l.source)
	return err
}

// Close frees the source. It is safe to call twice.
func (l *layerReader) Close() {
	for _, f := range l.release {
		f()
	}
	l.release = nil
}

// countingReader counts the bytes that pass and keeps the error that ended them, so that a broken transfer can be told
// from broken content.
type countingReader struct {
	r   io.Reader
	n   int64
	err error
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

func isGzip(magic []byte) bool { return bytes.HasPrefix(magic, []byte{0x1f, 0x8b}) }

func isZstd(magic []byte) bool { return bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}) }

func isCompressed(magic []byte) bool { return isGzip(magic) || isZstd(magic) }
