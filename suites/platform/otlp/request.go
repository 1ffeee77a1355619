package otlp

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/agentcore-conform/agentcore-conform/suites/platform/stub"
)

// Bounds on one request: as it is sent, and unpacked.
const (
	maxBody     = 16 << 20
	maxUnpacked = 32 << 20
)

// request is one export and what is answered to it.
type request struct {
	signal, encoding string
	compressed, grpc bool
	size             int64
	content          content

	status  int
	problem string
}

var errLarge = errors.New("the export is larger than 16 MiB, or 32 MiB unpacked")

// receive reads an export. What cannot be read is refused for good: an exporter would only send it again.
func receive(r *http.Request) *request {
	in := &request{signal: signalOf(r.URL.Path), status: http.StatusOK}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	in.encoding = encodings[kind]
	in.compressed = r.Header.Get("Content-Encoding") == "gzip"
	in.grpc = kind == "application/grpc" || kind == "application/grpc+proto"
	switch {
	case in.grpc:
		in.refuse(http.StatusOK, "OTLP over gRPC is not taken; set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")
	case in.signal == "":
		in.refuse(http.StatusNotFound, "OTLP over HTTP has the paths /v1/traces, /v1/metrics and /v1/logs")
	case r.Method != http.MethodPost:
		in.refuse(http.StatusMethodNotAllowed, "an export is a POST")
	case in.encoding == "":
		in.refuse(http.StatusUnsupportedMediaType, "the content type is neither application/x-protobuf nor application/json")
	case r.Header.Get("Content-Encoding") != "" && !in.compressed && r.Header.Get("Content-Encoding") != "identity":
		in.refuse(http.StatusUnsupportedMediaType, "the content encoding is neither gzip nor identity")
	default:
		in.read(r)
	}
	return in
}

var encodings = map[string]string{"application/x-protobuf": "protobuf", "application/protobuf": "protobuf", "application/json": "json"}

func (in *request) refuse(status int, problem string) {
	in.status, in.problem = status, stub.Clip(problem, 256)
}

func (in *request) read(r *http.Request) {
	body, err := in.unpack(r.Body)
	if err == nil {
		err = in.content.read(in.signal, in.encoding, body)
	}
	if errors.Is(err, errLarge) {
		in.refuse(http.StatusRequestEntityTooLarge, err.Error())
	} else if err != nil {
		in.refuse(http.StatusBadRequest, err.Error())
	}
	if err != nil {
		in.content = content{}
	}
}

// unpack reads a body as far as the bounds go, and counts what came over the wire.
func (in *request) unpack(body io.Reader) ([]byte, error) {
	wire := &counter{Reader: io.LimitReader(body, maxBody+1)}
	defer func() { in.size = wire.n }()
	from := io.Reader(wire)
	if in.compressed {
		unpacked, err := gzip.NewReader(wire)
		if err != nil {
			return nil, err
		}
		from = io.LimitReader(unpacked, maxUnpacked+1)
	}
	out, err := io.ReadAll(from)
	if wire.n > maxBody || len(out) > maxUnpacked {
		return nil, errLarge
	}
	return out, err
}

type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// reply answers in the encoding of the request: an empty message is full success.
func (in *request) reply(w http.ResponseWriter) {
	if in.grpc {
		// A response of headers alone, as gRPC has it for a method that is not implemented (status 12).
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", "12")
		w.Header().Set("Grpc-Message", "OTLP over gRPC is not taken here")
		w.WriteHeader(http.StatusOK)
		return
	}
	kind, body := "application/x-protobuf", []byte(nil)
	if in.encoding == "json" {
		kind, body = "application/json", []byte("{}")
	}
	if in.problem != "" {
		body = in.statusMessage()
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(in.status)
	_, _ = w.Write(body)
}

// statusMessage is google.rpc.Status, whose field 2 is the message.
func (in *request) statusMessage() []byte {
	if in.encoding == "json" {
		out, _ := json.Marshal(map[string]string{"message": in.problem}) // a map of texts is always encodable
		return out
	}
	return protowire.AppendString(protowire.AppendTag(nil, 2, protowire.BytesType), in.problem)
}
