package reports

import "slices"

// raced are the exact facts on which the model's runs of a scenario do not agree, though they have the same fates, with
// the values that they have there. A race decides them: which of two pods ends first, or whether one ends before a
// fault.
type raced map[Key][]string

// races are the raced facts of runs of the same fates.
func races(runs []*Run) raced {
	values, counts := map[Key][]string{}, map[Key]int{}
	for _, r := range runs {
		facts := r.Facts(false)
		for i := range facts {
			f := &facts[i]
			if f.Kind != Exact {
				continue
			}
			counts[f.Key]++
			if !slices.Contains(values[f.Key], f.Text) {
				values[f.Key] = append(values[f.Key], f.Text)
			}
		}
	}
	out := raced{}
	for key, list := range values {
		if counts[key] < len(runs) {
			list = append(list, notObserved)
		}
		if len(list) > 1 {
			slices.Sort(list)
			out[key] = list
		}
	}
	return out
}
