package rng

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/jobsim/jobsim/sim/des"
)

func must(d Dist, err error) Dist {
	if err != nil {
		panic(err)
	}
	return d
}

func parsed(text string) Dist { return must(Parse(text)) }

func stream(sub int32) Stream { return Source{Seed: 2024}.At(Key{Purpose: Run, Index: -1, Sub: sub}) }

// sample is n draws in seconds, sorted.
func sample(d *Dist, n int, sub int32) []float64 {
	s := stream(sub)
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = d.Draw(&s).Seconds()
	}
	slices.Sort(xs)
	return xs
}

func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// laws are distributions with what a textbook says of them, in seconds.
var laws = []struct {
	dist           string
	mean, variance float64
	cdf            func(x float64) float64
}{
	{"uniform:10s,20s", 15, 100. / 12, func(x float64) float64 { return (x - 10) / 10 }},
	{"exponential:30s", 30, 900, func(x float64) float64 { return 1 - math.Exp(-x/30) }},
	{"normal:30s,5s", 30, 25, func(x float64) float64 { return phi((x - 30) / 5) }},
	{"lognormal:30s,0.5", 30 * math.Exp(0.125), 900 * (math.Exp(0.5) - math.Exp(0.25)),
		func(x float64) float64 { return phi(math.Log(x/30) / 0.5) }},
	{"weibull:30s,0.7", 30 * math.Gamma(1+1/0.7), 900 * (math.Gamma(1+2/0.7) - math.Pow(math.Gamma(1+1/0.7), 2)),
		func(x float64) float64 { return 1 - math.Exp(-math.Pow(x/30, 0.7)) }},
	{"weibull:30s,3", 30 * math.Gamma(4./3), 900 * (math.Gamma(5./3) - math.Pow(math.Gamma(4./3), 2)),
		func(x float64) float64 { return 1 - math.Exp(-math.Pow(x/30, 3)) }},
	{"gamma:10s,2", 20, 200, func(x float64) float64 { return 1 - math.Exp(-x/10)*(1+x/10) }},
	{"gamma:10s,0.5", 5, 50, func(x float64) float64 { return math.Erf(math.Sqrt(x / 10)) }},
	{"gamma:10s,4", 40, 400, func(x float64) float64 {
		y := x / 10
		return 1 - math.Exp(-y)*(1+y+y*y/2+y*y*y/6)
	}},
	{"pareto:10s,4.5", 10 * 4.5 / 3.5, 100 * 4.5 / (3.5 * 3.5 * 2.5), func(x float64) float64 { return 1 - math.Pow(10/x, 4.5) }},
	{"0.9*exponential:30s+0.1*uniform:100s,200s", 42, 0.9*1800 + 0.1*(150*150+10000./12) - 42*42, func(x float64) float64 {
		return 0.9*(1-math.Exp(-x/30)) + 0.1*min(1, max(0, (x-100)/100))
	}},
}

// Kolmogorov and Smirnov: the largest distance between the share drawn and the share expected below any span.
func TestDraw_FollowsTheCDF(t *testing.T) {
	const n = 50_000
	for _, tc := range laws {
		t.Run(tc.dist, func(t *testing.T) {
			d := parsed(tc.dist)
			distance := 0.0
			for i, x := range sample(&d, n, 1) {
				u := tc.cdf(x)
				distance = max(distance, u-float64(i)/n, float64(i+1)/n-u)
			}
			if limit := 1.63 / math.Sqrt(n); !(distance < limit) { // 1 %
				t.Errorf("distance %.5f, want less than %.5f", distance, limit)
			}
		})
	}
}

func TestDraw_HasTheMoments(t *testing.T) {
	const n = 200_000
	for _, tc := range laws {
		t.Run(tc.dist, func(t *testing.T) {
			d := parsed(tc.dist)
			sum, squares, fourth := 0.0, 0.0, 0.0
			for _, x := range sample(&d, n, 2) {
				y := x - tc.mean
				sum += y
				squares += y * y
				fourth += y * y * y * y
			}
			mean, variance := sum/n, squares/n
			if half := 4 * math.Sqrt(tc.variance/n); math.Abs(mean) > half {
				t.Errorf("mean %.4f s, want %.4f +- %.4f", mean+tc.mean, tc.mean, half)
			}
			if half := 4 * math.Sqrt((fourth/n-variance*variance)/n); math.Abs(variance-tc.variance) > half {
				t.Errorf("variance %.4f s2, want %.4f +- %.4f", variance, tc.variance, half)
			}
			if got := d.Mean().Seconds(); math.Abs(got-tc.mean) > 1e-8 {
				t.Errorf("Mean() = %.9f s, want %.9f s", got, tc.mean)
			}
		})
	}
}

