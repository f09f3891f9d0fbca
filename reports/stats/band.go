package stats

import "math"

// DKW is by how much the empirical distribution function of values may be off anywhere, up and down, with the given
// confidence: the inequality of Dvoretzky, Kiefer and Wolfowitz with the constant of Massart 1990
// (https://doi.org/10.1214/aop/1176990746), sqrt(ln(2/(1-confidence))/(2n)), at most 1. It holds for independent values
// of any distribution.
func DKW(values []float64, confidence float64) (float64, error) {
	if err := checkValues("values", values); err != nil {
		return 0, err
	}
	if err := checkConfidence(confidence); err != nil {
		return 0, err
	}
	return min(1, math.Sqrt(math.Log(2/(1-confidence))/(2*float64(len(values))))), nil
}
