package rng

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/big"
	"testing"
)

// ulps is the distance between two numbers in units in the last place of want.
func ulps(got, want float64) float64 {
	if got == want {
		return 0
	}
	w := math.Abs(want)
	return math.Abs(got-want) / (math.Nextafter(w, math.Inf(1)) - w)
}

func TestLog_IsWithinTwoUlps(t *testing.T) {
	for i := range 200_000 {
		for _, x := range []float64{
			(float64(i) + 0.5) * 0x1p-17,           // 0 to 1.5
			1 - (float64(i)+0.5)*0x1p-45,           // just below 1
			1 + (float64(i)+0.5)*0x1p-45,           // just above
			math.Ldexp(1+float64(i)*0x1p-18, i%99), // large
			math.Ldexp(1+float64(i)*0x1p-18, -i%1022),
		} {
			if got, want := log(x), math.Log(x); ulps(got, want) > 3 { // math.Log may be off by 1 itself
				t.Fatalf("log(%v) = %v, want %v", x, got, want)
			}
		}
	}
	if got := log(0); !math.IsInf(got, -1) {
		t.Errorf("log(0) = %v", got)
	}
	if got := log(1); got != 0 {
		t.Errorf("log(1) = %v", got)
	}
}

func TestExp_IsWithinTwoUlps(t *testing.T) {
	for i := range 200_000 {
		for _, x := range []float64{float64(i-100_000) * 0.00699, float64(i-100_000) * 1e-6, float64(i) * 1e-12} {
			if got, want := exp(x), math.Exp(x); ulps(got, want) > 3 {
				t.Fatalf("exp(%v) = %v, want %v", x, got, want)
			}
		}
	}
	for _, tc := range []struct{ x, want float64 }{
		{0, 1},
		{math.Inf(1), math.Inf(1)},
		{1e300, math.Inf(1)},
		{701, math.Inf(1)},
		{math.Inf(-1), 0},
		{-1e300, 0},
		{-701, 0},
		{math.NaN(), 0},
	} {
		if got := exp(tc.x); got != tc.want {
			t.Errorf("exp(%v) = %v, want %v", tc.x, got, tc.want)
		}
	}
}

// ln2Hi times any exponent is exact, and the two parts make up the logarithm of 2.
func TestLn2_IsSplitWell(t *testing.T) {
	if tail := math.Float64bits(ln2Hi) & (1<<20 - 1); tail != 0 {
		t.Errorf("ln2Hi ends in %#x, want 20 zero bits", tail)
	}
	sum := new(big.Float).SetPrec(200).SetFloat64(ln2Hi)
	sum.Add(sum, new(big.Float).SetFloat64(ln2Lo))
	want, _ := new(big.Float).SetPrec(200).SetString("0.693147180559945309417232121458176568075500134360255254")
	if diff, _ := sum.Sub(sum, want).Float64(); math.Abs(diff) > 1e-25 {
		t.Errorf("ln2Hi + ln2Lo is off by %v", diff)
	}
}

// The share of a normal distribution below probit(u) is u.
func TestProbit_IsTheInverseOfTheNormalCDF(t *testing.T) {
	for _, tc := range []struct{ u, want float64 }{ // the checks of the paper, and those of tables
		{0.25, -0.6744897501960817},
		{0.001, -3.090232306167814},
		{1e-20, -9.262340089798408},
		{0.5, 0},
		{0.975, 1.959963984540054},
	} {
		if got := probit(tc.u); math.Abs(got-tc.want) > 4e-15 {
			t.Errorf("probit(%v) = %.16g, want %.16g", tc.u, got, tc.want)
		}
	}
	for i := 1; i < 10_000; i++ {
		for _, u := range []float64{float64(i) / 10_000, math.Ldexp(1+float64(i)/10_000, -2-i%50)} {
			x := probit(u)
			if back := math.Erfc(-x/math.Sqrt2) / 2; math.Abs(back-u) > 4e-15*u*(1+x*x) {
				t.Fatalf("probit(%v) = %v, below which the share is %v", u, x, back)
			}
			if other := probit(1 - u); 1-(1-u) == u && other != -x {
				t.Fatalf("probit(%v) = %v, but probit(1-%v) = %v", u, x, u, other)
			}
		}
	}
}

// A product that stands anywhere but inside a conversion may be fused with a sum on one machine and not on another.
func TestProductsCannotBeFused(t *testing.T) {
	files := token.NewFileSet()
	products := 0
	for _, name := range []string{"math.go", "dist.go", "sample.go"} {
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		converted := map[ast.Expr]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "float64" {
					converted[n.Args[0]] = true
				}
			case *ast.BinaryExpr:
				if n.Op == token.MUL {
					products++
					if !converted[n] {
						t.Errorf("%v: a product outside of float64()", files.Position(n.Pos()))
					}
				}
			case *ast.AssignStmt:
				if n.Tok == token.MUL_ASSIGN {
					t.Errorf("%v: a product that is assigned", files.Position(n.Pos()))
				}
			}
			return true
		})
	}
	if products < 20 {
		t.Errorf("only %d products were found", products)
	}
}
