// Package page writes a comparison as one HTML file: the verdict, how close the worlds are, a table of the scenarios,
// and for each what differs and what it looked like.
//
// Read page.go for what is shown and page.html for how; picture.go puts a plot into a page.
//
// The page is self-contained and asks the network for nothing, which its Content-Security-Policy enforces. It is
// readable without JavaScript, which only sorts tables and opens what a link leads to; on a phone; in the dark; by
// keyboard and screen reader. It is smaller than MaxBytes: scenarios with the worst verdicts get their pictures first.
package page
