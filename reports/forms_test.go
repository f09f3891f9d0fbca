package reports_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports"
)

// mixed is a report with every verdict.
func mixed(t *testing.T) *reports.Report {
	t.Helper()
	a := play(t, "hello", "sim", 20, nil)
	b := play(t, "hello", "kind", 20, nil)
	for _, name := range []string{"odd-pods-fail", "five-by-two"} {
		a = append(a, play(t, name, "sim", 20, profile(t, "none"))...)
		b = append(b, play(t, name, "kind", 20, profile(t, "default"))...)
	}
	a = append(a, runs("sim", 100, 101, 102)...)
	b = append(b, runs("kind", 100.5, 101, 101.5)...)
	last := runs("kind", 50)
	last[0].Header.Scenario = "a|b <x>"
	b = append(b, last...)
	last = runs("sim", 60)
	last[0].Header.Scenario = "a|b <x>"
	return compare(t, append(a, last...), b, reports.Options{})
}

func TestForms_AreAsTheyWere(t *testing.T) {
	r := mixed(t)
	for _, v := range []reports.Verdict{reports.Equal, reports.Equivalent, reports.Inconclusive, reports.Different} {
		if r.Count(v) == 0 {
			t.Errorf("no %s among the scenarios", v)
		}
	}
	golden(t, "report.txt", write(t, func(b *strings.Builder) error { return r.Text(b) }))
	golden(t, "report.md", write(t, func(b *strings.Builder) error { return r.Markdown(b) }))
	golden(t, "report.csv", write(t, func(b *strings.Builder) error { return r.CSV(b) }))
	golden(t, "report.xml", write(t, func(b *strings.Builder) error { return r.JUnit(b) }))
	golden(t, "report.json", write(t, func(b *strings.Builder) error { return r.JSON(b) }))
}

func TestForms_CanBeRead(t *testing.T) {
	r := mixed(t)
	rows, err := csv.NewReader(strings.NewReader(write(t, func(b *strings.Builder) error { return r.CSV(b) }))).ReadAll()
	if err != nil || len(rows) != len(r.Comparisons)+1 {
		t.Errorf("CSV: %d rows: %v", len(rows), err)
	}
	var object struct {
		Verdict   reports.Verdict
		Scenarios []struct{ Verdict reports.Verdict }
	}
	text := write(t, func(b *strings.Builder) error { return r.JSON(b) })
	if err := json.Unmarshal([]byte(text), &object); err != nil || object.Verdict != r.Verdict || len(object.Scenarios) != len(rows)-1 {
		t.Errorf("JSON: %+v: %v", object, err)
	}
	var suite struct {
		Tests, Failures, Skipped int `xml:",attr"`
	}
	text = write(t, func(b *strings.Builder) error { return r.JUnit(b) })
	text = strings.NewReplacer("tests=", "Tests=", "failures=", "Failures=", "skipped=", "Skipped=").Replace(text)
	if err := xml.Unmarshal([]byte(text), &suite); err != nil || suite.Tests != len(r.Comparisons) ||
		suite.Failures != r.Count(reports.Different) || suite.Skipped != r.Count(reports.Inconclusive) {
		t.Errorf("JUnit: %+v: %v", suite, err)
	}
}

func TestFacts_OfAStory(t *testing.T) {
	var b strings.Builder
	for _, name := range []string{"retry-loop", "onfailure-limit", "ttl"} {
		run, err := reports.Read(play(t, name, "sim", 1, nil)[0])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", name)
		for _, f := range run.Facts(name == "ttl") {
			fmt.Fprintf(&b, "%-6s %s = %s\n", f.Kind, f.Key, strings.ReplaceAll(f.Value(), "\n", "\n         "))
		}
	}
	golden(t, "facts.txt", b.String())
}
