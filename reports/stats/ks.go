package stats

import (
	"fmt"
	"math"
)

// exactKS is up to how many cells, the product of the two sizes, KS counts paths: about a second.
const exactKS = 200_000_000

// KS is the two-sample Kolmogorov-Smirnov test. Statistic is the largest distance of the two empirical distribution
// functions, in [0, 1].
//
// P is exact, also with ties: the share of all assignments of the pooled values to the two samples that come at least
// as far apart, counted as lattice paths (Hodges 1958, https://doi.org/10.1007/BF02589501; with ties, Schroeer and
// Trenkler 1995, https://doi.org/10.1016/0167-9473(94)00040-P). For samples too large for that it is the limit of
// Smirnov 1939, and with ties a warning says that it errs on the side of too large.
func KS(a, b []float64) (Test, error) {
	p, err := poolOf(a, b)
	if err != nil {
		return Test{}, err
	}
	n, m := p.sizes[0], p.sizes[1]
	// Distances are counted in units of 1/(n*m), so that they are whole numbers.
	var furthest, i, j int
	for k, end := 0, 0; k < len(p.from); k++ {
		if p.from[k] == 0 {
			i++
		} else {
			j++
		}
		if k+1 == p.ends[end] {
			end++
			furthest = max(furthest, i*m-j*n, j*n-i*m)
		}
	}
	t := Test{Statistic: float64(furthest) / float64(n) / float64(m)}
	switch {
	case furthest == 0:
		t.P = 1
	case n*m <= exactKS:
		t.P = p.pathsAsFar(furthest)
	default:
		scale := math.Sqrt(float64(n) / float64(n+m) * float64(m))
		t.P = smirnovTail(t.Statistic * scale)
		if p.tied() {
			t.Warnings = append(t.Warnings, fmt.Errorf("ties in samples of %d and %d: P is an upper bound", n, m))
		}
	}
	return t, nil
}

// pathsAsFar is the share of paths from (0, 0) to (n, m) that are somewhere, at the end of a group of equal values, at
// least as far from the diagonal as furthest.
func (p *pool) pathsAsFar(furthest int) float64 {
	n, m := p.sizes[0], p.sizes[1]
	isEnd := make([]bool, n+m+1)
	for _, e := range p.ends {
		isEnd[e] = true
	}
	// share[j] is that of the paths to (i, j): the last step came from (i-1, j) with a chance of i/(i+j).
	share := make([]float64, m+1)
	for i := 0; i <= n; i++ {
		for j := 0; j <= m; j++ {
			distance := max(i*m-j*n, j*n-i*m)
			switch {
			case distance >= furthest && isEnd[i+j]:
				share[j] = 1
			case i == 0 && j == 0:
				share[j] = 0
			case i == 0:
				share[j] = share[j-1]
			case j > 0:
				share[j] = (float64(i)*share[j] + float64(j)*share[j-1]) / float64(i+j)
			}
		}
	}
	return min(1, share[m])
}

// smirnovTail is the chance that the limit of the scaled distance exceeds x: 2 sum (-1)^(k-1) exp(-2 k^2 x^2).
func smirnovTail(x float64) float64 {
	if x < 0.2 {
		return 1 // but for 1e-12
	}
	sum := 0.0
	for k := 1; k < 100; k++ {
		term := math.Exp(-2 * float64(k*k) * x * x)
		if k%2 == 0 {
			term = -term
		}
		sum += term
	}
	return min(1, max(0, 2*sum))
}
