package reports

import "fmt"

// Verdict is how two worlds compare.
type Verdict uint8

// The verdicts, from good to bad.
const (
	// Equal: all facts agree, timed ones to the nanosecond.
	Equal Verdict = iota
	// Equivalent: the exact facts agree, and the makespans were shown to differ by less than the margins.
	Equivalent
	// Inconclusive: the exact facts agree, and there are too few runs to say more.
	Inconclusive
	// Different: a fact differs, was observed in one world only, or was named and not observed; or the makespans were
	// shown to differ by more than the margins.
	Different
)

var verdicts = [...]string{"Equal", "Equivalent", "Inconclusive", "Different"}

// String is the verdict's name.
func (v Verdict) String() string { return verdicts[v] }

// MarshalText is the verdict's name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the verdict's name.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdicts {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("verdict %.40q (allowed: %v)", text, verdicts)
}
