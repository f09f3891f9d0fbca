package stats

// Wasserstein is how far mass must be moved to make one empirical distribution the other, in the unit of the values:
// the area between their distribution functions (Vallender 1974, https://doi.org/10.1137/1118101). Between runs of two
// worlds it reads as seconds of error.
func Wasserstein(a, b []float64) (float64, error) {
	return between(a, b, func(difference float64) float64 { return abs(difference) })
}

// EnergyDistance is 2 E|X-Y| - E|X-X'| - E|Y-Y'| of the two empirical distributions, in the unit of the values: twice
// the area under the square of the difference of their distribution functions (Szekely and Rizzo 2013,
// https://doi.org/10.1016/j.jspi.2013.03.018). It is 0 for equal distributions only. SciPy's energy_distance is its
// root.
func EnergyDistance(a, b []float64) (float64, error) {
	return between(a, b, func(difference float64) float64 { return 2 * difference * difference })
}

// EnergyTest is the test of whether two samples come from one distribution that is built on the energy distance.
// Statistic is n*m/(n+m) times that; P comes from random permutations.
func EnergyTest(r Resampling, a, b []float64) (Test, error) {
	p, err := poolOf(a, b)
	if err != nil {
		return Test{}, err
	}
	n, m := float64(len(a)), float64(len(b))
	return p.permute(r, func() float64 {
		return n * m / (n + m) * p.area(func(d float64) float64 { return 2 * d * d })
	})
}

func between(a, b []float64, f func(difference float64) float64) (float64, error) {
	p, err := poolOf(a, b)
	if err != nil {
		return 0, err
	}
	return p.area(f), nil
}

// area is the integral of f of the difference of the two empirical distribution functions.
func (p *pool) area(f func(difference float64) float64) float64 {
	var i, j int
	n, m := p.sizes[0], p.sizes[1]
	sum, start := 0.0, 0
	for _, end := range p.ends {
		if start > 0 {
			difference := float64(i*m-j*n) / float64(n) / float64(m)
			sum += f(difference) * (p.values[start] - p.values[start-1])
		}
		for ; start < end; start++ {
			if p.from[start] == 0 {
				i++
			} else {
				j++
			}
		}
	}
	return sum
}