// A normal distribution cannot be negative: what would be is 0, which moves the mean.
func TestDraw_NormalIsCutAtZero(t *testing.T) {
	d := parsed("normal:1s,2s")
	xs := sample(&d, 100_000, 3)
	zeros := 0
	sum := 0.0
	for _, x := range xs {
		if x == 0 {
			zeros++
		}
		sum += x
	}
	if want := phi(-0.5); math.Abs(float64(zeros)/1e5-want) > 0.005 || xs[0] < 0 {
		t.Errorf("%d of 100000 draws are 0, want a share of %.4f", zeros, want)
	}
	if got, want := d.Mean().Seconds(), sum/1e5; math.Abs(got-want) > 0.02 {
		t.Errorf("Mean() = %.4f s, drawn %.4f s", got, want)
	}
}

func TestDraw_EmpiricalGivesBackItsValues(t *testing.T) {
	d := parsed("empirical:5s,1s,2s,2s")
	counts := map[des.Duration]int{}
	s := stream(4)
	for range 40_000 {
		counts[d.Draw(&s)]++
	}
	for v, want := range map[des.Duration]int{des.Second: 10_000, 2 * des.Second: 20_000, 5 * des.Second: 10_000} {
		if got := counts[v]; got < want-400 || got > want+400 {
			t.Errorf("%v came %d times, want about %d", v, got, want)
		}
	}
	if len(counts) != 3 {
		t.Errorf("drew %v", counts)
	}
}

func TestDraw_MixtureCountsShares(t *testing.T) {
	d := parsed("6*1s+3*2s+1*3s")
	counts := map[des.Duration]int{}
	s := stream(5)
	for range 50_000 {
		counts[d.Draw(&s)]++
	}
	for v, want := range map[des.Duration]int{des.Second: 30_000, 2 * des.Second: 15_000, 3 * des.Second: 5_000} {
		if got := counts[v]; got < want-450 || got > want+450 {
			t.Errorf("%v came %d times, want about %d", v, got, want)
		}
	}
}

// The largest and smallest random words, and parameters at their limits: no draw leaves [0, Forever].
func TestDraw_StaysInRange(t *testing.T) {
	for _, text := range []string{
		"0s", "uniform:0s,0s", "uniform:0s,2501h", "exponential:0s", "exponential:2501h", "normal:0s,2501h", "normal:0s,0s",
		"lognormal:0s,1000", "lognormal:2501h,1000", "lognormal:1ns,0.001", "weibull:2501h,0.001", "weibull:0s,0.001",
		"weibull:2501h,1000", "gamma:2501h,1000", "gamma:2501h,0.001", "gamma:0s,0.001", "pareto:2501h,0.001", "pareto:0s,0.001",
		"pareto:2501h,1000", "empirical:0s,2501h", "1e-9*2501h+1e9*pareto:1h,0.001", "0.1*lognormal:2501h,1000",
	} {
		d := parsed(text)
		for _, s := range []Stream{
			extreme(0, 0, 0, 0), extreme(math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64),
			extreme(0, math.MaxUint64, 0, math.MaxUint64), extreme(math.MaxUint64, 0, math.MaxUint64, 0), stream(6),
		} {
			for range 8 {
				if got := d.Draw(&s); got < 0 {
					t.Errorf("%s: drew %d ns", text, int64(got))
				}
			}
		}
		if got := d.Mean(); got < 0 {
			t.Errorf("%s: mean %d ns", text, int64(got))
		}
	}
}

func TestQuantise_RoundsAndClamps(t *testing.T) {
	for _, tc := range []struct {
		ns   float64
		want des.Duration
	}{
		{math.NaN(), 0},
		{math.Inf(-1), 0},
		{-0.5, 0},
		{0.4, 0},
		{0.5, 1},
		{2.5, 3},
		{1e18, 1e18},
		{math.Nextafter(1<<63, 0), 1<<63 - 1024},
		{1 << 63, des.Forever},
		{math.Inf(1), des.Forever},
	} {
		if got := quantise(tc.ns); got != tc.want {
			t.Errorf("quantise(%v) = %d, want %d", tc.ns, int64(got), int64(tc.want))
		}
	}
}

// Draws at one key grow together, across parameters and kinds.
func TestDraw_GrowsWithItsNumber(t *testing.T) {
	for _, text := range []string{"uniform:1s,9s", "exponential:5s", "normal:5s,2s", "lognormal:5s,1", "weibull:5s,0.7",
		"pareto:5s,2", "empirical:5s,1s,9s"} {
		d := parsed(text)
		last := des.Duration(-1)
		for i := range uint64(5000) {
			s := extreme(i * (math.MaxUint64 / 5000))
			got := d.Draw(&s)
			if got < last {
				t.Errorf("%s: %v after %v", text, got, last)
			}
			last = got
		}
	}
}

