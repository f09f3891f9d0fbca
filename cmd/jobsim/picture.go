package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

// sweepPicture is P(success) over the one or two factors of a grid: a curve or a heat map.
func sweepPicture(title string, factors []sweep.Factor, rows []sweep.Row, runs int) (*plot.Figure, error) {
	switch len(factors) {
	case 1:
		return sweepCurve(title, factors[0], rows, runs)
	case 2:
		return heatMap(title, factors, rows, runs)
	}
	return nil, usagef("--plot with %d --set (allowed: 1 or 2)", len(factors))
}

func sweepCurve(title string, f sweep.Factor, rows []sweep.Row, runs int) (*plot.Figure, error) {
	c := &plot.Curve{X: tune.FieldName(f.Field), Y: "P(success)", Names: f.Values, Runs: runs}
	for i := range rows {
		s, err := rows[i].Tally.Success(rows[i].Level)
		if err != nil {
			return nil, err
		}
		c.Points = append(c.Points, plot.CurvePoint{At: slices.Index(f.Values, rows[i].Point[0].Value), Y: s.Center,
			Lo: s.Lo, Hi: s.Hi})
	}
	return plot.Steps(fmt.Sprintf("%s: P(success) by %s", title, c.X), c), nil
}

func heatMap(title string, factors []sweep.Factor, rows []sweep.Row, runs int) (*plot.Figure, error) {
	g := &plot.Grid{X: tune.FieldName(factors[0].Field), Y: tune.FieldName(factors[1].Field), Z: "P(success)",
		Columns: factors[0].Values, Rows: factors[1].Values, Runs: runs}
	for range g.Rows {
		line := make([]float64, len(g.Columns))
		for k := range line {
			line[k] = math.NaN()
		}
		g.Values = append(g.Values, line)
	}
	for _, r := range rows {
		row, column := slices.Index(g.Rows, r.Point[1].Value), slices.Index(g.Columns, r.Point[0].Value)
		g.Values[row][column] = float64(r.Tally.Complete) / float64(r.Tally.Runs)
	}
	return plot.HeatMap(title, g)
}

var leastSuccess = regexp.MustCompile(`^\s*success\s*>=?\s*([\d.]+)\s*$`)

// tunePicture is P(success) by the values of the only field that was chosen, or what was tried.
func tunePicture(title, minimise string, goals []string, factors []sweep.Factor, got *tune.Answer) *plot.Figure {
	if len(factors) > 1 {
		return paretoPicture(minimise, got)
	}
	c := &plot.Curve{X: tune.FieldName(factors[0].Field), Y: "P(success)", Names: factors[0].Values}
	for _, text := range goals {
		if m := leastSuccess.FindStringSubmatch(text); m != nil {
			c.Goal, _ = strconv.ParseFloat(m[1], 64) // 0 where it is no number: no line
		}
	}
	for i := range got.Tried {
		c.Points = append(c.Points, curvePoint(&got.Tried[i], factors[0].Values))
	}
	asIs, choice := curvePoint(&got.AsIs, factors[0].Values), curvePoint(&got.Choice, factors[0].Values)
	asIs.Name, choice.Name = "as it is", "choice"
	if asIs.At >= 0 && asIs.At != choice.At {
		c.Marks = append(c.Marks, asIs)
	}
	c.Marks = append(c.Marks, choice)
	return plot.Steps(fmt.Sprintf("%s: P(success) by %s", title, c.X), c)
}

// curvePoint is an option of one field by the place of its value.
func curvePoint(o *tune.Option, values []string) plot.CurvePoint {
	p := plot.CurvePoint{At: -1, Exact: o.Exact != nil}
	if len(o.Point) > 0 {
		p.At = slices.Index(values, o.Point[0].Value)
	}
	if s, err := o.Metric("success"); err == nil {
		p.Y, p.Lo, p.Hi = s.Center, s.Lo, s.Hi
	}
	return p
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
