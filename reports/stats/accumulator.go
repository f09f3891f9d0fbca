package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"github.com/DataDog/sketches-go/ddsketch"
)

// Exact is how many values an Accumulator keeps as they are. Beyond, it keeps them in a sketch.
const Exact = 100_000

// SketchError is by how much a quantile out of a sketch differs from the sample's at most, relative to it: DDSketch's
// guarantee (Masson, Rim and Lee 2019, https://doi.org/10.14778/3352063.3352135).
const SketchError = 0.001

// Accumulator is a sample of whole numbers that are not negative, such as counts and nanoseconds, in bounded memory:
// less than a megabyte, however many they are. Mean and variance are exact, as sums are whole numbers, and so nothing
// depends on the order of the values. The zero value is empty. An Accumulator is not copied once it is in use.
type Accumulator struct {
	n        uint64
	sum      [2]uint64 // the lowest word first
	squares  [3]uint64
	min, max int64
	values   []int64 // all of them, up to Exact
	ordered  bool
	sketch   *ddsketch.DDSketch // beyond
}

// Add takes a value in. A negative one is a defect of the caller.
func (a *Accumulator) Add(v int64) {
	if v < 0 {
		panic(fmt.Sprintf("stats: %d in an Accumulator", v))
	}
	if a.n == 0 {
		a.min, a.max = v, v
	}
	a.n++
	a.min, a.max = min(a.min, v), max(a.max, v)
	var carry uint64
	a.sum[0], carry = bits.Add64(a.sum[0], uint64(v), 0)
	a.sum[1] += carry
	hi, lo := bits.Mul64(uint64(v), uint64(v))
	a.squares[0], carry = bits.Add64(a.squares[0], lo, 0)
	a.squares[1], carry = bits.Add64(a.squares[1], hi, carry)
	a.squares[2] += carry
	if a.sketch == nil {
		a.values, a.ordered = append(a.values, v), false
		if len(a.values) > Exact {
			a.spill()
		}
		return
	}
	a.tally(v)
}

// Merge takes another sample's values in: what comes out is the same as if each had been added.
func (a *Accumulator) Merge(b *Accumulator) {
	if b.n == 0 {
		return
	}
	if a.n == 0 {
		a.min, a.max = b.min, b.max
	}
	a.n += b.n
	a.min, a.max = min(a.min, b.min), max(a.max, b.max)
	addWords(a.sum[:], b.sum[:])
	addWords(a.squares[:], b.squares[:])
	if a.sketch == nil {
		a.values, a.ordered = append(a.values, b.values...), false
		if b.sketch != nil || len(a.values) > Exact {
			a.spill()
		}
	} else {
		for _, v := range b.values {
			a.tally(v)
		}
	}
	if b.sketch != nil {
		if err := a.sketch.MergeWith(b.sketch); err != nil {
			panic(err) // both have the same accuracy
		}
	}
}

// addWords adds a number in words to another, the lowest word first.
func addWords(a, b []uint64) {
	carry := uint64(0)
	for i := range a {
		a[i], carry = bits.Add64(a[i], b[i], carry)
	}
}

func (a *Accumulator) spill() {
	sketch, err := ddsketch.LogUnboundedDenseDDSketch(SketchError)
	if err != nil {
		panic(err) // the accuracy is a constant, and sound
	}
	a.sketch = sketch
	for _, v := range a.values {
		a.tally(v)
	}
	a.values = nil
}

func (a *Accumulator) tally(v int64) {
	if err := a.sketch.Add(float64(v)); err != nil {
		panic(err) // every int64 that is not negative can be indexed
	}
}

// N is the number of values.
func (a *Accumulator) N() int { return int(a.n) }

// Sketched says whether quantiles come out of a sketch, with SketchError.
func (a *Accumulator) Sketched() bool { return a.sketch != nil }

// Moments are the mean and the unbiased variance; the variance of one value is 0, and so is everything of none.
func (a *Accumulator) Moments() (mean, variance float64) {
	if a.n == 0 {
		return 0, 0
	}
	n, sum, squares := new(big.Int).SetUint64(a.n), words(a.sum[:]), words(a.squares[:])
	mean = ratio(sum, n)
	if a.n > 1 { // (n*squares - sum^2) / (n*(n-1))
		top := new(big.Int).Mul(n, squares)
		top.Sub(top, new(big.Int).Mul(sum, sum))
		variance = ratio(top, new(big.Int).Mul(n, new(big.Int).SetUint64(a.n-1)))
	}
	return mean, variance
}

