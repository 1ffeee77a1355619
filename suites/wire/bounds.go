package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds on what is read of a hostile container, in bytes unless said otherwise.
const (
	// maxHead bounds the status line and the header block together, and trailers too.
	maxHead = 64 << 10
	// maxInterim bounds the number of 1xx answers before the real one.
	maxInterim = 16
	// maxChunkLine bounds the line with a chunk's size and extensions.
	maxChunkLine = 4 << 10
	// maxAnswer is how much of a body Answer keeps.
	maxAnswer = 32 << 20
	// maxEventText is how much of one event's data is reassembled into text.
	maxEventText = 1 << 20
	// maxEndless is the body size at which reading stops: nothing that an agent answers is as large.
	maxEndless = 1 << 30
	// garbledSample is how much of an answer that is not HTTP the error shows.
	garbledSample = 256
	// readSize is the size of a read buffer. Each open stream holds one.
	readSize = 8 << 10
)

// cut returns at most n bytes of b, ending between characters.
func cut[T string | []byte](b T, n int) string {
	if len(b) <= n {
		return string(b)
	}
	for i := n; i > n-utf8.UTFMax && i > 0; i-- {
		if utf8.RuneStart(b[i]) {
			return string(b[:i])
		}
	}
	return string(b[:n])
}

// sample renders the first bytes of something unexpected on one line.
func sample(b []byte) string {
	return strconv.QuoteToASCII(string(b[:min(len(b), garbledSample)]))
}

// oneLine makes a line of bounded length from a text that may hold anything.
func oneLine(s string) string {
	return cut(strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return ' '
		}
		return r
	}, s), 500)
}
