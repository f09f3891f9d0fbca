package plot_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/reports/plot"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files")
	out    = flag.String("out", "", "where the pictures are written, to look at them; empty is nowhere")
)

// play are n runs of a library scenario under a profile.
func play(t *testing.T, name, world, profile string, n int, change func(*scenarios.Scenario) error) []*trace.Trace {
	t.Helper()
	sc, err := scenarios.Named(name)
	if err == nil {
		err = sc.SetProfile(profile)
	}
	if err == nil && change != nil {
		err = change(sc)
	}
	if err != nil {
		t.Fatal(err)
	}
	cfg := sc.Config()
	cfg.Seed = 1
	var traces []*trace.Trace
	for i := range n {
		cfg.Replication = uint64(i)
		tr, _, err := sim.Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		tr.Header.World = world
		traces = append(traces, tr)
	}
	return traces
}

func world(t *testing.T, traces []*trace.Trace) plot.World {
	t.Helper()
	w := plot.World{Name: traces[0].Header.World}
	for _, tr := range traces {
		run, err := reports.Read(tr)
		if err != nil {
			t.Fatal(err)
		}
		w.Runs = append(w.Runs, run)
	}
	return w
}

// noisy gives pods a random duration, 20 % of them to fail.
func noisy(sc *scenarios.Scenario) error {
	d, err := rng.Parse("lognormal:20s,0.5")
	if err != nil {
		return err
	}
	return sc.SetFates(d, 0.2)
}

