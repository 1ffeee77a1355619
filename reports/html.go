package reports

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/agentcore-conform/agentcore-conform/reports/timeline"
)

//go:embed html
var htmlFiles embed.FS

// htmlTemplates are parsed when the first page is written: most runs of the program write none.
var htmlTemplates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(htmlFiles, "html/*.html"))
})

// WriteHTML writes the report as one page that needs nothing else: no network, no font, and no script to be complete. It
// answers in this order whether to deploy, what is broken and what to do about it, and on what the run was. Everything from
// a container is escaped and bounded; the JSON report has it all.
func WriteHTML(w io.Writer, run *Run) error {
	var b bytes.Buffer
	if err := htmlTemplates().ExecuteTemplate(&b, "page.html", htmlPageOf(run)); err != nil {
		return fmt.Errorf("make the HTML report: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the HTML report: %w", err)
	}
	return nil
}

// htmlStyle and htmlScript are put into the page as they are, so that the policy can name their hashes.
func htmlStyle() template.CSS { return template.CSS(htmlFile("style.css")) }
func htmlScript() template.JS { return template.JS(htmlFile("script.js")) }

func htmlFile(name string) string {
	data, err := htmlFiles.ReadFile("html/" + name)
	if err != nil {
		panic("reports: " + err.Error()) // a file that the build embeds
	}
	return string(data)
}

// htmlPolicy lets the page run its own script, use its own styles, and load nothing at all.
func htmlPolicy() string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + sourceHash(string(htmlScript())),
		"style-src " + sourceHash(string(htmlStyle())) + " " + sourceHash(timeline.FigureStyle()),
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'",
	}, "; ")
}

// sourceHash names an inline script or style as a Content-Security-Policy does.
func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
