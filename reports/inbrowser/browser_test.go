// Package inbrowser looks at the HTML report as a browser does: Chromium, without a window.
package inbrowser

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/agentcore-conform/agentcore-conform/checks"
	"github.com/agentcore-conform/agentcore-conform/checks/all"
	"github.com/agentcore-conform/agentcore-conform/checks/record"
	"github.com/agentcore-conform/agentcore-conform/fixtures/replays"
	"github.com/agentcore-conform/agentcore-conform/reports"
)

var update = flag.Bool("update", false, "write the picture of the README anew")

// phone and desk are the widths in pixels that a page must fit into.
const phone, desk = 390, 1280

var programs = []string{"chromium-headless-shell", "chromium", "google-chrome", "chrome"}

// browser is the one that all tests share; nil until the first of them starts it.
var browser struct {
	sync.Once
	context.Context
	stop []context.CancelFunc
	err  error
}

func TestMain(m *testing.M) {
	defer func() {
		for _, stop := range browser.stop {
			stop()
		}
	}()
	m.Run()
}

func start() {
	program := ""
	for _, name := range programs {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		browser.err = exec.ErrNotFound
		return
	}
	allocated, release := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program))...)
	ctx, end := chromedp.NewContext(allocated)
	browser.Context, browser.stop, browser.err = ctx, []context.CancelFunc{end, release}, chromedp.Do(ctx)
}

// running is the browser. Where none is installed the test is skipped, but not in CI.
func running(t *testing.T) context.Context {
	t.Helper()
	browser.Do(start)
	switch {
	case browser.err == nil:
		return browser.Context
	case os.Getenv("CI") == "" && errors.Is(browser.err, exec.ErrNotFound):
		t.Skipf("none of %s is installed: install Debian's package chromium, or Chrome, to look at the page", strings.Join(programs, ", "))
	}
	t.Fatalf("start a browser: %v", browser.err)
	return nil
}

// look is how somebody looks at a page.
type look struct {
	width int
	// height is 900 where it is 0.
	height   int
	dark     bool
	noScript bool
	// print is the page as a printer gets it.
	print bool
}

func (l look) String() string {
	name := fmt.Sprint(l.width)
	if l.dark {
		name += " dark"
	}
	if l.noScript {
		name += " without JavaScript"
	}
	if l.print {
		name += " on paper"
	}
	return name
}

// tab is a page in the browser, and what it complained of or asked for.
type tab struct {
	context.Context
	t *testing.T

	mu      sync.Mutex
	noticed []string
}

// open shows a run's report. At the end of the test the page must have asked for nothing and complained of nothing.
func open(t *testing.T, run *reports.Run, l look) *tab {
	t.Helper()
	parent := running(t)
	file := filepath.Join(t.TempDir(), "report.html")
	if err := reports.WriteFile("html", file, run); err != nil {
		t.Fatal(err)
	}
	page, closeTab := chromedp.NewContext(parent)
	b, address := &tab{t: t}, "file://"+file
	if err := chromedp.Listen(page, func(event any) { b.notice(event, address) }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(page, time.Minute)
	b.Context = ctx
	t.Cleanup(func() {
		closeTab()
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, n := range b.noticed {
			t.Errorf("%s: %s", l, n)
		}
	})
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	media := ""
	if l.print {
		media = "print"
	}
	b.do(
		command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(l.width), Height: int64(cmp.Or(l.height, 900)), DeviceScaleFactor: 1, Mobile: l.width == phone}),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}),
		command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.noScript}),
		chromedp.Navigate(address))
	return b
}

// command is a command of the protocol as an action.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (b *tab) notice(event any, address string) {
	text := ""
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if url, _, _ := strings.Cut(e.Request.URL, "#"); url != address && !strings.HasPrefix(url, "data:") {
			text = "a request to " + e.Request.URL
		}
	case *cdplog.EventEntryAdded:
		text = fmt.Sprintf("log: %s %s", e.Entry.Level, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		text = fmt.Sprintf("console: %s", e.Type)
	case *runtime.EventExceptionThrown:
		text = "exception: " + e.ExceptionDetails.Text
	}
	if text != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.noticed = append(b.noticed, text)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.Context, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// press types what a person would: a key whose press the page takes for itself leaves no letter behind.
func (b *tab) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		for _, r := range k {
			events := kb.Encode(r)
			events[0].Text = events[len(events)-2].Text
			b.do(command(input.DispatchKeyEvent, *events[0]), command(input.DispatchKeyEvent, *events[len(events)-1]))
		}
	}
}

// value evaluates an expression in the page, and waits for it where it is a promise.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	out, err := chromedp.Run(b.Context, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// execute runs a script in the page for what it does.
func (b *tab) execute(script string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](script, chromedp.EvalAwaitPromise))
}

// settle waits until the page has done what an event made it do.
func (b *tab) settle() {
	b.t.Helper()
	b.execute(`new Promise((done) => setTimeout(() => requestAnimationFrame(done)))`)
}

// unfold opens everything that can be opened.
func (b *tab) unfold() {
	b.execute(`for (const d of document.querySelectorAll("details")) d.open = true`)
}

// sample is a run of the golden files.
func sample(t *testing.T, name string) *reports.Run {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	run, err := reports.ReadRun(f)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

var samples = []string{"all-pass", "one-of-each", "nothing-ran", "interrupted", "session", "hostile", "never-idle", "killed-while-busy"}

// replayed is what a run on a container recorded, judged by this build.
func replayed(t *testing.T, name string) *reports.Run {
	t.Helper()
	replay, err := replays.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	var findings []checks.Finding
	registry, terms := all.All(), replay.Records.Terms
	for _, c := range checks.Contract().Clauses() {
		if c.AppliesTo(terms.Protocol) {
			findings = append(findings, registry.Rule(checks.Contract(), c.ID, replay.Records)...)
		}
	}
	return reports.Assemble(reports.Input{
		ID: "0222a2ee6019", Tool: reports.Tool{Name: "agentcore-conform", Version: "0.1.0", Contract: checks.Revision}, Scope: reports.Full,
		Findings: findings, Records: replay.Records, Started: time.Date(2026, 11, 22, 15, 30, 0, 0, time.UTC), Duration: 41 * time.Second,
		Environment: &record.Environment{Engine: "docker", Emulated: terms.Emulated, TimeScale: terms.TimeScale, TimeScaleFrom: "measured"},
	})
}