// figures are one of each kind, and the odd ones, by the name of their golden file.
func figures(t *testing.T) map[string]*plot.Figure {
	simNone := world(t, play(t, "odd-pods-fail", "sim", "none", 1, nil))
	oracle := world(t, play(t, "odd-pods-fail", "oracle", "none", 1, nil))
	ladderA := world(t, play(t, "retry-loop", "sim", "none", 1, nil))
	ladderB := world(t, play(t, "retry-loop", "kind", "default", 10, nil))
	simRuns := play(t, "five-by-two", "sim", "none", 20, noisy)
	kindRuns := play(t, "five-by-two", "kind", "default", 20, noisy)
	many, other := world(t, simRuns), world(t, kindRuns)
	a, b := reports.SamplesOf(many.Runs), reports.SamplesOf(other.Runs)
	report, err := reports.Compare(append(simRuns, play(t, "retry-loop", "sim", "none", 20, nil)...),
		append(kindRuns, play(t, "retry-loop", "kind", "default", 20, nil)...), reports.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ecdf, err := plot.ECDF("Makespans agree", "makespan", plot.Sample{Name: "sim", Values: a.Makespans},
		plot.Sample{Name: "kind", Values: b.Makespans})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	heat, err := plot.HeatMap("P(success) by failure rate and backoffLimit", &plot.Grid{X: "failure rate",
		Y: "backoffLimit", Z: "P(success)", Columns: []string{"0.01", "0.02", "0.05", "0.1"}, Rows: []string{"0", "3", "6", "12"},
		Values: [][]float64{{0.366, 0.133, 0.006, 0}, {0.982, 0.859, 0.258, 0.008}, {1, 0.996, 0.766, 0.117}, {1, 1, nan, 0.802}},
		Runs:   1000})
	if err != nil {
		t.Fatal(err)
	}
	cost, wait := plot.Objective{Name: "cost (pod-hours)"}, plot.Objective{Name: "makespan, 95 % quantile (min)"}
	return map[string]*plot.Figure{
		"status":       plot.Status("odd-pods-fail: every second pod fails", simNone, oracle),
		"status-many":  plot.Status("five-by-two, with random durations", many, other),
		"gantt":        plot.Gantt("odd-pods-fail in sim", simNone.Runs[0]),
		"gantt-index":  plot.Gantt("indexed-retry in sim", world(t, play(t, "indexed-retry", "sim", "default", 1, nil)).Runs[0]),
		"gantt-killed": plot.Gantt("failure-kills-the-rest", world(t, play(t, "failure-kills-the-rest", "sim", "default", 1, nil)).Runs[0]),
		"ecdf":         ecdf,
		"qq": plot.QQ("Makespans agree", "makespan", plot.Sample{Name: "sim", Values: a.Makespans},
			plot.Sample{Name: "kind", Values: b.Makespans}),
		"ladder":  plot.Ladder("retry-loop: each failure doubles the wait", ladderA, ladderB),
		"ratios":  plot.Ratios(report),
		"heatmap": heat,
		"curve": plot.Steps("P(success) by backoffLimit", &plot.Curve{X: "backoffLimit", Y: "P(success)", Goal: 0.99,
			Names: []string{"5", "6", "7", "8", "10", "11", "12"}, Marks: []plot.CurvePoint{{At: 1, Y: 0.72, Name: "as it is"},
				{At: 5, Y: 0.9903, Name: "choice"}}, Points: []plot.CurvePoint{{At: 0, Y: 0.571, Lo: 0.571, Hi: 0.571, Exact: true},
				{At: 1, Y: 0.72, Lo: 0.72, Hi: 0.72, Exact: true}, {At: 2, Y: 0.84, Lo: 0.81, Hi: 0.87}, {At: -1, Y: 0.5},
				{At: 5, Y: 0.9903, Lo: 0.9903, Hi: 0.9903, Exact: true}, {At: 6, Y: 1, Lo: 0.98, Hi: 1}}}),
		"pareto": plot.Pareto("Cheap or fast", cost, wait, 1000, []plot.Point{{Label: "p=5", X: 3, Y: 60, YLo: 57, YHi: 63},
			{Label: "p=10", X: 3.2, Y: 34, YLo: 32, YHi: 35}, {Label: "p=20", X: 4, Y: 21, YLo: 19, YHi: 22},
			{Label: "p=20, limit 3", X: 4.4, Y: 26}, {Label: "p=50", X: 7, Y: 15, YLo: 14, YHi: 16}, {Label: "p=40", X: 7.5, Y: 18}}),
	}
}

// What is behind each picture is right, and there is something to see in it, as SVG and as PNG.
func TestFigures(t *testing.T) {
	for name, f := range figures(t) {
		var data, vector, pixels bytes.Buffer
		if err := errors.Join(f.CSV(&data), f.SVG(&vector), f.PNG(&pixels)); err != nil {
			t.Fatal(name, err)
		}
		golden(t, name+".csv", data.String())
		if *out != "" {
			write(t, filepath.Join(*out, name+".svg"), vector.Bytes())
			write(t, filepath.Join(*out, name+".png"), pixels.Bytes())
		}
		if err := wellFormed(vector.Bytes()); err != nil || vector.Len() > 200_000 {
			t.Errorf("%s: %d bytes of SVG: %v", name, vector.Len(), err)
		}
		for _, want := range append(strings.Fields(f.Title), "sans-serif", "<path") {
			if !strings.Contains(vector.String(), want) {
				t.Errorf("%s: no %q in the SVG", name, want)
			}
		}
		picture, err := png.Decode(&pixels)
		if err != nil {
			t.Fatal(name, err)
		}
		if n := colours(picture); n < 20 {
			t.Errorf("%s: want a picture, got %d colours", name, n)
		}
		if f.Alt() == "" || !strings.Contains(f.Alt(), "n = ") {
			t.Errorf("%s: want n in the text, got %q", name, f.Alt())
		}
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text, 0o644)); err != nil {
		t.Fatal(err)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		write(t, file, []byte(got))
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s (-want +got; make golden rewrites it):\n-%s\n+%s", file, want, got)
	}
}

func wellFormed(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func colours(m image.Image) int {
	seen := map[any]bool{}
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 2 {
		for x := b.Min.X; x < b.Max.X; x += 2 {
			seen[m.At(x, y)] = true
		}
	}
	return len(seen)
}
