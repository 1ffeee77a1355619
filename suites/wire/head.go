package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// The ways in which an answer's body ends, as records name them.
const (
	framingLength  = "length"
	framingChunked = "chunked"
	framingClose   = "close"
	framingNone    = "none"
)

// head is a response head. Only fields is bounded to what a record keeps; the framing comes from all fields.
type head struct {
	proto  string
	status int
	fields []record.Field
	// length is the declared length, or -1.
	length int64
	// encodings are the transfer codings, connection the connection options, in lower case.
	encodings  []string
	connection []string
	streams    bool
	// bareLF and folded say that a line ended without CR, and that a field went on in a further line.
	bareLF, folded bool
}

// readFinalHead reads the head of the answer that counts, past interim ones.
func readFinalHead(b *bufio.Reader) (*head, error) {
	for range maxInterim {
		h, err := readHead(b)
		if err != nil || h.status >= 200 || h.status == 101 {
			return h, err
		}
	}
	return nil, garbled{"more than 16 interim answers (1xx) came before the real one"}
}

func readHead(b *bufio.Reader) (*head, error) {
	if err := expectHTTP(b); err != nil {
		return nil, err
	}
	left, lines := maxHead, lineReader{b: b}
	line, err := lines.read(&left)
	if err != nil {
		return nil, err
	}
	h, err := parseStatusLine(line)
	if err != nil {
		return nil, err
	}
	for {
		line, err := lines.read(&left)
		if err != nil {
			return nil, err
		}
		h.bareLF = lines.bareLF
		if len(line) == 0 {
			return h, nil
		}
		if err := h.add(line); err != nil {
			return nil, err
		}
	}
}

// expectHTTP fails on the first byte that no HTTP/1.x answer can have, without waiting for a line to end.
func expectHTTP(b *bufio.Reader) error {
	const prefix = "HTTP/1."
	for n := 1; n <= len(prefix); n++ {
		p, err := b.Peek(n)
		if len(p) > 0 && !strings.HasPrefix(prefix, string(p)) {
			all, _ := b.Peek(b.Buffered())
			return garbled{"not an HTTP/1.x answer: " + sample(all)}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lineReader reads lines and remembers whether one of them ended without CR.
type lineReader struct {
	b      *bufio.Reader
	bareLF bool
}

// read reads a line without its end, LF or CRLF, and takes its length from left.
func (l *lineReader) read(left *int) ([]byte, error) {
	var long []byte
	for {
		part, err := l.b.ReadSlice('\n')
		*left -= len(part)
		if *left < 0 {
			return nil, garbled{"the answer's head or a chunk line is too long"}
		}
		if err == nil && long == nil {
			return l.trim(part), nil
		}
		long = append(long, part...)
		if err == nil {
			return l.trim(long), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, unexpected(err)
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (l *lineReader) trim(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	bare, cr := bytes.CutSuffix(line, []byte("\r"))
	l.bareLF = l.bareLF || !cr
	return bare
}

// parseStatusLine accepts HTTP/1.0 and HTTP/1.1 with three digits and any reason, none included.
func parseStatusLine(line []byte) (*head, error) {
	proto, rest, _ := strings.Cut(string(line), " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if proto != "HTTP/1.1" && proto != "HTTP/1.0" || err != nil || len(code) != 3 || status < 100 {
		return nil, garbled{"not an HTTP/1.x status line: " + sample(line)}
	}
	return &head{proto: proto, status: status, length: -1}, nil
}

func (h *head) add(line []byte) error {
	if line[0] == ' ' || line[0] == '\t' {
		return h.fold(line)
	}
	name, value, ok := strings.Cut(string(line), ":")
	if !ok || !isToken(name) {
		return garbled{"not a header field: " + sample(line)}
	}
	value = strings.Trim(value, " \t")
	if strings.ContainsAny(value, "\x00\r") {
		return garbled{"a header field with a control character that ends lines or texts: " + sample(line)}
	}
	if len(h.fields) < record.MaxFields {
		h.fields = append(h.fields, record.Field{
			Name: cut(name, record.MaxHeaderValue), Value: cut(value, record.MaxHeaderValue),
		})
	}
	return h.interpret(strings.ToLower(name), value)
}

// fold joins an obsolete continuation line to the field before it.
func (h *head) fold(line []byte) error {
	if len(h.fields) == 0 {
		return garbled{"a continuation line without a header field: " + sample(line)}
	}
	h.folded = true
	last := &h.fields[len(h.fields)-1]
	last.Value = cut(last.Value+" "+strings.Trim(string(line), " \t"), record.MaxHeaderValue)
	return nil
}

func (h *head) interpret(name, value string) error {
	switch name {
	case "content-length":
		n, err := strconv.ParseUint(value, 10, 62)
		if err != nil || h.length >= 0 && h.length != int64(n) {
			return garbled{"content-length is not one number: " + sample([]byte(value))}
		}
		h.length = int64(n)
	case "transfer-encoding":
		h.encodings = append(h.encodings, options(value)...)
	case "connection":
		h.connection = append(h.connection, options(value)...)
	case "content-type":
		h.streams = mediaType(value) == "text/event-stream"
	}
	return nil
}

// mediaType returns the media type without parameters, in lower case.
func mediaType(value string) string {
	t, _, _ := strings.Cut(value, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

func options(value string) []string {
	var out []string
	for _, o := range strings.Split(strings.ToLower(value), ",") {
		if o = strings.TrimSpace(o); o != "" {
			out = append(out, o)
		}
	}
	return out
}

func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		alnum := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !alnum && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// framing says how the body ends, by RFC 9112 section 6.3.
func (h *head) framing(headless bool) string {
	switch {
	case headless || h.status < 200 || h.status == 204 || h.status == 304:
		return framingNone
	case len(h.encodings) > 0 && h.encodings[len(h.encodings)-1] == "chunked":
		return framingChunked
	case len(h.encodings) > 0 || h.length < 0:
		return framingClose
	}
	return framingLength
}

// oddities are what a strict reader of this answer would have stumbled over.
func (h *head) oddities(chunksBareLF bool) []record.Oddity {
	var out []record.Oddity
	if h.length >= 0 && len(h.encodings) > 0 {
		out = append(out, record.TwoFramings)
	}
	if h.bareLF || chunksBareLF {
		out = append(out, record.BareLF)
	}
	if h.folded {
		out = append(out, record.FoldedField)
	}
	return out
}

func (h *head) keepsAlive() bool {
	for _, o := range h.connection {
		if o == "close" {
			return false
		}
		if o == "keep-alive" {
			return true
		}
	}
	return h.proto == "HTTP/1.1"
}

func (h *head) response() *record.Response {
	return &record.Response{Status: h.status, Proto: h.proto, Header: h.fields, ContentLength: h.length}
}
