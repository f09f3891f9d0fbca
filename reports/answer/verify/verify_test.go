package verify_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports/answer/verify"
	"github.com/jobsim/jobsim/sim/study"
)

// Every case with ten seeds: no row is impossible after Holm's correction, and about one row in a hundred is outside of
// its 99 % interval.
func TestCases_TenSeeds(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes of simulation")
	}
	pool := study.NewPool(2)
	var rows []verify.Row
	cases := verify.Cases()
	for seed := range uint64(10) {
		for i := range cases {
			r, err := verify.Run(context.Background(), pool, &cases[i], seed+1)
			if err != nil {
				t.Fatalf("%s: %v", cases[i].What, err)
			}
			if !r.Inside() {
				t.Logf("outside: seed %d, %s: %v (%v to %v), want %v, p %.2g", r.Seed, r.Case.What, r.Got.Center, r.Got.Lo,
					r.Got.Hi, r.Case.Want, r.P)
			}
			rows = append(rows, r)
		}
	}
	v, err := verify.Judge(rows)
	t.Logf("%+v", v)
	if err != nil || !v.Agrees() {
		t.Errorf("%+v, %v", v, err)
	}
}

// The verdict can fail: an answer that is off by as little as a few standard errors is found.
func TestJudge_FindsAWrongAnswer(t *testing.T) {
	pool := study.NewPool(2)
	for _, c := range verify.Cases() {
		if c.Form != "negative binomial" || !strings.Contains(c.What, " 10 completions") {
			continue
		}
		right, err := verify.Run(context.Background(), pool, &c, 1)
		if err != nil || !right.Inside() {
			t.Errorf("%+v, %v", right, err)
		}
		c.Want -= 0.01 // five standard errors
		wrong, err := verify.Run(context.Background(), pool, &c, 1)
		if err != nil || wrong.Inside() {
			t.Errorf("%+v, %v", wrong, err)
		}
		if v, err := verify.Judge([]verify.Row{right, wrong}); err != nil || v.Agrees() {
			t.Errorf("%+v, %v", v, err)
		}
	}
}
