package inbrowser

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/agentcore-conform/agentcore-conform/reports"
	"github.com/agentcore-conform/agentcore-conform/suites/platform/sdktest"
)

// sticksOut lists what reaches past the edge of the window, the picture left out, which scrolls by itself.
const sticksOut = `(() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")]
    .filter((e) => !e.closest(".picture *") && e.getClientRects().length > 0 && e.getBoundingClientRect().right > width + 1)
    .map((e) => e.outerHTML.slice(0, 120));
  if (document.documentElement.scrollWidth > width) out.push("the page scrolls sideways");
  return out;
})()`

// Whatever was found, the page fits a phone and a desk, folded and unfolded.
func TestFits(t *testing.T) {
	runs := map[string]*reports.Run{"real": replayed(t, "images/langgraph-naive")}
	for _, name := range samples {
		runs[name] = sample(t, name)
	}
	for name, run := range runs {
		looks := []look{{width: phone}}
		if name == "real" || name == "hostile" {
			looks = append(looks, look{width: desk, dark: true})
		}
		for _, l := range looks {
			t.Run(name+" "+l.String(), func(t *testing.T) {
				b := open(t, run, l)
				if got := value[int](b, "document.documentElement.clientWidth"); got != l.width {
					t.Fatalf("the window is %d wide", got)
				}
				out := value[[]string](b, sticksOut)
				b.unfold()
				out = append(out, value[[]string](b, sticksOut)...)
				for _, e := range out[:min(len(out), 5)] {
					t.Errorf("past the edge: %s", e)
				}
			})
		}
	}
}

// shown are the ids of the findings that a person sees.
const shown = `[...document.querySelectorAll(".finding")].filter((e) => e.checkVisibility()).map((e) => e.id)`

// said is what the filters say of themselves.
const said = `document.querySelector("#filters output").textContent`

// tabTo presses Tab until the element that the selector names has the focus.
func tabTo(b *tab, selector string) {
	b.t.Helper()
	for range 40 {
		b.press(kb.Tab)
		if value[bool](b, "document.activeElement.matches(`"+selector+"`)") {
			return
		}
	}
	b.t.Fatalf("Tab does not reach %s", selector)
}

// All filters can be used without a mouse, alone and together.
func TestFiltersByKeyboard(t *testing.T) {
	b := open(t, sample(t, "one-of-each"), look{width: desk})
	expect := func(what, status string, ids ...string) {
		t.Helper()
		if got := value[[]string](b, shown); !slices.Equal(got, ids) {
			t.Errorf("%s: %q is shown, want %q", what, got, ids)
		}
		if got := value[string](b, said); got != status {
			t.Errorf("%s: it says %q of %q, want %q", what, got, value[string](b, `document.querySelector("input[type=search]").value`), status)
		}
	}
	acting := []string{"PING-06", "SSE-02", "OBS-01", "INV-09", "IMG-14", "INV-12"}
	expectSet := func(what, status string, ids ...string) {
		t.Helper()
		got := value[[]string](b, shown)
		slices.Sort(got)
		slices.Sort(ids)
		if !slices.Equal(got, ids) || value[string](b, said) != status {
			t.Errorf("%s: %q is shown, want %q; it says %q", what, got, ids, value[string](b, said))
		}
	}
	expectSet("at first", "12 findings", acting...)
	b.press("/", "s", "t", "a", "m", "p", "e", "d", " ", "i", "d", "l", "e")
	expect("text", "1 of 12 findings", "PING-06")
	b.press(kb.Escape)
	b.settle()
	expectSet("Escape", "12 findings", acting...)

	b.execute(`document.getElementById("findings").focus()`)
	tabTo(b, `input[value="pass"]`)
	b.press(" ")
	expect("outcome", "3 of 12 findings", "IMG-01", "PING-01", "INV-01")
	tabTo(b, `select`)
	b.press("P")
	expect("outcome and area", "1 of 12 findings", "PING-01")
	tabTo(b, `button[type=reset]`)
	b.press(kb.Enter)
	b.settle()
	b.execute(`document.getElementById("findings").focus()`)
	tabTo(b, `input[value="SHOULD"]`)
	b.press(" ")
	expectSet("level", "4 of 12 findings", "PING-06", "IMG-14", "OBS-01", "INV-12")
}

// A finding opens with the keyboard and by its address; what is folded away stays away until then.
func TestFolding(t *testing.T) {
	b := open(t, sample(t, "one-of-each"), look{width: desk})
	isOpen := func(id string) bool { return value[bool](b, `document.getElementById("`+id+`").open`) }
	if !isOpen("PING-06") || isOpen("PING-01") || isOpen("outcome-pass") {
		t.Error("what asks for action is not open, or what does not is")
	}
	b.execute(`location.hash = "#PING-01"`)
	b.settle()
	if !isOpen("PING-01") || !isOpen("outcome-pass") {
		t.Error("an address with a clause does not open it")
	}
	b.execute(`document.querySelector("#PING-06 > summary").focus()`)
	b.press(kb.Enter)
	if isOpen("PING-06") {
		t.Error("Enter does not fold a finding")
	}
	if n := value[int](b, `document.querySelectorAll(".curl button").length`); n != 1 {
		t.Errorf("%d buttons copy one curl line", n)
	}
}

