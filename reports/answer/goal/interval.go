package goal

// Interval is between which numbers a metric is.
type Interval struct{ Lo, Hi float64 }

// Truth is what is known of a goal.
type Truth int

// What is known of a goal.
const (
	Unknown Truth = iota
	Met
	Missed
)

// String is a word for it.
func (t Truth) String() string { return [...]string{"unknown", "met", "missed"}[t] }

// Judge says what is known of a goal whose metrics are within intervals: it is met or missed if that is so at every
// combination of their ends. That is enough for every expression that is monotone in each metric, as comparisons of
// sums, products and quotients of positive metrics are. fixed are the values of the fields.
func (e *Expr) Judge(metrics map[string]Interval, fixed Values) (Truth, error) {
	met, missed := 0, 0
	err := e.corners(metrics, fixed, func(v Values) error {
		is, err := e.Is(v)
		if is {
			met++
		} else {
			missed++
		}
		return err
	})
	switch {
	case err != nil || met > 0 && missed > 0:
		return Unknown, err
	case met > 0:
		return Met, nil
	}
	return Missed, nil
}

// Between is between which numbers an objective is, under the condition of Judge.
func (e *Expr) Between(metrics map[string]Interval, fixed Values) (Interval, error) {
	var out Interval
	first := true
	err := e.corners(metrics, fixed, func(v Values) error {
		n, err := e.Number(v)
		if first || n < out.Lo {
			out.Lo = n
		}
		if first || n > out.Hi {
			out.Hi = n
		}
		first = false
		return err
	})
	return out, err
}

// corners calls f with every combination of the ends of the intervals.
func (e *Expr) corners(metrics map[string]Interval, fixed Values, f func(Values) error) error {
	v := Values{}
	for name, n := range fixed {
		v[name] = n
	}
	for bits := range 1 << len(e.Metrics) {
		for i, name := range e.Metrics {
			if bits>>i&1 == 0 {
				v[name] = metrics[name].Lo
			} else {
				v[name] = metrics[name].Hi
			}
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}
