package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/reports/answer/sweep"
	"github.com/jobsim/jobsim/reports/answer/tune"
	"github.com/jobsim/jobsim/reports/plot"
)

// pictureFiles are the files that a picture can be written to.
const pictureFiles = ".svg, .png, or .csv for the data behind it"

// checkPicture says whether a file of that name can be a picture; no name is no picture.
func checkPicture(name string) error {
	if name != "" && pictureForms[strings.TrimPrefix(filepath.Ext(name), ".")] == nil {
		return usagef("--plot %q (allowed: %s)", name, pictureFiles)
	}
	return nil
}

// writePicture writes a figure to a file, in the form that its name says.
func writePicture(name string, f *plot.Figure) (err error) {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	return pictureForms[strings.TrimPrefix(filepath.Ext(name), ".")](f, out)
}

// heatMap is P(success) over the one or two factors of a grid.
func heatMap(title string, factors []sweep.Factor, rows []sweep.Row, runs int) (*plot.Figure, error) {
	if len(factors) > 2 {
		return nil, usagef("--plot with %d --set (allowed: 1 or 2)", len(factors))
	}
	g := &plot.Grid{X: tune.FieldName(factors[0].Field), Z: "P(success)", Columns: factors[0].Values, Rows: []string{""},
		Runs: runs}
	if len(factors) == 2 {
		g.Y, g.Rows = tune.FieldName(factors[1].Field), factors[1].Values
	}
	for range g.Rows {
		line := make([]float64, len(g.Columns))
		for k := range line {
			line[k] = math.NaN()
		}
		g.Values = append(g.Values, line)
	}
	for _, r := range rows {
		row := 0
		if len(factors) == 2 {
			row = slices.Index(g.Rows, r.Point[1].Value)
		}
		column := slices.Index(g.Columns, r.Point[0].Value)
		g.Values[row][column] = float64(r.Tally.Complete) / float64(r.Tally.Runs)
	}
	return plot.HeatMap(title, g)
}

// paretoPicture is what tuning tried, by the objective and P(success).
func paretoPicture(minimise string, got *tune.Answer) *plot.Figure {
	var points []plot.Point
	least, most := math.MaxInt, 0
	for i := range got.Tried {
		o := &got.Tried[i]
		s, err := o.Metric("success")
		if err != nil {
			continue
		}
		var values []string
		for _, c := range o.Point {
			values = append(values, c.Value)
		}
		points = append(points, plot.Point{Label: strings.Join(values, ", "), X: o.Objective, Y: s.Center, YLo: s.Lo,
			YHi: s.Hi})
		least, most = min(least, o.Tally.Runs), max(most, o.Tally.Runs)
	}
	var names []string
	for _, c := range got.Choice.Point {
		names = append(names, tune.FieldName(c.Field))
	}
	return plot.Pareto(fmt.Sprintf("%s: what was tried, with %d to %d runs", strings.Join(names, ", "), least, most),
		plot.Objective{Name: minimise}, plot.Objective{Name: "P(success)", More: true}, 0, points)
}
