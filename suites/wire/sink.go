package wire

import (
	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// sink takes a body as it arrives: keeps the beginning, measures and checks the whole.
type sink struct {
	kept []byte
	size int64
	utf8 utf8Check
	json jsonCheck
	// scan is set for event streams; data holds the events' full data, dataSize their sum.
	scan     *Scanner
	data     []string
	dataSize int
	// room is how much of the body is kept, limit how much of that the record shows.
	room   int
	limit  int
	leave  Leave
	reader *reader
	first  record.Millis
}

func newSink(k *call, h *head) *sink {
	from := k.reader
	s := &sink{room: maxAnswer, limit: k.r.keep(), leave: k.r.Leave, reader: from}
	if k.ping {
		s.room = s.limit
	}
	if h.streams {
		s.scan = &Scanner{Data: s.keepData}
		s.scan.Arrived(from.buf.Buffered(), from.last)
		from.arrived = s.scan.Arrived
	}
	return s
}

func (s *sink) keepData(data string) {
	if s.dataSize+len(data) <= s.room {
		s.dataSize += len(data)
		s.data = append(s.data, data)
	}
}

func (s *sink) write(p []byte) error {
	if s.size == 0 {
		s.first = s.reader.last
	}
	s.size += int64(len(p))
	if room := s.room - len(s.kept); room > 0 {
		s.kept = append(s.kept, p[:min(room, len(p))]...)
	}
	s.utf8.write(p)
	if s.scan == nil {
		s.json.write(p)
	} else if s.scan.Feed(p, s.reader.last); s.leave == LeaveAfterFirstEvent && s.scan.Count() > 0 {
		return errLeft
	}
	if s.size > maxEndless {
		return errEndless
	}
	return nil
}

// finish completes the record; took is when the body ended or broke.
func (s *sink) finish(x *record.Exchange, took record.Millis) {
	s.reader.arrived = nil
	x.FirstByteAfter = s.first
	x.Response.Body = cut(s.kept, s.limit)
	x.Response.BodySize = s.size
	x.Response.ValidUTF8 = s.utf8.valid()
	x.Response.ValidJSON = s.scan == nil && s.json.valid()
	if s.scan != nil {
		x.Events = s.scan.End(took)
	}
}

func (s *sink) answer(contentType string) Answer {
	return Answer{Body: s.kept, Text: Reassemble(contentType, s.kept, s.data)}
}
