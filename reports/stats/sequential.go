package stats

import "math"

// Looks is when a study that grows looks at its numbers, to stop once they are precise enough: after First values, and
// then each time that they have grown by Ratio. Whoever looks often and stops when it suits needs wider intervals than
// who looks once. Level gives them.
type Looks struct {
	First int     // at least 1
	Ratio float64 // above 1
	Most  int     // how many looks there are at most
}

// DefaultLooks are at 20, 30, 45, 67, ... values, the last at over 10^9.
var DefaultLooks = Looks{First: 20, Ratio: 1.5, Most: 45}

// Next is the first look after n values.
func (l Looks) Next(n int) int {
	at := l.First
	for at <= n {
		at = max(at+1, int(float64(at)*l.Ratio))
	}
	return at
}

// Level is the confidence of each look's interval such that all of them hold at once with the given confidence: a
// group-sequential rule with one bound for all looks (Pocock 1977, https://doi.org/10.1093/biomet/64.2.191; here with
// looks that are spaced geometrically). It is exact for the mean of normal values with known variance, whose
// standardised errors at successive looks are a Gaussian sequence in which neighbours correlate by 1/sqrt(Ratio), and
// asymptotic for other means. It is the chance that this sequence leaves [-c, c], by the recursion of Armitage,
// McPherson and Rowe 1969 (https://doi.org/10.2307/2343787) on a grid, and c by bisection.
func (l Looks) Level(confidence float64) float64 {
	lo, hi := 1.0, 8.0
	for range 40 {
		c := (lo + hi) / 2
		if l.stays(c) < confidence {
			lo = c
		} else {
			hi = c
		}
	}
	return 1 - math.Erfc(hi/math.Sqrt2)
}

// stays is the chance that the errors at all looks are within c, in standard errors.
func (l Looks) stays(c float64) float64 {
	const cells = 120
	rho := 1 / math.Sqrt(l.Ratio)
	width, spread := 2*c/cells, math.Sqrt(1-rho*rho)
	edge := func(i int) float64 { return -c + float64(float64(i)*width) }
	var step [cells][cells]float64 // from the middle of a cell into another
	var now [cells]float64
	for i := range cells {
		now[i] = normalCDF(edge(i+1)) - normalCDF(edge(i))
		from := rho * (edge(i) + width/2)
		for k := range cells {
			step[i][k] = normalCDF((edge(k+1)-from)/spread) - normalCDF((edge(k)-from)/spread)
		}
	}
	for range l.Most - 1 {
		var next [cells]float64
		for i := range cells {
			for k := range cells {
				next[k] += float64(now[i] * step[i][k])
			}
		}
		now = next
	}
	sum := 0.0
	for _, p := range now {
		sum += p
	}
	return sum
}
