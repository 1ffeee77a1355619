package reports

import (
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/agentcore-conform/agentcore-conform/checks/record"
)

const (
	// mostEntries and maxHARBodies bound the archive: browsers hold all of it in memory.
	mostEntries  = 2000
	maxHARBodies = 16 << 20
)

// WriteHAR writes HAR 1.2, which browsers and proxies open: the exchanges behind findings first, each with a comment that
// names clause and outcome, then the others of the records, a page for each kind of record. Series of health checks, of which
// the records keep no request, are left out; so are exchanges past 2000, and bodies past 16 MiB in all.
func WriteHAR(w io.Writer, run *Run) error {
	all := exchangesOf(run)
	h := &harWriter{began: containerStart(run), room: maxHARBodies, pages: []harPage{}, entries: []harEntry{}}
	comment := "Times count from the start of the main container, whichever container was asked."
	if len(all) > mostEntries {
		comment += fmt.Sprintf(" %d more exchanges are in the JSON report.", len(all)-mostEntries)
		all = all[:mostEntries]
	}
	for _, x := range all {
		h.add(x)
	}
	version := CleanLine(run.Tool.Version)
	log := harLog{Version: "1.2", Creator: harCreator{Name: "agentcore-conform", Version: version}, Pages: h.pages, Entries: h.entries, Comment: comment}
	if err := writeJSON(w, struct {
		Log harLog `json:"log"`
	}{log}); err != nil {
		return fmt.Errorf("write the HAR report: %w", err)
	}
	return nil
}

type harWriter struct {
	began   time.Time
	room    int
	pages   []harPage
	entries []harEntry
}

// containerStart is when the main container started, else when the run did.
func containerStart(run *Run) time.Time {
	if run.Records != nil {
		for _, s := range run.Records.Starts {
			if seconds := s.Epoch; s.Name == "main" && seconds > 0 && seconds < 1e11 {
				return time.UnixMilli(int64(seconds * 1000)).UTC()
			}
		}
	}
	if t, err := time.Parse(time.RFC3339, run.Started); err == nil {
		return t.UTC()
	}
	return time.Unix(0, 0).UTC()
}

func (h *harWriter) add(x shownExchange) {
	e := harEntry{
		Pageref: h.page(x.kind), Started: harTime(h.began, x.At), Time: harMillis(x.Took), Request: h.request(x.Exchange), Response: h.response(x.Exchange),
		Timings: harTimingsOf(x.Exchange), Comment: harComment(x),
	}
	h.entries = append(h.entries, e)
}

// page is the page of a kind of record, made when it is first needed.
func (h *harWriter) page(kind string) string {
	if kind == "" {
		return ""
	}
	for _, p := range h.pages {
		if p.ID == kind {
			return kind
		}
	}
	h.pages = append(h.pages, harPage{ID: kind, Title: kind, Started: harTime(h.began, 0)})
	return kind
}

// harComment names the exchange and the findings that rest on it.
func harComment(x shownExchange) string {
	parts := []string{x.ID}
	for _, f := range x.findings {
		parts = append(parts, fmt.Sprintf("%s %s: %s", f.ID, outcomeOf(f), summaryOf(f)))
	}
	if x.Outcome != record.Answered {
		parts = append(parts, string(x.Outcome), x.Error)
	}
	return clip(CleanLine(dotted(parts...)), maxDescription)
}

func (h *harWriter) request(x *record.Exchange) harRequest {
	r := x.Request
	out := harRequest{
		Method: CleanLine(r.Method), URL: harURL(r.Path), HTTPVersion: "HTTP/1.1", Cookies: []struct{}{}, Query: harQuery(r.Path),
		Headers: harFields(append([]record.Field{{Name: "host", Value: r.Host}}, r.Header...)), HeadersSize: -1, BodySize: r.BodySize,
	}
	switch {
	case len(r.Raw) > 0:
		out.Comment = "raw bytes were sent: " + base64.StdEncoding.EncodeToString(r.Raw[:min(len(r.Raw), 3<<10)])
	case r.Body != "":
		text, cut := h.text(r.Body)
		out.PostData = &harPostData{MimeType: harType(record.FieldValue(r.Header, "content-type")), Text: text, Comment: cut}
	}
	return out
}

