package aws

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// dialect is the form in which a service talks.
type dialect string

// AWS's dialects.
const (
	restJSON dialect = "rest-json"
	awsJSON  dialect = "json"
	cbor     dialect = "rpc-v2-cbor"
	query    dialect = "query"
	ec2Query dialect = "ec2-query"
	restXML  dialect = "rest-xml"
	s3XML    dialect = "s3"
)

var xmlServices = map[string]dialect{
	"s3": s3XML, "s3express": s3XML, "s3-outposts": s3XML, "s3-object-lambda": s3XML, "cloudfront": restXML, "route53": restXML,
}

func dialectOf(a *ask) dialect {
	switch {
	case a.r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor":
		return cbor
	case a.r.Header.Get("X-Amz-Target") != "" || a.r.Header.Get("Smithy-Protocol") != "":
		return awsJSON
	case a.form.Has("Action") && a.service == "ec2":
		return ec2Query
	case a.form.Has("Action"):
		return query
	}
	if d, known := xmlServices[a.service]; known {
		return d
	}
	return restJSON
}

// answer is what goes back. fault is the service's name for an error, empty for a success.
type answer struct {
	status int
	mime   string
	header map[string]string
	body   []byte
	fault  string
}

// fault is an error as a service names it.
type fault struct {
	status        int
	code, message string
}

// deny tells that the agent's role may not do this, in the words of AWS. It is the one answer that no SDK repeats.
func deny(a *ask) answer {
	action := a.service + ":" + a.operation
	if a.service == "" {
		action = "this request"
	} else if a.operation == "" {
		action = a.service + " (" + a.r.Method + ")"
	}
	f := fault{http.StatusForbidden, "AccessDeniedException", fmt.Sprintf(
		"User: %s is not authorized to perform: %s because the conformance harness stands in for AWS and does not offer it", callerARN, action)}
	return refusal(a, f)
}

// ended refuses credentials that have ended, in the words of AWS. S3 has another status for it than the others.
func ended(a *ask) answer {
	f := fault{http.StatusForbidden, "ExpiredTokenException", "The security token included in the request is expired"}
	if a.dialect == s3XML {
		f.status = http.StatusBadRequest
	}
	return refusal(a, f)
}

// refusal puts an error into the dialect of the request.
func refusal(a *ask, f fault) answer {
	switch a.dialect {
	case awsJSON:
		return jsonRefusal(a, f)
	case cbor:
		return answer{status: http.StatusBadRequest, mime: "application/cbor", header: map[string]string{"Smithy-Protocol": "rpc-v2-cbor"},
			body: cborMap("__type", f.code, "message", f.message), fault: f.code}
	case query:
		return xmlRefusal(f, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>`)
	case restXML:
		return xmlRefusal(f, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>`)
	case ec2Query:
		f.code = strings.ReplaceAll(f.code, "AccessDeniedException", "UnauthorizedOperation")
		return xmlRefusal(f, `<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>%s</RequestID></Response>`)
	case s3XML:
		return xmlRefusal(f, `<Error><Code>%s</Code><Message>%s</Message><RequestId>%s</RequestId></Error>`)
	}
	return answer{status: f.status, mime: "application/json", header: map[string]string{"X-Amzn-Errortype": f.code},
		body: mustJSON(map[string]string{"message": f.message}), fault: f.code}
}

// jsonRefusal answers 400, as these services do for a denial too.
func jsonRefusal(a *ask, f fault) answer {
	mime := "application/x-amz-json-1.1"
	if strings.HasPrefix(a.r.Header.Get("Content-Type"), "application/x-amz-json-1.0") {
		mime = "application/x-amz-json-1.0"
	}
	header := map[string]string{"X-Amzn-Errortype": f.code}
	if a.r.Header.Get("X-Amzn-Query-Mode") != "" {
		header["X-Amzn-Query-Error"] = f.code + ";Sender"
	}
	body := mustJSON(map[string]string{"__type": f.code, "message": f.message})
	return answer{status: http.StatusBadRequest, mime: mime, header: header, body: body, fault: f.code}
}

// xmlRefusal fills in code, message and a request id. The XML services call a denial AccessDenied.
func xmlRefusal(f fault, form string) answer {
	code := strings.TrimSuffix(f.code, "Exception")
	body := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + fmt.Sprintf(form, escape(code), escape(f.message), uuid.NewString())
	return answer{status: f.status, mime: "text/xml", body: []byte(body), fault: code}
}

// cborMap encodes pairs of texts (RFC 8949): a map of definite length with text strings of two-byte lengths.
func cborMap(pairs ...string) []byte {
	out := []byte{0xa0 | byte(len(pairs)/2)}
	for _, text := range pairs {
		text = text[:min(len(text), 1<<15)]
		out = binary.BigEndian.AppendUint16(append(out, 0x79), uint16(len(text)))
		out = append(out, text...)
	}
	return out
}

// mustJSON encodes what is known to be encodable.
func mustJSON(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}
