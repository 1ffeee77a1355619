package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// writer takes body bytes as they arrive. They are only valid during the call.
type writer interface{ write(p []byte) error }

// readBody hands the body to w until its framing says that it is complete. It also says whether lines between chunks ended
// without CR.
func readBody(b *bufio.Reader, framing string, length int64, w writer) (bareLF bool, err error) {
	switch framing {
	case framingLength:
		return false, copyBody(b, length, w)
	case framingChunked:
		lines := &lineReader{b: b}
		err := copyChunks(lines, w)
		return lines.bareLF, err
	case framingClose:
		err := copyBody(b, -1, w)
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		return false, err
	}
	return false, nil
}

// copyBody hands over n bytes as they arrive, or all until an error when n is negative.
func copyBody(b *bufio.Reader, n int64, w writer) error {
	for n != 0 {
		if _, err := b.Peek(1); err != nil {
			if n > 0 {
				err = unexpected(err)
			}
			return err
		}
		have := b.Buffered()
		if n > 0 {
			have = int(min(int64(have), n))
			n -= int64(have)
		}
		p, _ := b.Peek(have)
		if err := w.write(p); err != nil {
			return err
		}
		_, _ = b.Discard(have)
	}
	return nil
}

// copyChunks reads a chunked body including its trailer section (RFC 9112 section 7.1).
func copyChunks(lines *lineReader, w writer) error {
	for {
		size, err := chunkSize(lines)
		if err != nil {
			return err
		}
		if size == 0 {
			return skipTrailers(lines)
		}
		if err := copyBody(lines.b, size, w); err != nil {
			return err
		}
		if err := chunkEnd(lines); err != nil {
			return err
		}
	}
}

func chunkSize(lines *lineReader) (int64, error) {
	left := maxChunkLine
	line, err := lines.read(&left)
	if err != nil {
		return 0, framingFault(err)
	}
	digits, _, _ := bytes.Cut(line, []byte(";"))
	size, err := strconv.ParseUint(string(bytes.TrimRight(digits, " \t")), 16, 62)
	if err != nil {
		return 0, fmt.Errorf("chunked framing is broken: a chunk begins with %s", sample(line))
	}
	return int64(size), nil
}

func chunkEnd(lines *lineReader) error {
	left := 2
	line, err := lines.read(&left)
	if err == nil && len(line) == 0 {
		return nil
	}
	var g garbled
	if err == nil || errors.As(err, &g) {
		return errors.New("chunked framing is broken: a chunk is longer than its size says")
	}
	return err
}

func skipTrailers(lines *lineReader) error {
	for left := maxHead; ; {
		line, err := lines.read(&left)
		if err != nil || len(line) == 0 {
			return framingFault(err)
		}
	}
}

// framingFault turns a line that is too long into a fault of the body: the head was good HTTP.
func framingFault(err error) error {
	var g garbled
	if errors.As(err, &g) {
		return errors.New("chunked framing is broken: " + g.why)
	}
	return err
}
