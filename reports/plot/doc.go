// Package plot draws what reports found: status over time, pods as a Gantt chart, distribution functions, quantiles
// against quantiles, back-off ladders, makespan ratios, heat maps and Pareto fronts, as SVG and PNG.
//
// Read figure.go for what all pictures have in common and style.go for how they look; then one file a picture.
//
// A picture is legible in print and without colour vision: worlds differ in colour (Okabe and Ito), in line style and
// in marker, outcomes in colour and in hatching. It names its units and how many values are behind it, and it holds
// these as a table, which is what tests look at and what a reader who cannot see gets.
//
// It makes no statistics of its own (reports/stats does) and reads no trace (reports does).
package plot
