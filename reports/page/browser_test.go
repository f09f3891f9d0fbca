package page_test

import (
	"bytes"
	"context"
	"flag"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "where screenshots of the page are written, to look at them; empty is nowhere")

// findChromium is the path of a browser. Without one the test fails in CI, which installs it, and is skipped elsewhere.
func findChromium(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds: run without -short")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no chromium, chromium-browser or google-chrome in PATH (Debian: apt-get install chromium)"
	if os.Getenv("CI") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// open opens a page in a headless browser and fails if it complains or asks the network for anything.
func open(t *testing.T, text string) context.Context {
	t.Helper()
	file := filepath.Join(t.TempDir(), "index.html")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "chromium") // it is still written to when the test ends
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	flags := []chromedp.ExecAllocatorOption{chromedp.ExecPath(findChromium(t)), chromedp.UserDataDir(profile),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.WindowSize(1280, 1000)}
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update",
		"disable-sync", "disable-dev-shm-usage"} {
		flags = append(flags, chromedp.Flag(name, true))
	}
	limited, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(stop)
	allocated, end := chromedp.NewExecAllocator(limited, flags...)
	t.Cleanup(end)
	ctx, end := chromedp.NewContext(allocated)
	t.Cleanup(end)
	complain := func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			t.Errorf("console: %s %v", e.Type, e.Args)
		case *runtime.EventExceptionThrown:
			t.Errorf("exception: %v", e.ExceptionDetails)
		case *log.EventEntryAdded:
			t.Errorf("log: %s %s", e.Entry.Level, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "file://") {
				t.Errorf("it asks for %s", e.Request.URL)
			}
		}
	}
	if err := chromedp.Listen(ctx, complain); err != nil {
		t.Fatal(err)
	}
	call(ctx, t, log.Enable, cdp.Empty{})
	call(ctx, t, network.Enable, network.EnableParams{})
	do(ctx, t, chromedp.Navigate("file://"+file))
	return ctx
}

func do(ctx context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// call gives the browser a command.
func call[P any](ctx context.Context, t *testing.T, command cdp.Command[P, cdp.Empty], params P) {
	t.Helper()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		t.Fatal(err)
	}
}

