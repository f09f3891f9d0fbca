package rng

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/des"
)

func TestParse_ReadsEveryForm(t *testing.T) {
	for _, tc := range []struct {
		text string
		want Dist
		str  string
	}{
		{"30s", Const(30 * des.Second), "constant:30s"},
		{"constant:30s", Const(30 * des.Second), "constant:30s"},
		{"0", Dist{}, "constant:0s"},
		{"uniform:10s,20s", must(NewUniform(10e9, 20e9)), "uniform:10s,20s"},
		{"exponential:30s", must(NewExponential(30e9)), "exponential:30s"},
		{"normal:30s,5s", must(NewNormal(30e9, 5e9)), "normal:30s,5s"},
		{"lognormal:30s,0.5", must(NewLognormal(30e9, 0.5)), "lognormal:30s,0.5"},
		{"weibull:30s,0.7", must(NewWeibull(30e9, 0.7)), "weibull:30s,0.7"},
		{"gamma:10s,2", must(NewGamma(10e9, 2)), "gamma:10s,2"},
		{"pareto:10s,1.5", must(NewPareto(10e9, 1.5)), "pareto:10s,1.5"},
		{"empirical:1s,2s,5s", must(NewEmpirical(1e9, 2e9, 5e9)), "empirical:1s,2s,5s"},
		{"empirical:5s,1s", must(NewEmpirical(1e9, 5e9)), "empirical:1s,5s"},
		{"0.9*lognormal:30s,0.5+0.1*constant:600s",
			must(NewMixture(Part{0.9, must(NewLognormal(30e9, 0.5))}, Part{0.1, Const(600e9)})),
			"0.9*lognormal:30s,0.5+0.1*constant:10m0s"},
		{" 2 * 1s + 1e+3 * gamma: 1m30s , 5e-1 ", must(NewMixture(Part{2, Const(1e9)}, Part{1000, must(NewGamma(90e9, 0.5))})),
			"2*constant:1s+1000*gamma:1m30s,0.5"},
		{"pareto:1.5ms,1e+2", must(NewPareto(1.5e6, 100)), "pareto:1.5ms,100"},
	} {
		got, err := Parse(tc.text)
		if err != nil || !reflect.DeepEqual(got, tc.want) {
			t.Errorf("Parse(%q) = %+v, %v, want %+v", tc.text, got, err, tc.want)
		}
		if got.String() != tc.str {
			t.Errorf("Parse(%q).String() = %q, want %q", tc.text, got, tc.str)
		}
	}
}

func TestParse_SaysWhatIsWrongAndWhatIsAllowed(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", `distribution "": constant: value: "" is not a span of time (allowed: such as 30s, 1m30s, 250ms) (allowed: ` + Forms + ")"},
		{"30", `distribution "30": constant: value: "30" is not a span of time (allowed: such as 30s, 1m30s, 250ms) (allowed: ` + Forms + ")"},
		{"poisson:3s", `distribution "poisson:3s": unknown family "poisson" (allowed: ` + Forms + ")"},
		{"constant:1s,2s", `distribution "constant:1s,2s": constant: 2 parameters (allowed: constant:VALUE)`},
		{"constant:-1s", `distribution "constant:-1s": constant: value -1s (allowed: 0s to 2501h59m59.254740992s in whole ns)`},
		{"uniform:2s", `distribution "uniform:2s": uniform: 1 parameters (allowed: uniform:MIN,MAX)`},
		{"uniform:2s,1s", `distribution "uniform:2s,1s": uniform: max 1s (allowed: min, which is 2s, or more)`},
		{"normal:1s,2", `distribution "normal:1s,2": normal: sd: "2" is not a span of time (allowed: such as 30s, 1m30s, 250ms)`},
		{"lognormal:x,y", `distribution "lognormal:x,y": lognormal: median: "x" is not a span of time ` +
			`(allowed: such as 30s, 1m30s, 250ms); lognormal: sigma: "y" is not a number (allowed: such as 0.5)`},
		{"gamma:-1s,0", `distribution "gamma:-1s,0": gamma: scale -1s (allowed: 0s to 2501h59m59.254740992s in whole ns); ` +
			`gamma: shape 0 (allowed: a number from 0.001 to 1000)`},
		{"pareto:1s,NaN", `distribution "pareto:1s,NaN": pareto: alpha NaN (allowed: a number from 0.001 to 1000)`},
		{"exponential:2502h", `distribution "exponential:2502h": exponential: mean: "2502h" is too long ` +
			`(allowed: 0s to 2501h59m59.254740992s)`},
		{"empirical:", `distribution "empirical:": empirical: "" is not a span of time (allowed: such as 30s, 1m30s, 250ms)`},
		{"empirical:1s,-2s", `distribution "empirical:1s,-2s": empirical: value -2s (allowed: 0s to 2501h59m59.254740992s)`},
		{"0.5*1s+2s", `distribution "0.5*1s+2s": mixture: part "2s" (allowed: WEIGHT*FORM)`},
		{"x*1s+0.5*y", `distribution "x*1s+0.5*y": mixture: part "x*1s" (allowed: WEIGHT*FORM); mixture: part "0.5*y": ` +
			`constant: value: "y" is not a span of time (allowed: such as 30s, 1m30s, 250ms) (allowed: ` + Forms + ")"},
		{"0*1s+inf*2s", `distribution "0*1s+inf*2s": mixture: weight 0 (allowed: more than 0, up to 1e9); ` +
			`mixture: weight +Inf (allowed: more than 0, up to 1e9)`},
		{"0.5*0.5*1s", `distribution "0.5*0.5*1s": mixture: part "0.5*0.5*1s": constant: value: "0.5*1s" is not a span of time ` +
			`(allowed: such as 30s, 1m30s, 250ms) (allowed: ` + Forms + ")"},
	} {
		if got, err := Parse(tc.text); err == nil || err.Error() != tc.want || !reflect.DeepEqual(got, Dist{}) {
			t.Errorf("Parse(%q) = %v:\ngot  %v\nwant %s", tc.text, got, err, tc.want)
		}
	}
}

