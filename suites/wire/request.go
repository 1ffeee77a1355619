package wire

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

// DefaultTimeout bounds an exchange for which nothing else was said (INV-15).
const DefaultTimeout = 120 * time.Second

// Request is one request to send. Nothing is added to it but the framing of its body.
type Request struct {
	// ID is the id of the exchange in the records.
	ID     string
	Method string
	Path   string
	// Host is sent as the first field, "host" in lower case; empty leaves it out.
	Host string
	// Header is written verbatim, in order. The framing field (content-length, or transfer-encoding when Chunked) goes
	// after content-type, where the platform has it, unless Header holds one of its own, true or not.
	Header []record.Field
	Body   []byte
	// Raw is written instead of everything else, for requests that are not well-formed HTTP on purpose.
	Raw []byte
	// Session is noted in the record; the header field that carries it is in Header.
	Session string
	// Timeout bounds the exchange from dialing to the end of the answer.
	Timeout time.Duration
	// Leave makes the caller go away early; LeaveAfter is how long LeaveBeforeAnswer waits once all was sent, 0 not at all.
	Leave      Leave
	LeaveAfter time.Duration
	// Chunked sends the body in chunks instead of declaring its length; ChunkSize is their size in bytes, 0 means 16 KiB.
	Chunked   bool
	ChunkSize int
	// Pause is a rest in the middle of the sending of the body.
	Pause time.Duration
	// Hold is called once, when the head of a 2xx answer is there, and nothing is read of the body until it returns.
	Hold func()
	// MaxKeep is how many bytes of each body the record keeps; 0 means record.MaxBody.
	MaxKeep int
}

// Leave says when the caller goes away on purpose. It always closes the socket plainly, as the kernel does for a caller
// that dies: the server sees FIN, or RST when bytes of its answer were not read yet or arrive later. The outcome is
// Abandoned, unless the exchange was over, one way or another, before its time to leave had come.
type Leave int

const (
	// Stay reads the answer to its end.
	Stay Leave = iota
	// LeaveAfterHead closes after the request head, which announces a body that never comes.
	LeaveAfterHead
	// LeaveMidBody closes after half of the body.
	LeaveMidBody
	// LeaveBeforeAnswer sends all, waits LeaveAfter, and closes.
	LeaveBeforeAnswer
	// LeaveAfterFirstEvent closes as soon as the first event of a stream was dispatched.
	LeaveAfterFirstEvent
)

// invokes reports that the request may start work in the container.
func (r *Request) invokes() bool { return r.Method == "POST" || len(r.Raw) > 0 }

// upgrades reports that the request asks for another protocol.
func (r *Request) upgrades() bool {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, "upgrade") {
			return true
		}
	}
	return bytes.Contains(bytes.ToLower(r.Raw), []byte("\nupgrade:"))
}

// headless reports that the answer has no body whatever its head says.
func (r *Request) headless() bool {
	return r.Method == "HEAD" || bytes.HasPrefix(r.Raw, []byte("HEAD "))
}

func (r *Request) keep() int {
	if r.MaxKeep > 0 {
		return r.MaxKeep
	}
	return record.MaxBody
}

// fields returns the header as it is sent: Header with the framing field in its place.
func (r *Request) fields() []record.Field {
	framing, ok := r.framing()
	if !ok {
		return r.Header
	}
	out := make([]record.Field, 0, len(r.Header)+1)
	placed := false
	for _, f := range r.Header {
		out = append(out, f)
		if !placed && strings.EqualFold(f.Name, "content-type") {
			out, placed = append(out, framing), true
		}
	}
	if !placed {
		out = append([]record.Field{framing}, out...)
	}
	return out
}

func (r *Request) framing() (record.Field, bool) {
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, "content-length") || strings.EqualFold(f.Name, "transfer-encoding") {
			return record.Field{}, false
		}
	}
	switch {
	case r.Chunked:
		return record.Field{Name: "transfer-encoding", Value: "chunked"}, true
	case len(r.Body) > 0 || r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH":
		return record.Field{Name: "content-length", Value: strconv.Itoa(len(r.Body))}, true
	}
	return record.Field{}, false
}

// head renders the request line and the header block.
func (r *Request) head() []byte {
	var b bytes.Buffer
	b.WriteString(r.Method + " " + r.Path + " HTTP/1.1\r\n")
	if r.Host != "" {
		b.WriteString("host: " + r.Host + "\r\n")
	}
	for _, f := range r.fields() {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// requestChunk is the size of the chunks of a chunked request where none is asked for, in bytes.
const requestChunk = 16 << 10

// payload renders the body with its framing.
func (r *Request) payload() []byte {
	if !r.Chunked {
		return r.Body
	}
	var b bytes.Buffer
	size := r.ChunkSize
	if size <= 0 {
		size = requestChunk
	}
	for rest := r.Body; len(rest) > 0; {
		n := min(len(rest), size)
		b.WriteString(strconv.FormatInt(int64(n), 16) + "\r\n")
		b.Write(rest[:n])
		b.WriteString("\r\n")
		rest = rest[n:]
	}
	b.WriteString("0\r\n\r\n")
	return b.Bytes()
}

// sent is the request as the record keeps it.
func (r *Request) sent() record.Request {
	if len(r.Raw) > 0 {
		return record.Request{Raw: bytes.Clone(r.Raw[:min(len(r.Raw), record.MaxBody)])}
	}
	return record.Request{
		Method: r.Method, Path: r.Path, Host: r.Host, Header: r.fields(),
		Body: cut(r.Body, r.keep()), BodySize: int64(len(r.Body)),
	}
}