func TestQuantile(t *testing.T) {
	for _, tc := range []struct {
		dist string
		p    float64
		want string
	}{
		{"30s", 0.01, "30s"},
		{"uniform:10s,20s", 0.25, "12.5s"},
		{"exponential:30s", 0.5, "20.794415417s"},
		{"normal:30s,5s", 0.975, "39.799819923s"},
		{"normal:30s,30s", 0.1, "0s"},
		{"lognormal:30s,0.5", 0.5, "30s"},
		{"weibull:30s,0.7", 0.632120558828557678, "30s"},
		{"pareto:10s,1", 0.9, "100s"},
		{"empirical:5s,1s,2s", 0.5, "2s"},
		{"empirical:5s,1s,2s", 0.999999, "5s"},
	} {
		d := parsed(tc.dist)
		if got, ok := d.Quantile(tc.p); !ok || got.String() != tc.want {
			t.Errorf("%s: quantile %v is %v %v, want %v", tc.dist, tc.p, got, ok, tc.want)
		}
	}
	for _, tc := range []struct {
		dist string
		p    float64
	}{{"gamma:1s,2", 0.5}, {"0.5*1s+0.5*2s", 0.5}, {"exponential:1s", 0}, {"exponential:1s", 1}, {"exponential:1s", math.NaN()}} {
		d := parsed(tc.dist)
		if got, ok := d.Quantile(tc.p); ok {
			t.Errorf("%s: quantile %v is %v, want none", tc.dist, tc.p, got)
		}
	}
}

func TestMean_OfWhatHasNone(t *testing.T) {
	for _, tc := range []struct {
		dist string
		want des.Duration
	}{
		{"pareto:10s,1", des.Forever},
		{"pareto:10s,0.5", des.Forever},
		{"0.999*1s+0.001*pareto:10s,1", des.Forever},
		{"lognormal:1h,100", des.Forever},
		{"empirical:1s,2s,6s", 3 * des.Second},
		{"constant:7s", 7 * des.Second},
		{"normal:7s,0s", 7 * des.Second},
		{"3*1s+1*5s", 2 * des.Second},
	} {
		d := parsed(tc.dist)
		if got := d.Mean(); got != tc.want {
			t.Errorf("%s: mean %v, want %v", tc.dist, got, tc.want)
		}
	}
}

// These draws are part of the meaning of every seed, the same on every machine.
func TestDraw_IsPinned(t *testing.T) {
	for _, tc := range []struct {
		dist string
		want [4]des.Duration
	}{
		{"7s", [4]des.Duration{7000000000, 7000000000, 7000000000, 7000000000}},
		{"uniform:10s,20s", [4]des.Duration{12231577358, 16595942345, 19086613170, 14599589951}},
		{"exponential:30s", [4]des.Duration{7575538663, 32328508354, 71795426703, 18483306220}},
		{"normal:30s,5s", [4]des.Duration{26192139834, 32056779874, 36662782842, 29497314876}},
		{"lognormal:30s,0.5", [4]des.Duration{20499722819, 36850727811, 58409331664, 28529221258}},
		{"weibull:30s,0.7", [4]des.Duration{4200036464, 33380972578, 104355384766, 15018731750}},
		{"gamma:10s,2", [4]des.Duration{8641400633, 40467763537, 19844466173, 6173889615}},
		{"gamma:10s,0.5", [4]des.Duration{4312116624, 7725787503, 577939025, 1439766068}},
		{"pareto:10s,1.5", [4]des.Duration{11833451535, 20511719172, 49305666803, 15079334514}},
		{"empirical:1s,2s,5s", [4]des.Duration{1000000000, 2000000000, 5000000000, 2000000000}},
		{"0.9*lognormal:30s,0.5+0.1*constant:600s", [4]des.Duration{36850727811, 600000000000, 33689523813, 17382538648}},
	} {
		d := parsed(tc.dist)
		s := stream(0)
		var got [4]des.Duration
		for i := range got {
			got[i] = d.Draw(&s)
		}
		if got != tc.want {
			t.Errorf("%s: draws %d, want %d", tc.dist, got, tc.want)
		}
	}
}

// A digest of many draws finds what four of each cannot: a last bit that differs once in a thousand.
func TestDraw_ManyArePinned(t *testing.T) {
	digest := uint64(14695981039346656037) // FNV-1a, by words
	for i, tc := range laws {
		d := parsed(tc.dist)
		s := stream(int32(100 + i))
		for range 20_000 {
			digest = (digest ^ uint64(d.Draw(&s))) * 1099511628211
		}
	}
	if got, want := fmt.Sprintf("%016x", digest), "9e3fb1c7fe18e2f0"; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, text := range []string{"uniform:10s,20s", "exponential:30s", "normal:30s,5s", "lognormal:30s,0.5", "weibull:30s,0.7",
		"gamma:10s,2", "pareto:10s,1.5", "empirical:1s,2s,5s", "0.9*lognormal:30s,0.5+0.1*constant:600s"} {
		b.Run(text, func(b *testing.B) {
			d := parsed(text)
			s := stream(0)
			b.ReportAllocs()
			for range b.N {
				d.Draw(&s)
			}
		})
	}
}

// BenchmarkAddress is one draw at a key of its own, as the model makes them.
func BenchmarkAddress(b *testing.B) {
	d := parsed("exponential:30s")
	source := Source{Seed: 1}
	b.ReportAllocs()
	for i := range b.N {
		source.Draw(&d, Key{Purpose: Run, Index: int32(i)})
	}
}
