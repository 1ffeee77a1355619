// Package stub is what the harness's stand-ins for services share: a server for a client that cannot be trusted, and bounds
// on what is kept of it.
package stub

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Bounds on one connection: a container may be slow under emulation, but cannot hold a connection for ever.
const (
	headerTime  = 30 * time.Second
	requestTime = 2 * time.Minute
	idleTime    = 10 * time.Minute
	headerSize  = 256 << 10
)

// NewHTTP makes a server over HTTP/1.1 and over HTTP/2 with prior knowledge, which AWS's JavaScript SDK speaks to a plain
// endpoint. It logs nothing: what went wrong is the handler's to record.
func NewHTTP(h http.Handler) *http.Server {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler: h, Protocols: protocols, MaxHeaderBytes: headerSize, ErrorLog: log.New(io.Discard, "", 0),
		ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, IdleTimeout: idleTime,
	}
}

// Serve answers on a listener until the server is closed. It returns nil then.
func Serve(s *http.Server, l net.Listener) error {
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Clip shortens a text to that many bytes and makes it valid UTF-8, which can make it longer again: it is cut twice.
func Clip(text string, most int) string {
	return cut(strings.ToValidUTF8(cut(text, most), "\uFFFD"), most)
}

// cut never cuts inside a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// Millis is a duration as the records have it.
func Millis(d time.Duration) record.Millis {
	return record.Millis(float64(d) / float64(time.Millisecond))
}

// Distinct keeps different values in the order of their first appearance, and at most a number of them.
type Distinct struct {
	values []string
	seen   map[string]bool
}

// Add keeps a value unless it is known, empty, or there are that many already. It is clipped to 256 bytes.
func (d *Distinct) Add(value string, most int) {
	value = Clip(value, 256)
	if value == "" || d.seen[value] || len(d.values) >= most {
		return
	}
	if d.seen == nil {
		d.seen = map[string]bool{}
	}
	d.seen[value] = true
	d.values = append(d.values, value)
}

// Values returns a copy of what is kept.
func (d *Distinct) Values() []string { return append([]string(nil), d.values...) }