// Without JavaScript there are no filters that would do nothing, and nothing is missing.
func TestWithoutJavaScript(t *testing.T) {
	b := open(t, sample(t, "one-of-each"), look{width: phone, noScript: true})
	if value[bool](b, `document.getElementById("filters").checkVisibility()`) {
		t.Error("filters are shown that cannot work")
	}
	if n := value[int](b, `document.querySelectorAll("button").length`); n != 2 {
		t.Errorf("%d buttons", n)
	}
	b.execute(`document.querySelector("#outcome-pass > summary").focus()`)
	b.press(kb.Enter)
	if got := value[[]string](b, shown); len(got) != 9 || !slices.Contains(got, "PING-01") {
		t.Errorf("with one more group open %q is shown", got)
	}
	if text := value[string](b, `document.body.innerText`); !strings.Contains(text, "remember the time at which the status last changed") {
		t.Error("the fix is not to be seen")
	}
}

// The page is as light or dark as its reader prefers, the picture in it as well.
func TestLightAndDark(t *testing.T) {
	paint := [][2]string{{"body", "backgroundColor"}, {".finding", "backgroundColor"}, {"svg.agentcore-timeline .paper-f", "fill"}, {"body", "color"}}
	for _, dark := range []bool{false, true} {
		b := open(t, sample(t, "session"), look{width: desk, dark: dark})
		for _, p := range paint {
			bright := value[float64](b, brightness(p[0], p[1]))
			if text := p[1] == "color"; dark == text && bright < 0.85 || dark != text && bright > 0.15 {
				t.Errorf("dark is %t, and the brightness of %s of %s is %.2f", dark, p[1], p[0], bright)
			}
		}
	}
}

// On paper there is nothing to press, everything that was unfolded, and ink on white whatever a screen prefers.
func TestOnPaper(t *testing.T) {
	const a4 = 718 // at 96 dots an inch, between margins of 10 mm
	b := open(t, sample(t, "session"), look{width: a4, dark: true, print: true})
	if n := value[int](b, `[...document.querySelectorAll("form, nav, button, .skip")].filter((e) => e.checkVisibility()).length`); n != 0 {
		t.Errorf("%d things to press are printed", n)
	}
	if text := value[string](b, `document.body.innerText`); !strings.Contains(text, "AgentCore") || !value[bool](b, `document.querySelector(".verdict .word").checkVisibility()`) {
		t.Error("the verdict is not printed")
	}
	if bright := value[float64](b, brightness("body", "color")); bright > 0.3 {
		t.Errorf("the ink has a brightness of %.2f", bright)
	}
	if bright := value[float64](b, brightness("body", "backgroundColor")); bright < 1 {
		t.Errorf("the paper has a brightness of %.2f", bright)
	}
	b.unfold()
	if wide := value[int](b, `document.documentElement.scrollWidth`); wide > a4 {
		t.Errorf("%d pixels do not fit on a page of %d", wide, a4)
	}
}

// brightness is an expression from 0 for black to 1 for white.
func brightness(selector, property string) string {
	return `getComputedStyle(document.querySelector("` + selector + `"))["` + property + `"].match(/[\d.]+/g).slice(0, 3).reduce((a, c) => a + +c, 0) / 765`
}

// violations are what axe finds wrong, with the first place of each.
const violations = `axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes[0].html.slice(0, 160)))`

// Everybody can read it: no rule of axe-core is broken, folded and unfolded, light and dark, on a phone and on a desk.
func TestAccessible(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(sdktest.Modules(t, "testdata/axe"), "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	for name, looks := range map[string][]look{
		"one-of-each": {{width: desk}, {width: desk, dark: true}, {width: phone}},
		"session":     {{width: phone, dark: true}, {width: desk}},
		"nothing-ran": {{width: desk}},
		"hostile":     {{width: phone}},
	} {
		for _, l := range looks {
			t.Run(name+" "+l.String(), func(t *testing.T) {
				b := open(t, sample(t, name), l)
				b.execute(string(source))
				found := value[[]string](b, violations)
				b.unfold()
				for _, v := range append(found, value[[]string](b, violations)...) {
					t.Error(v)
				}
			})
		}
	}
}

// near reports two colours that nobody tells apart.
func near(a, b color.RGBA) bool {
	off := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
	return off(a.R, b.R)+off(a.G, b.G)+off(a.B, b.B) < 12
}

// thrifty writes a picture with its most frequent colours, at most 256: the others are shades at the edges of letters.
func thrifty(t *testing.T, data []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	often := map[color.RGBA]int{}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			often[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(often), func(a, b color.RGBA) int {
		return cmp.Or(often[b]-often[a], cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	var few color.Palette
	for _, c := range colours {
		if len(few) < 256 && !slices.ContainsFunc(few, func(o color.Color) bool { return near(o.(color.RGBA), c) }) {
			few = append(few, c)
		}
	}
	small := image.NewPaletted(full.Bounds(), few)
	draw.Draw(small, small.Bounds(), full, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// mostPicture is the most that the README's picture may weigh, in bytes.
const mostPicture = 150_000

// The README shows the top of a real report.
func TestPicture(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "images", "report.png")
	if *update {
		b := open(t, replayed(t, "images/fastapi-walkthrough"), look{width: desk, height: 1040})
		data, err := chromedp.Run(b.Context, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, thrifty(t, data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./reports/inbrowser -run TestPicture -update takes it)", err)
	}
	picture, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || picture.Width != desk || len(data) > mostPicture {
		t.Errorf("%d bytes, %d pixels wide, %v", len(data), picture.Width, err)
	}
}