func TestConstructors_RefuseWhatParseRefuses(t *testing.T) {
	fractional := Dist{Kind: Exponential, P: [2]float64{1.5}}
	unsorted := Dist{Kind: Empirical, Values: []des.Duration{2, 1}}
	nested := Dist{Kind: Mixture, Parts: []Part{{1, must(NewMixture(Part{1, Dist{}}))}, {1, fractional}}}
	for _, tc := range []struct {
		name string
		make func() (Dist, error)
		want string
	}{
		{"uniform", func() (Dist, error) { return NewUniform(2, 1) }, "uniform: max 1ns (allowed: min, which is 2ns, or more)"},
		{"exponential", func() (Dist, error) { return NewExponential(-1) }, "exponential: mean -1ns (allowed: 0s to"},
		{"normal", func() (Dist, error) { return NewNormal(1, des.Forever) }, "normal: sd 9223372036854776000ns (allowed: 0s to"},
		{"lognormal", func() (Dist, error) { return NewLognormal(1, 0) }, "lognormal: sigma 0 (allowed: a number from"},
		{"weibull", func() (Dist, error) { return NewWeibull(1, math.Inf(1)) }, "weibull: shape +Inf (allowed: a number from"},
		{"gamma", func() (Dist, error) { return NewGamma(1, math.NaN()) }, "gamma: shape NaN (allowed: a number from"},
		{"pareto", func() (Dist, error) { return NewPareto(1, 1001) }, "pareto: alpha 1001 (allowed: a number from"},
		{"empirical", func() (Dist, error) { return NewEmpirical() }, "empirical: 0 values (allowed: 1 to 10000)"},
		{"empirical", func() (Dist, error) { return NewEmpirical(make([]des.Duration, 10_001)...) }, "empirical: 10001 values (allowed: 1 to"},
		{"mixture", func() (Dist, error) { return NewMixture() }, "mixture: 0 parts (allowed: 1 to 10000)"},
		{"fractional", func() (Dist, error) { return valid(fractional) }, "exponential: mean 1.5ns (allowed: 0s to"},
		{"unsorted", func() (Dist, error) { return valid(unsorted) }, "empirical: value 1ns after 2ns (allowed: sorted values)"},
		{"nested", func() (Dist, error) { return valid(nested) }, "mixture: a mixture as a part (allowed: its parts, with the weights" +
			" multiplied); mixture: exponential: mean 1.5ns (allowed: 0s to"},
		{"kind", func() (Dist, error) { return valid(Dist{Kind: 99}) }, "unknown kind 99 of distribution (allowed: 0 to 9)"},
	} {
		if d, err := tc.make(); err == nil || !strings.HasPrefix(err.Error(), tc.want) || !reflect.DeepEqual(d, Dist{}) {
			t.Errorf("%s: got %v, %v, want an error %q", tc.name, d, err, tc.want)
		}
	}
}

// A distribution keeps its own values, whatever the caller does to his.
func TestConstructors_Copy(t *testing.T) {
	values := []des.Duration{3, 1, 2}
	d := must(NewEmpirical(values...))
	values[0] = 99
	parts := []Part{{1, Const(5)}}
	m := must(NewMixture(parts...))
	parts[0].Weight = -1
	if d.String() != "empirical:1ns,2ns,3ns" || m.String() != "1*constant:5ns" {
		t.Errorf("got %v and %v", d, m)
	}
}

func TestConst(t *testing.T) {
	zero, forever := Const(0), Const(des.Forever)
	s := Stream{}
	if !zero.IsZero() || forever.IsZero() || zero.Draw(&s) != 0 || forever.Draw(&s) != des.Forever {
		t.Errorf("draws %v and %v", zero.Draw(&s), forever.Draw(&s))
	}
	if got := (Source{}).Draw(&forever, Key{}); got != des.Forever {
		t.Errorf("drew %v, want forever", got)
	}
	if uniform := must(NewUniform(0, 1)); uniform.IsZero() {
		t.Error("a uniform distribution from 0 is not zero")
	}
	if got := (Dist{Kind: 99}).String(); got != "DistKind(99)" {
		t.Errorf("String() of an unknown kind is %q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range strings.Split(Forms, ", ") {
		f.Add(text)
	}
	for _, tc := range laws {
		f.Add(tc.dist)
	}
	f.Add("1e+3*empirical:1s,1s+5e-324*0.1ns")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			if !strings.Contains(err.Error(), "(allowed: ") {
				t.Errorf("Parse(%q): %v: nothing is allowed", text, err)
			}
			return
		}
		if err = d.Validate(); err != nil {
			t.Fatalf("Parse(%q) = %v: %v", text, d, err)
		}
		again, err := Parse(d.String())
		if err != nil || !reflect.DeepEqual(again, d) {
			t.Fatalf("Parse(%q) = %+v, which prints %q and reads %+v, %v", text, d, d, again, err)
		}
		s := stream(0)
		if got := d.Draw(&s); got < 0 {
			t.Errorf("%v: drew %d ns", d, int64(got))
		}
		d.Mean()
	})
}
