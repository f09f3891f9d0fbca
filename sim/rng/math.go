package rng

import "math"

// What is below uses only operations that IEEE 754 rounds exactly, and no two of them may be fused:
// every product stands inside a conversion, which the Go specification exempts from fusing.
// math.Log and math.Exp will not do: they are assembly on some architectures, and math.Exp on amd64
// even asks the processor whether it can fuse.

// mulAdd is x*y + z, rounded twice on every machine.
func mulAdd(x, y, z float64) float64 { return float64(x*y) + z }

// The logarithm of 2 in two parts; the first has 20 zero bits at its end, so that its product with
// an exponent is exact.
const ln2Hi, ln2Lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10

// log is the natural logarithm of a normal x > 0, within 2 ulps; of 0 it is -Inf.
//
// With x = 2^k m and a c near m, it is k ln 2 + log c + log(1+r), r = (m-c)/c, |r| < 0.008: log c
// comes from a table, log(1+r) from eight terms of its Taylor series, added up in pairs so that
// they need not wait for each other.
func log(x float64) float64 {
	if x == 0 {
		return math.Inf(-1)
	}
	u := math.Float64bits(x) - logLow
	k := float64(int64(u) >> 52)
	e := &logTable[u>>(52-logBits)%(1<<logBits)]
	r := float64((math.Float64frombits(u&(1<<52-1)+logLow) - e.c) * e.inverse)
	r2 := float64(r * r)
	p23 := mulAdd(r, 1./3, -1./2)
	p45 := mulAdd(r, 1./5, -1./4)
	p678 := mulAdd(r2, -1./8, mulAdd(r, 1./7, -1./6))
	p := mulAdd(float64(r2*r2), p678, mulAdd(r2, p45, p23))
	return mulAdd(k, ln2Hi, e.log) + (mulAdd(k, ln2Lo, float64(r2*p)) + r)
}

const (
	logBits = 7
	// logLow is where m starts, somewhat below the square root of 1/2, as the bits of a float64.
	logLow = 0x3fe6a00000000000
)

// logTable has the middle c of each of 128 pieces of the range of m, 1/c and log(c). The two pieces
// beside 1 have 1 for their c, so that no digit is lost where the logarithm is small.
var logTable = func() (t [1 << logBits]struct{ c, inverse, log float64 }) {
	for i := range t {
		c := math.Float64frombits(logLow + uint64(i)<<(52-logBits) + 1<<(51-logBits))
		if math.Abs(c-1) < 1./(1<<logBits) {
			c = 1
		}
		t[i].c, t[i].inverse, t[i].log = c, 1/c, logSeries(c)
	}
	return t
}()

// logSeries is the logarithm of x within a factor of the square root of 2 from 1: with s =
// (x-1)/(x+1), it is log(1+s) - log(1-s) = 2s + 2s^3/3 + 2s^5/5 + ..., of which |s| < 0.172 needs
// eleven terms.
func logSeries(x float64) float64 {
	s := (x - 1) / (x + 1)
	s2 := float64(s * s)
	sum := 0.0
	for n := 21; n > 1; n -= 2 {
		sum = float64((sum + 2/float64(n)) * s2)
	}
	return float64(sum*s) + (s + s)
}

// exp is e to the x, within 2 ulps. Beyond x = 700 it is +Inf and below -700 it is 0, as it is for NaN: no span is
// so long or so short.
//
// With x = k ln 2 + r, |r| <= ln(2)/2, it is 2^k times the Taylor series of e^r, of which 14 terms are needed.
func exp(x float64) float64 {
	switch {
	case x > 700:
		return math.Inf(1)
	case !(x > -700):
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	q := float64(r * r)
	even := mulAdd(q, mulAdd(q, 1./479001600, 1./3628800), 1./40320)
	even = mulAdd(q, mulAdd(q, mulAdd(q, even, 1./720), 1./24), 1./2)
	odd := mulAdd(q, mulAdd(q, 1./6227020800, 1./39916800), 1./362880)
	odd = mulAdd(q, mulAdd(q, mulAdd(q, odd, 1./5040), 1./120), 1./6)
	power := math.Float64frombits(uint64(1023+int64(k)) << 52) // 2^k
	return float64((1 + (r + float64(q*mulAdd(r, odd, even)))) * power)
}

// pow is x to the y for x > 0.
func pow(x, y float64) float64 { return exp(float64(y * log(x))) }

// probit is the standard normal number below which a share u of all is, 0 < u < 1: algorithm AS 241
// (PPND16), Wichura 1988, doi:10.2307/2347330, relative error about 1e-16.
func probit(u float64) float64 {
	q := u - 0.5
	if math.Abs(q) <= 0.425 {
		r := 0.180625 - float64(q*q)
		return float64(q*polynomial(&probitA, r)) / polynomial(&probitB, r)
	}
	r := math.Sqrt(-log(min(u, 1-u)))
	if r <= 5 {
		r = polynomial(&probitC, r-1.6) / polynomial(&probitD, r-1.6)
	} else {
		r = polynomial(&probitE, r-5) / polynomial(&probitF, r-5)
	}
	return math.Copysign(r, q)
}

// polynomial evaluates one, given the coefficient of the highest power first.
func polynomial(coefficients *[8]float64, x float64) float64 {
	sum := coefficients[0]
	for _, c := range coefficients[1:] {
		sum = mulAdd(sum, x, c)
	}
	return sum
}

// The coefficients of AS 241: A/B in the middle, C/D in the tails, E/F far out.
var (
	probitA = [8]float64{2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
		4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2,
		3.3871328727963666080e+0}
	probitB = [8]float64{5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4,
		2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1}
	probitC = [8]float64{7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
		1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0,
		1.42343711074968357734e+0}
	probitD = [8]float64{1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
		1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1}
	probitE = [8]float64{2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
		2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0,
		6.65790464350110377720e+0}
	probitF = [8]float64{2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
		7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1}
)
