package stats

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
)

// An Accumulator says what the functions of whole samples say, exactly as long as it keeps the values.
func TestAccumulator_AgreesWithTheSample(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 20, 1000, Exact, Exact + 1, 3 * Exact} {
		var a Accumulator
		values := make([]float64, n)
		for i := range values {
			v := int64(math.Exp(20 + 3*r.NormFloat64()))
			if i%10 == 0 {
				v = 0
			}
			a.Add(v)
			values[i] = float64(v)
		}
		want, _ := Mean(values, 0.95)
		got, err := a.Mean(0.95)
		if err != nil || !closeTo(got.Center, want.Center, 1e-12) || !closeTo(got.Hi, want.Hi, 1e-9) || got.N != n {
			t.Errorf("n=%d: mean %+v, want %+v, %v", n, got, want, err)
		}
		allowed := 0.0
		if a.Sketched() {
			allowed = 2.1 * SketchError // the interval is widened by as much again
		}
		if a.Sketched() != (n > Exact) {
			t.Errorf("n=%d: sketched %v", n, a.Sketched())
		}
		for _, q := range []float64{0.05, 0.5, 0.95, 0.999} {
			want, _ := Quantile(values, q, 0.95)
			got, err := a.Quantile(q, 0.95)
			if err != nil || !closeTo(got.Center, want.Center, allowed) || !closeTo(got.Lo, want.Lo, allowed) ||
				!closeTo(got.Hi, want.Hi, allowed) ||
				len(got.Warnings) == 0 && (got.Lo > got.Center || got.Center > got.Hi) {
				t.Errorf("n=%d, q=%v: %+v, want %+v, %v", n, q, got, want, err)
			}
		}
	}
}

func closeTo(got, want, relative float64) bool { return math.Abs(got-want) <= relative*math.Abs(want) }

// The order of the values makes no difference to anything, nor does a file between them.
func TestAccumulator_OrderAndFile(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	values := make([]int64, Exact+5000)
	for i := range values {
		values[i] = r.Int64()
	}
	var a, b, c Accumulator
	for _, v := range values {
		a.Add(v)
	}
	r.Shuffle(len(values), func(i, k int) { values[i], values[k] = values[k], values[i] })
	for i, v := range values {
		b.Add(v)
		if i == 10 || i == Exact+10 { // before and after the values went into a sketch
			text, err := json.Marshal(&b)
			if err != nil || json.Unmarshal(text, &b) != nil {
				t.Fatal(err)
			}
		}
		c.Add(v)
	}
	for _, other := range []*Accumulator{&b, &c} {
		am, av := a.Moments()
		bm, bv := other.Moments()
		aq, _ := a.Quantile(0.9, 0.95)
		bq, _ := other.Quantile(0.9, 0.95)
		if am != bm || av != bv || aq.Center != bq.Center || aq.Lo != bq.Lo || aq.Hi != bq.Hi {
			t.Errorf("%v %v %+v, and in another order %v %v %+v", am, av, aq, bm, bv, bq)
		}
	}
}

func TestAccumulator_RefusesABadFile(t *testing.T) {
	for _, text := range []string{`{"n": 2, "values": [1]}`, `{"n": 1}`, `{"n": 1, "sketch": "AAAA"}`, `[]`,
		`{"n": 1, "values": [5], "Min": 7, "Max": 6}`} {
		var a Accumulator
		if err := json.Unmarshal([]byte(text), &a); err == nil {
			t.Errorf("%s was read as %+v", text, a)
		}
	}
}

// Level against a simulation of what it integrates: means of normal values that are looked at again and again.
func TestLooks_Level(t *testing.T) {
	const studies = 20_000
	looks := Looks{First: 20, Ratio: 1.5, Most: 15}
	level := looks.Level(0.95)
	if one := (Looks{First: 20, Ratio: 1.5, Most: 1}).Level(0.95); math.Abs(one-0.95) > 1e-3 {
		t.Errorf("one look at a level of %v, want 0.95", one)
	}
	if all := DefaultLooks.Level(0.95); !(level < all && all < 0.9985) {
		t.Errorf("levels %v of 15 looks and %v of 45", level, all)
	}
	c := -normalQuantile((1 - level) / 2)
	r := rand.New(rand.NewPCG(5, 6))
	left := 0
	for range studies {
		sum, n := 0.0, 0
		for at := looks.Next(0); at < looks.First*292; at = looks.Next(at) { // 15 looks: 20 to 20*1.5^14
			sum += math.Sqrt(float64(at-n)) * r.NormFloat64()
			n = at
			if math.Abs(sum) > c*math.Sqrt(float64(n)) {
				left++
				break
			}
		}
	}
	if p, err := ClopperPearson(left, studies, 0.999); err != nil || p.Lo > 0.05 || p.Hi < 0.05 {
		t.Errorf("between %v and %v of studies leave the bounds, want 0.05", p.Lo, p.Hi)
	}
}

// Samples that are merged are one sample, to the last bit, also where some of them are sketches.
func TestAccumulator_Merge(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, sizes := range [][]int{{0, 0}, {0, 3}, {3, 0}, {10, 20, 30}, {Exact / 2, Exact / 2}, {Exact/2 + 1, Exact / 2},
		{5, Exact + 5}, {Exact + 5, 5}, {Exact + 1, 2 * Exact, 7}} {
		var whole, merged Accumulator
		for _, n := range sizes {
			var part Accumulator
			for range n {
				v := int64(math.Exp(25 + 3*r.NormFloat64()))
				whole.Add(v)
				part.Add(v)
			}
			merged.Merge(&part)
		}
		if whole.N() != merged.N() || whole.Sketched() != merged.Sketched() {
			t.Errorf("%v: %d values, want %d", sizes, merged.N(), whole.N())
		}
		if whole.N() == 0 {
			continue
		}
		a, _ := whole.Mean(0.95)
		b, err := merged.Mean(0.95)
		if err != nil || a.Center != b.Center || a.Lo != b.Lo || a.Hi != b.Hi {
			t.Errorf("%v: mean %+v, want %+v, %v", sizes, b, a, err)
		}
		for _, q := range []float64{0.01, 0.5, 0.99} {
			a, _ := whole.Quantile(q, 0.95)
			b, err := merged.Quantile(q, 0.95)
			if err != nil || a.Center != b.Center || a.Lo != b.Lo || a.Hi != b.Hi {
				t.Errorf("%v: quantile %v %+v, want %+v, %v", sizes, q, b, a, err)
			}
		}
	}
}