// ask is the value of an expression in the page.
func ask[T any](ctx context.Context, t *testing.T, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

const openAll = `document.querySelectorAll("details.scenario").forEach(d => d.open = true); true`

// shoot takes a picture of the whole page and says how many colours are in it.
func shoot(ctx context.Context, t *testing.T, name string) int {
	t.Helper()
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if *shots != "" {
		if err = os.WriteFile(filepath.Join(*shots, name+".png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, _, err := image.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[any]bool{}
	for y := 0; y < m.Bounds().Dy(); y += 3 {
		for x := 0; x < m.Bounds().Dx(); x += 3 {
			seen[m.At(x, y)] = true
		}
	}
	return len(seen)
}

func TestBrowser_TablesSort(t *testing.T) {
	ctx := open(t, statistical(t))
	const column = `[...document.querySelectorAll("table.main tbody tr")].map(r => r.cells[%].textContent.trim())`
	cells := func(i string) []string { return ask[[]string](ctx, t, strings.ReplaceAll(column, "%", i)) }
	click := func(i string) { // 1 is the first
		do(ctx, t, chromedp.Click(chromedp.CSS("table.main thead th:nth-child("+i+") button")))
	}
	click("1")
	if got := strings.Join(cells("0"), " "); got != "five-by-two indexed-retry retry-loop" {
		t.Errorf("by name: got %s", got)
	}
	click("1")
	if got := strings.Join(cells("0"), " "); got != "retry-loop indexed-retry five-by-two" {
		t.Errorf("by name, from the end: got %s", got)
	}
	click("6")
	up := cells("5")
	click("6")
	down := cells("5")
	if up[0] != down[2] || up[2] != down[0] || up[0] >= up[2] {
		t.Errorf("by ratio: got %v, then %v", up, down)
	}
	if got := ask[string](ctx, t, `document.querySelector("table.main thead th:nth-child(6)").ariaSort`); got != "descending" {
		t.Errorf("aria-sort: got %q", got)
	}
}

// Every picture is to be seen, wide and on a phone, in light and dark; and on a phone nothing sticks out.
func TestBrowser_EveryPictureIsVisible(t *testing.T) {
	for name, text := range map[string]string{"exact": exact(t), "statistical": statistical(t)} {
		ctx := open(t, text)
		want := strings.Count(text, "<svg")
		ask[bool](ctx, t, openAll)
		for _, screen := range []struct {
			name  string
			width int64
			dark  string
		}{{"wide", 1280, "light"}, {"phone", 360, "light"}, {"phone-dark", 360, "dark"}} {
			call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: screen.width,
				Height: 800, DeviceScaleFactor: 1, Mobile: screen.width < 500})
			call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: screen.dark}}})
			visible := ask[int](ctx, t, `[...document.querySelectorAll("svg")].filter(s => { const b = s.getBoundingClientRect();
				return s.checkVisibility() && b.width > 280 && b.height > 100 && b.left >= 0 && b.right <= innerWidth &&
				s.querySelectorAll("path").length > 5 && s.querySelectorAll("text").length > 3; }).length`)
			if visible != want {
				t.Errorf("%s, %s: want %d pictures visible, got %d", name, screen.name, want, visible)
			}
			if got := ask[int64](ctx, t, `document.documentElement.scrollWidth`); got > screen.width {
				t.Errorf("%s, %s: the page is %d wide", name, screen.name, got)
			}
			if got := ask[float64](ctx, t, `Math.min(...[...document.querySelectorAll("svg text")].map(
				t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getScreenCTM().a))`); got < 7 {
				t.Errorf("%s, %s: the smallest letters are %.1f pixels high", name, screen.name, got)
			}
			light := ask[int](ctx, t, `parseInt(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0])`)
			if (light > 128) != (screen.dark == "light") {
				t.Errorf("%s, %s: the background is %d light", name, screen.name, light)
			}
			if n := shoot(ctx, t, name+"-"+screen.name); n < 100 {
				t.Errorf("%s, %s: %d colours", name, screen.name, n)
			}
		}
	}
}

// Without JavaScript there is nothing to sort, and all to read.
func TestBrowser_WithoutJavaScript(t *testing.T) {
	ctx := open(t, "<!DOCTYPE html><title>empty</title>")
	file := filepath.Join(t.TempDir(), "plain.html")
	if err := os.WriteFile(file, []byte(exact(t)), 0o644); err != nil {
		t.Fatal(err)
	}
	call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	do(ctx, t, chromedp.Navigate("file://"+file))
	text, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"odd-pods-fail", "First difference"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q to read in\n%s", want, text)
		}
	}
	if n := shoot(ctx, t, "plain"); n < 50 {
		t.Errorf("%d colours", n)
	}
}

// A link in the table opens what it leads to, and everything that can be used has a name.
func TestBrowser_LinksAndNames(t *testing.T) {
	ctx := open(t, exact(t))
	do(ctx, t, chromedp.Click(chromedp.CSS(`table.main a[href="#s1"]`)))
	do(ctx, t, chromedp.WaitVisible(chromedp.CSS("#s1[open] svg")))
	for what, expression := range map[string]string{
		"pictures without a description": `document.querySelectorAll("svg:not([role=img][aria-label])").length`,
		"tables without column headers":  `[...document.querySelectorAll("table")].filter(t => !t.querySelector("th[scope=col]")).length`,
		"buttons without a name":         `[...document.querySelectorAll("button")].filter(b => !b.textContent.trim()).length`,
		"ids that are not unique":        `(ids => ids.length - new Set(ids).size)([...document.querySelectorAll("[id]")].map(e => e.id))`,
		"links that lead nowhere":        `[...document.querySelectorAll("a[href^='#']")].filter(a => !document.querySelector(a.hash)).length`,
		"headings that skip a level": `[...document.querySelectorAll("h1,h2,h3")].map(h => +h.tagName[1]).filter((l, i, all) =>
			i && l > all[i - 1] + 1).length`,
	} {
		if n := ask[int](ctx, t, expression); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}