func words(w []uint64) *big.Int {
	x := new(big.Int)
	for _, v := range slices.Backward(w) {
		x.Lsh(x, 64)
		x.Or(x, new(big.Int).SetUint64(v))
	}
	return x
}

func ratio(a, b *big.Int) float64 {
	v, _ := new(big.Rat).SetFrac(a, b).Float64()
	return v
}

// Mean is the mean with Student's t interval, as the function Mean has it.
func (a *Accumulator) Mean(confidence float64) (Summary, error) {
	if a.n == 0 {
		return Summary{}, fmt.Errorf("values: %w", ErrEmpty)
	}
	if err := checkConfidence(confidence); err != nil {
		return Summary{}, err
	}
	mean, variance := a.Moments()
	return meanInterval(moments{float64(a.n), mean, variance}, confidence), nil
}

// Quantile is the q-quantile with its interval, as the function Quantile has it. Out of a sketch, each of the three
// numbers is off by SketchError at most, and the interval is widened by as much.
func (a *Accumulator) Quantile(q, confidence float64) (Summary, error) {
	switch err := checkConfidence(confidence); {
	case a.n == 0:
		return Summary{}, fmt.Errorf("values: %w", ErrEmpty)
	case err != nil:
		return Summary{}, err
	case !(q > 0 && q < 1):
		return Summary{}, fmt.Errorf("quantile %v: %w (allowed: between 0 and 1, both excluded)", q, ErrRange)
	}
	s := quantileOf(int(a.n), q, confidence, a.at)
	if a.sketch != nil {
		s.Lo, s.Hi = s.Lo*(1-SketchError), s.Hi*(1+SketchError)
	}
	return s, nil
}

// at is the value of a rank, from 1.
func (a *Accumulator) at(rank int) float64 {
	switch {
	case rank <= 1:
		return float64(a.min)
	case rank >= int(a.n):
		return float64(a.max)
	case a.sketch == nil:
		if !a.ordered {
			slices.Sort(a.values)
			a.ordered = true
		}
		return float64(a.values[rank-1])
	}
	below := a.sketch.GetZeroCount()
	if float64(rank) <= below {
		return 0
	}
	store := a.sketch.GetPositiveValueStore()
	v := a.sketch.Value(store.KeyAtRank(float64(rank-1) - below))
	return min(max(v, float64(a.min)), float64(a.max))
}

// saved is the form of an Accumulator in a file.
type saved struct {
	N        uint64    `json:"n"`
	Sum      [2]uint64 `json:"sum"`
	Squares  [3]uint64 `json:"squares"`
	Min, Max int64
	Values   []int64 `json:"values,omitempty"`
	Sketch   []byte  `json:"sketch,omitempty"`
}

// MarshalJSON writes all of it: what is read again is the same sample.
func (a *Accumulator) MarshalJSON() ([]byte, error) {
	s := saved{N: a.n, Sum: a.sum, Squares: a.squares, Min: a.min, Max: a.max, Values: a.values}
	if a.sketch != nil {
		a.sketch.Encode(&s.Sketch, false)
	}
	return json.Marshal(&s)
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (a *Accumulator) UnmarshalJSON(text []byte) error {
	var s saved
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*a = Accumulator{n: s.N, sum: s.Sum, squares: s.Squares, min: s.Min, max: s.Max, values: s.Values}
	held := float64(len(s.Values))
	if s.Sketch != nil {
		a.spill()
		if err := a.sketch.DecodeAndMergeWith(s.Sketch); err != nil {
			return fmt.Errorf("sketch: %w", err)
		}
		held = a.sketch.GetCount()
	}
	if held != float64(s.N) || math.MaxInt64 < s.N || s.N > 0 && !(0 <= s.Min && s.Min <= s.Max) {
		return fmt.Errorf("a sample of %d values that holds %v: %w", s.N, held, ErrRange)
	}
	return nil
}
