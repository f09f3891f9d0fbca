package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports/closedform"
	"github.com/parquet-go/parquet-go"
)

// A sweep is the runs of its points: as many rows as combinations, the same numbers in every form, and those of run.
func TestSweep_AllForms(t *testing.T) {
	args := []string{"sweep", "-f", "-", "--set", "spec.backoffLimit=0..3", "--set", "failure-rate=0.05,0.1", "-n", "200",
		"--profile", "none", "-o"}
	code, text, stderr := jobsim(t, job, append(args, "csv")...)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	table, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(table) != 9 || table[0][0] != "spec.backoffLimit" || table[8][0] != "3" || table[8][1] != "0.1" {
		t.Fatalf("%v, %v", table, err)
	}
	success, err := strconv.ParseFloat(table[8][3], 64)
	if err != nil {
		t.Fatal(err)
	}

	_, text, _ = jobsim(t, job, append(args, "json")...)
	var got struct {
		Kind   string
		Points []struct {
			Set     map[string]string
			Runs    int
			Metrics map[string]struct{ Estimate, Low, High *float64 }

			SuccessExact *float64
		}
	}
	if err = json.Unmarshal([]byte(text), &got); err != nil || got.Kind != "Sweep" || len(got.Points) != 8 {
		t.Fatalf("%+v, %v", got, err)
	}
	if m := got.Points[7].Metrics["success"]; *m.Estimate != success || !(*m.Low < success && success < *m.High) {
		t.Errorf("%+v, in CSV %v", m, success)
	}

	_, text, _ = jobsim(t, job, append(args, "parquet")...)
	file, err := parquet.OpenFile(strings.NewReader(text), int64(len(text)))
	if err != nil || file.NumRows() != 8 {
		t.Fatalf("%v, %v", file, err)
	}
	rows := make([]parquet.Row, 8)
	if n, _ := file.RowGroups()[0].Rows().ReadRows(rows); n != 8 {
		t.Fatalf("%d rows", n)
	}
	leaf, ok := file.Schema().Lookup("success")
	if !ok || rows[7][leaf.ColumnIndex].Double() != success {
		t.Errorf("success is %v, in CSV %v", rows[7], success)
	}

	want := closedform.Never(10, 3, 0.1)
	exact, _ := file.Schema().Lookup("success exact")
	if v := *got.Points[7].SuccessExact; v != want || rows[7][exact.ColumnIndex].Double() != want ||
		table[8][len(table[8])-1] != strconv.FormatFloat(want, 'g', -1, 64) {
		t.Errorf("exact: %v, %v and %v, want %v", v, rows[7], table[8], want)
	}

	limited := strings.Replace(job, "spec:", "spec:\n  backoffLimit: 3", 1)
	_, text, _ = jobsim(t, limited, "run", "-f", "-", "--failure-rate", "0.1", "-n", "200", "--profile", "none", "-o", "json")
	var single struct{ Success struct{ Estimate float64 } }
	if err := json.Unmarshal([]byte(text), &single); err != nil || single.Success.Estimate != success {
		t.Errorf("run says %+v, sweep %v, %v", single, success, err)
	}
}

// A sweep and a tuning can be drawn; the data behind the picture is the table.
func TestPictures(t *testing.T) {
	dir := t.TempDir()
	for _, form := range []string{".svg", ".png", ".csv"} {
		for name, args := range map[string][]string{
			"heat": {"sweep", "--set", "spec.backoffLimit=0..2", "--set", "failure-rate=0.1,0.2", "-n", "50"},
			"tune": {"tune", "--choose", "spec.backoffLimit=0..5", "--failure-rate", "0.05", "--goal", "success > 0.9",
				"--minimise", "backoffLimit"}} {
			file := filepath.Join(dir, name+form)
			code, _, stderr := jobsim(t, job, append(args, "-f", "-", "--profile", "none", "--plot", file)...)
			text, err := os.ReadFile(file)
			if code != exitOK || err != nil || len(text) < 100 {
				t.Errorf("%s: exit %d, %d bytes, %v: %s", file, code, len(text), err, stderr)
			}
			if name == "heat" && form == ".csv" && strings.Count(string(text), "\n") != 7 {
				t.Errorf("the data behind the heat map:\n%s", text)
			}
		}
	}
	code, _, stderr := jobsim(t, job, "sweep", "-f", "-", "--set", "spec.backoffLimit=0..2", "--plot", "x.pdf")
	if code != exitUsage || !strings.Contains(stderr, "allowed: .svg") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
