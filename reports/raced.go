package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/jobsim/jobsim/reports/stats"
)

// raced are the exact facts on which the model's runs of a scenario do not agree, though they have the same fates, with
// in how many of them they have which value. A race decides them: which of two pods ends first, or whether one ends
// before a fault.
type raced map[Key]map[string]int

// races are the raced facts of runs of the same fates.
func races(runs []*Run) raced {
	out := outcomes(runs)
	maps.DeleteFunc(out, func(_ Key, values map[string]int) bool { return len(values) == 1 })
	return out
}

// outcomes are in how many runs each exact fact has which value.
func outcomes(runs []*Run) map[Key]map[string]int {
	out := map[Key]map[string]int{}
	for _, r := range runs {
		seen := r.Facts(false)
		for k := range seen {
			if f := &seen[k]; f.Kind == Exact {
				if out[f.Key] == nil {
					out[f.Key] = map[string]int{}
				}
				out[f.Key][f.Text]++
			}
		}
	}
	for _, values := range out {
		missing := len(runs)
		for _, n := range values {
			missing -= n
		}
		if missing > 0 {
			values[notObserved] = missing
		}
	}
	return out
}

// Race is how often a raced fact has which value in each world.
type Race struct {
	Key    Key       `json:"fact"`
	Values []Outcome `json:"values"`
	// P is the p-value of the odds being the same in both worlds: the exact one of the KS distance of the values in their
	// order. Adjusted is P by Holm, for the races of all scenarios together.
	P        float64 `json:"p"`
	Adjusted float64 `json:"pHolm"`
}

// Outcome is a value that a raced fact has in so many runs of A and of B.
type Outcome struct {
	Value string `json:"value"`
	A     int    `json:"a"`
	B     int    `json:"b"`
}

// odds are those of all raced facts that are wanted, by key, beside the runs of the other world.
func (open raced) odds(b []*Run, wants func(Key) bool) (list []Race, err error) {
	inB := outcomes(b)
	for key, inA := range open {
		if !wants(key) {
			continue
		}
		if inB[key] == nil {
			inB[key] = map[string]int{notObserved: len(b)}
		}
		race := Race{Key: key}
		var x, y []float64
		for i, value := range slices.Sorted(maps.Keys(inA)) {
			o := Outcome{value, inA[value], inB[key][value]}
			race.Values = append(race.Values, o)
			x = append(x, slices.Repeat([]float64{float64(i)}, o.A)...)
			y = append(y, slices.Repeat([]float64{float64(i)}, o.B)...)
		}
		if len(y) == 0 {
			continue // none that was foreseen
		}
		test, err := stats.KS(x, y)
		if err != nil {
			return nil, err
		}
		race.P, race.Adjusted = test.P, test.P
		list = append(list, race)
	}
	slices.SortFunc(list, func(a, b Race) int {
		return cmp.Or(cmp.Compare(a.Key.Job, b.Key.Job), cmp.Compare(a.Key.Name, b.Key.Name))
	})
	return list, nil
}

// judgeRaces adjusts the p-values of all races for their number (Holm), and says where the odds differ.
func (r *Report) judgeRaces() {
	var all []*Race
	var p []float64
	for _, c := range r.Comparisons {
		for i := range c.Races {
			all, p = append(all, &c.Races[i]), append(p, c.Races[i].P)
		}
	}
	adjusted, err := stats.Holm(p)
	if err != nil {
		return // there is none
	}
	for i := range all {
		all[i].Adjusted = adjusted[i]
	}
	for _, c := range r.Comparisons {
		for i := range c.Races {
			if race := &c.Races[i]; c.Verdict != Different && race.Adjusted < r.Options.Alpha {
				c.decide(Different, "a race ends otherwise: %s", race.text(r.A, r.B))
			}
		}
	}
}

// text is "job a: failed is 3 in 183 of 199 runs of sim and in 2 of 20 of kind (p 0.001)", of the value that differs
// most.
func (r *Race) text(a, b string) string {
	var nA, nB int
	for _, o := range r.Values {
		nA, nB = nA+o.A, nB+o.B
	}
	apart := func(o Outcome) int { return max(o.A*nB-o.B*nA, o.B*nA-o.A*nB) }
	o := slices.MaxFunc(r.Values, func(x, y Outcome) int { return cmp.Compare(apart(x), apart(y)) })
	return fmt.Sprintf("%s is %s in %d of %d runs of %s and in %d of %d of %s (p %.2g)", r.Key, o.Value, o.A, nA, a,
		o.B, nB, b, r.Adjusted)
}
