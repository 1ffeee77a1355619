package wire

import (
	"bytes"
	"strings"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// Scanner reads an event stream as the WHATWG says (HTML standard, section 9.2.6), byte by byte if need be, and notes
// when things arrived. Lines end with CR, LF or CRLF; an event is dispatched by a blank line and by nothing else. The
// zero value is ready to use.
type Scanner struct {
	// Data receives the data of each dispatched event, up to 1 MiB of it.
	Data func(data string)

	stream   record.EventStream
	tail     [record.MaxTail]record.Event
	lastRead record.Millis
	timed    bool

	line     []byte
	lineSize int64
	begun    bool
	afterCR  bool

	data     []byte
	dataSize int64
	lines    int
	kind, id string
}

// Count returns how many events were dispatched so far.
func (s *Scanner) Count() int { return s.stream.Count }

// Arrived notes a read of n bytes from the socket. Zero bytes only start the clock for LongestSilence.
func (s *Scanner) Arrived(n int, after record.Millis) {
	s.silence(after)
	if n > 0 && len(s.stream.Reads) < record.MaxEvents {
		s.stream.Reads = append(s.stream.Reads, record.Read{After: after, Size: n})
	}
}

func (s *Scanner) silence(after record.Millis) {
	if s.timed {
		s.stream.LongestSilence = max(s.stream.LongestSilence, after-s.lastRead)
	}
	s.lastRead, s.timed = after, true
}

// Feed scans bytes that arrived at the offset after.
func (s *Scanner) Feed(p []byte, after record.Millis) {
	for len(p) > 0 {
		if s.afterCR && p[0] == '\n' {
			p = p[1:]
		}
		s.afterCR = false
		n := lineEnd(p)
		if n == len(p) {
			s.buffer(p)
			return
		}
		if s.lineSize == 0 {
			s.endLine(p[:n], int64(n), after)
		} else {
			s.buffer(p[:n])
			s.endLine(s.line, s.lineSize, after)
		}
		s.line, s.lineSize = s.line[:0], 0
		s.afterCR = p[n] == '\r'
		p = p[n+1:]
	}
}

// lineEnd returns the index of the first CR or LF, or the length.
func lineEnd(p []byte) int {
	if n := bytes.IndexByte(p, '\n'); n >= 0 {
		p = p[:n]
	}
	if n := bytes.IndexByte(p, '\r'); n >= 0 {
		return n
	}
	return len(p)
}

func (s *Scanner) buffer(p []byte) {
	s.lineSize += int64(len(p))
	if room := maxEventText - len(s.line); room > 0 {
		s.line = append(s.line, p[:min(room, len(p))]...)
	}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// endLine takes one line; size is its true size when line is only its beginning.
func (s *Scanner) endLine(line []byte, size int64, after record.Millis) {
	if !s.begun {
		s.begun = true
		if bytes.HasPrefix(line, byteOrderMark) {
			s.stream.BOM = true
			line, size = line[len(byteOrderMark):], size-int64(len(byteOrderMark))
		}
	}
	switch {
	case size == 0:
		s.dispatch(after)
	case line[0] == ':':
		s.stream.Comments++
	default:
		s.field(line, size)
	}
}

func (s *Scanner) field(line []byte, size int64) {
	name, value, found := bytes.Cut(line, []byte(":"))
	size -= int64(len(name))
	if found {
		size--
	}
	if len(value) > 0 && value[0] == ' ' {
		value, size = value[1:], size-1
	}
	switch string(name) {
	case "data":
		s.addData(value, size)
	case "event":
		s.kind = cut(value, record.MaxHeaderValue)
	case "id":
		if !bytes.ContainsRune(value, 0) {
			s.id = cut(value, record.MaxHeaderValue)
		}
	}
}

func (s *Scanner) addData(value []byte, size int64) {
	if s.lines > 0 {
		s.appendData([]byte("\n"))
		s.dataSize++
	}
	s.lines++
	s.appendData(value)
	s.dataSize += size
}

func (s *Scanner) appendData(p []byte) {
	if room := maxEventText - len(s.data); room > 0 {
		s.data = append(s.data, p[:min(room, len(p))]...)
	}
}

// dispatch ends an event. Without a data line nothing is dispatched, but the event's type is forgotten.
func (s *Scanner) dispatch(after record.Millis) {
	if s.lines > 0 {
		data := string(s.data)
		s.keep(record.Event{
			Type: s.kind, Data: cut(data, record.MaxEventData), ID: s.id,
			After: after, Lines: s.lines, Size: s.dataSize,
		})
		if s.Data != nil {
			s.Data(data)
		}
	}
	s.kind, s.data, s.dataSize, s.lines = "", s.data[:0], 0, 0
}

func (s *Scanner) keep(e record.Event) {
	if n := s.stream.Count; n < record.MaxEvents {
		s.stream.Events = append(s.stream.Events, e)
	} else {
		s.tail[n%len(s.tail)] = e
	}
	s.stream.Count++
	s.stream.LargestEvent = max(s.stream.LargestEvent, e.Size)
}

// End closes the stream at the offset after and returns its record. What was not dispatched by then never is.
func (s *Scanner) End(after record.Millis) *record.EventStream {
	s.silence(after)
	for i := max(record.MaxEvents, s.stream.Count-len(s.tail)); i < s.stream.Count; i++ {
		s.stream.Tail = append(s.stream.Tail, s.tail[i%len(s.tail)])
	}
	s.stream.Undispatched = cut(s.undispatched(), record.MaxEventData)
	s.stream.LargestEvent = max(s.stream.LargestEvent, s.dataSize)
	return &s.stream
}

// undispatched is the data of the unfinished event, with its last line although no line end followed.
func (s *Scanner) undispatched() string {
	last := s.line
	if !s.begun {
		last = bytes.TrimPrefix(last, byteOrderMark)
	}
	if !bytes.HasPrefix(last, []byte("data:")) {
		parts := []string{string(s.data)}
		if len(last) > 0 && last[0] != ':' {
			parts = append(parts, string(last))
		}
		return strings.TrimPrefix(strings.Join(parts, "\n"), "\n")
	}
	s.field(last, s.lineSize)
	return string(s.data)
}
