package record

import (
	"fmt"
	"strings"
)

// Curl renders the request as a command line that sends the same bytes to base, such as http://127.0.0.1:8080.
// Bodies past MaxBody and raw requests cannot be typed; the comment says so.
func (e *Exchange) Curl(base string) string {
	r := e.Request
	if len(r.Raw) > 0 {
		return "# not expressible with curl: raw bytes were sent, see the record"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "curl -sS -i --http1.1 -X %s", r.Method)
	if r.Host != "" {
		fmt.Fprintf(&b, " -H %s", shellQuote("host: "+r.Host))
	}
	names := map[string]bool{}
	for _, f := range r.Header {
		names[strings.ToLower(f.Name)] = true
		if strings.EqualFold(f.Name, "content-length") {
			continue
		}
		fmt.Fprintf(&b, " -H %s", shellQuote(f.Name+": "+f.Value))
	}
	for _, own := range []string{"user-agent", "accept"} {
		if !names[own] {
			fmt.Fprintf(&b, " -H %s", shellQuote(own+":"))
		}
	}
	if r.BodySize > 0 {
		if int64(len(r.Body)) < r.BodySize {
			fmt.Fprintf(&b, " --data-binary @body # %d bytes, too long to show", r.BodySize)
			return b.String() + " " + shellQuote(base+r.Path)
		}
		if !names["content-type"] {
			b.WriteString(" -H 'content-type:'")
		}
		fmt.Fprintf(&b, " --data-binary %s", shellQuote(r.Body))
	}
	return b.String() + " " + shellQuote(base+r.Path)
}

func shellQuote(s string) string {
	for _, c := range s {
		if c < 0x20 || c == 0x7f {
			return "$'" + ansiC(s) + "'"
		}
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func ansiC(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
