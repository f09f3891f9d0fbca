package api

// NoJob is the owner of a pod that no Job controls.
const NoJob JobID = -1

// LabelSet stands for the labels of a pod, as far as a selector tells them apart: a number of the run's Selectors.
type LabelSet int32

// Selectors say which pods a Job takes for its own. The zero value: each Job those that it made.
type Selectors struct {
	// Matching are the Jobs, by LabelSet, whose selector the labels match, in the namespace of the pod, by number.
	Matching [][]JobID
	// First is, for each Job, the first one in its namespace that has the same selector.
	First []JobID
}

// Matter says whether a pod may be another Job's than the one that made it.
func (s *Selectors) Matter() bool { return len(s.Matching) > 0 }

// Match says whether the Job's selector matches labels.
func (s *Selectors) Match(labels LabelSet, job JobID) bool {
	for _, id := range s.Matching[labels] {
		if id == job {
			return true
		}
	}
	return false
}

// Relabel is a change of labels: of a pod whose labels are From, to To.
type Relabel struct{ From, To LabelSet }