// response of an exchange without an answer has the status 0, as browsers write it.
func (h *harWriter) response(x *record.Exchange) harResponse {
	out := harResponse{Cookies: []struct{}{}, Headers: []harField{}, Content: harContent{MimeType: harType("")}, HeadersSize: -1, BodySize: -1}
	r := x.Response
	if r == nil {
		return out
	}
	out.Status, out.StatusText, out.HTTPVersion = r.Status, http.StatusText(r.Status), CleanLine(r.Proto)
	out.Headers, out.BodySize, out.RedirectURL = harFields(r.Header), r.BodySize, harText(x.HeaderValue("location"))
	out.Content.Size, out.Content.MimeType = r.BodySize, harType(x.HeaderValue("content-type"))
	if utf8.ValidString(r.Body) {
		out.Content.Text, out.Content.Comment = h.text(r.Body)
	} else if text, cut := h.text(base64.StdEncoding.EncodeToString([]byte(r.Body))); cut == "" {
		out.Content.Text, out.Content.Encoding = text, "base64"
	}
	if out.Content.Comment == "" && int64(len(r.Body)) < r.BodySize {
		out.Content.Comment = "only the beginning was kept"
	}
	return out
}

// text takes room for a body, or says that there is none.
func (h *harWriter) text(body string) (text, cut string) {
	if len(body) > h.room {
		return "", "left out: the archive would grow too large"
	}
	h.room -= len(body)
	return harText(body), ""
}

// harText is text as it is; only what JSON cannot hold is spelt out.
func harText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return Clean(s)
}

func harFields(fields []record.Field) []harField {
	out := make([]harField, 0, len(fields))
	for _, f := range fields {
		if f.Name != "" && (f.Value != "" || f.Name != "host") {
			out = append(out, harField{harText(f.Name), harText(f.Value)})
		}
	}
	return out
}

// harURL is the address that a reader would try it at. The path stays as it was, but for what no URL may hold.
func harURL(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.WriteString("http://127.0.0.1:8080")
	if !strings.HasPrefix(path, "/") {
		b.WriteByte('/')
	}
	for i := 0; i < len(path) && i < record.MaxHeaderValue; i++ {
		switch c := path[i]; {
		case c == '%' && !escapes(path[i:]), !isWord(rune(c)) && !strings.ContainsRune("%/?&=+-._~:@!$'()*,;", rune(c)):
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapes reports that s begins with a percent escape.
func escapes(s string) bool {
	_, err := url.PathUnescape(s[:min(3, len(s))])
	return len(s) >= 3 && err == nil
}

func harQuery(path string) []harField {
	out := []harField{}
	_, query, _ := strings.Cut(path, "?")
	for _, pair := range strings.Split(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); name != "" {
			out = append(out, harField{harText(name), harText(value)})
		}
	}
	return out
}

// harType is never empty, as browsers write it.
func harType(contentType string) string {
	if contentType == "" {
		return "x-unknown"
	}
	return harText(contentType)
}

func harTime(began time.Time, at record.Millis) string {
	return began.Add(time.Duration(harMillis(at) * float64(time.Millisecond))).Format("2006-01-02T15:04:05.000Z07:00")
}

// harMillis is a time within the 24 days that a file may claim; anything else is a fault of the file.
func harMillis(m record.Millis) float64 {
	if ms := float64(m); ms > 0 && ms < math.MaxInt32 {
		return ms
	}
	return 0
}

// harTimingsOf parts the time at the first byte of the answer.
func harTimingsOf(x *record.Exchange) harTimings {
	took := harMillis(x.Took)
	wait := took
	if first := harMillis(x.HeadersAfter); first > 0 && first < took {
		wait = first
	}
	return harTimings{Wait: wait, Receive: took - wait}
}
