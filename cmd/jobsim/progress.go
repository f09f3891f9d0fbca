package main

import (
	"io"
	"os"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// progress is a bar with the time left, where somebody looks: on a terminal. Elsewhere, and as nil, it says nothing.
type progress struct {
	container *mpb.Progress
	bar       *mpb.Bar
}

// newProgress begins a bar. open says that total is only how many runs there are at most: then they are counted.
func newProgress(w io.Writer, name string, total int, open bool) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	p := &progress{container: mpb.New(mpb.WithOutput(f), mpb.WithWidth(40))}
	before := mpb.PrependDecorators(decor.Name(name+" "), decor.CurrentNoUnit("%d done "))
	if open {
		p.bar = p.container.New(0, mpb.SpinnerStyle(), mpb.BarRemoveOnComplete(), before,
			mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_GO)))
		return p
	}
	p.bar = p.container.New(int64(total), mpb.BarStyle(), mpb.BarRemoveOnComplete(), before,
		mpb.AppendDecorators(decor.Percentage(), decor.Name(" left "), decor.AverageETA(decor.ET_STYLE_GO)))
	return p
}

// at says how many runs are done, of many.
func (p *progress) at(n int) {
	if n%16 == 0 {
		p.set(n)
	}
}

// set says how much is done.
func (p *progress) set(n int) {
	if p != nil {
		p.bar.SetCurrent(int64(n))
	}
}

// end takes the bar away.
func (p *progress) end() {
	if p != nil {
		p.bar.Abort(true)
		p.container.Wait()
	}
}
