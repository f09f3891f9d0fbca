package sweep

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseFactor(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"spec.backoffLimit=0..5", "0 1 2 3 4 5"},
		{"spec.parallelism=1,2,4..64", "1 2 4 8 16 32 64"},
		{"failure-rate=0.01,0.05,0.1", "0.01 0.05 0.1"},
		{"x=0,5..20", "0 5 10 15 20"},
		{"x=1,3..8", "1 3 5 7"},
		{"x=1,2,3..6", "1 2 3 4 5 6"},
		{"x=0.1,0.2..0.5", "0.1 0.2 0.3 0.4 0.5"},
		{"duration=30s;lognormal:30s,0.5", "30s lognormal:30s,0.5"},
		{"x=3", "3"},
		{"x=7..7", "7"},
	} {
		got, err := ParseFactor(tc.text)
		if err != nil || strings.Join(got.Values, " ") != tc.want {
			t.Errorf("%s: %v, %v", tc.text, got.Values, err)
		}
	}
	for _, bad := range []string{"", "x", "=1", "x=", "x=5..1", "x=a..b", "x=3,1..4", "x=0..1e9", "x=0..inf"} {
		if got, err := ParseFactor(bad); !errors.Is(err, ErrFactor) {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
}

func TestGrid(t *testing.T) {
	points, err := Grid([]Factor{{"a", []string{"1", "2"}}, {"b", []string{"x", "y", "z"}}})
	var got []string
	for _, p := range points {
		got = append(got, p[0].Value+p[1].Value)
	}
	if err != nil || strings.Join(got, " ") != "1x 1y 1z 2x 2y 2z" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := Grid([]Factor{{"a", make([]string, 1000)}, {"b", make([]string, 1000)}}); err == nil {
		t.Error("a grid of a million points")
	}
}

// A Latin hypercube has each of n values once; the points of a Halton sequence are spread nearly as evenly.
func TestSamples_AreSpread(t *testing.T) {
	f := Factor{Field: "a"}
	for i := range 32 {
		f.Values = append(f.Values, string(rune('A'+i)))
	}
	halton, err := Halton([]Factor{f, f, f}, 64, 7)
	if err != nil {
		t.Fatal(err)
	}
	for name, points := range map[string][]Point{"Latin": Latin([]Factor{f, f, f}, 64, 7), "Halton": halton} {
		for k := range 3 {
			counts := map[string]int{}
			for _, p := range points {
				counts[p[k].Value]++
			}
			for _, n := range counts {
				if name == "Latin" && n != 2 || n > 5 {
					t.Errorf("%s: of factor %d, a value occurs %d times", name, k, n)
				}
			}
			if len(counts) < 28 {
				t.Errorf("%s: of factor %d, only %d of 32 values occur", name, k, len(counts))
			}
		}
	}
	again, _ := Halton([]Factor{f, f, f}, 64, 7)
	if !slices.EqualFunc(again, halton, slices.Equal[Point]) {
		t.Error("the same seed gives other points")
	}
}
