package rng_test

import (
	"math"
	"testing"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// mm1 is the M/M/1 queue: one server, exponential gaps between arrivals and exponential service.
type mm1 struct {
	kernel            des.Kernel
	gaps, services    rng.Stream
	gap, service      rng.Dist
	line              [1 << 12]des.Time // arrivals, as a ring
	first, inLine     uint
	served            int
	waited            des.Duration
	shortest, longest des.Duration
}

const (
	arrive des.Kind = iota
	leave
)

func newMM1(tb testing.TB, arrivalsPerService float64, replication uint64) *mm1 {
	gap, err := rng.NewExponential(des.Duration(math.Round(float64(des.Second) / arrivalsPerService)))
	if err != nil {
		tb.Fatal(err)
	}
	service, err := rng.NewExponential(des.Second)
	if err != nil {
		tb.Fatal(err)
	}
	source := rng.Source{Seed: 1, Replication: replication}
	q := &mm1{gap: gap, service: service, shortest: des.Forever,
		gaps: source.At(rng.Key{Purpose: rng.Arrival}), services: source.At(rng.Key{Purpose: rng.Run})}
	q.kernel.Schedule(des.Time(0).Add(gap.Draw(&q.gaps)), 0, arrive, 0, 0)
	return q
}

// serve runs until so many customers have been served.
func (q *mm1) serve(customers int) {
	for customers += q.served; q.served < customers; {
		e, _ := q.kernel.Step()
		switch e.Kind() {
		case arrive:
			q.kernel.Schedule(e.At.Add(q.gap.Draw(&q.gaps)), 0, arrive, 0, 0)
			q.line[(q.first+q.inLine)%uint(len(q.line))] = e.At
			q.inLine++
			if q.inLine > 1 {
				continue
			}
		case leave:
			q.first = (q.first + 1) % uint(len(q.line))
			q.inLine--
			q.served++
			if q.inLine == 0 {
				continue
			}
		}
		wait := e.At.Sub(q.line[q.first])
		q.waited += wait
		q.shortest, q.longest = min(q.shortest, wait), max(q.longest, wait)
		q.kernel.Schedule(e.At.Add(q.service.Draw(&q.services)), 0, leave, 0, 0)
	}
}

// The mean wait before service is rho/(1-rho) service times (Kleinrock 1975, Queueing Systems I, section 3.2).
func TestMM1_WaitsAsLongAsTheoryHasIt(t *testing.T) {
	for _, rho := range []float64{0.3, 0.5, 0.7} {
		var means [20]float64
		sum, squares := 0.0, 0.0
		for i := range means {
			q := newMM1(t, rho, uint64(i))
			q.serve(20_000)
			means[i] = q.waited.Seconds() / float64(q.served)
			sum += means[i]
			if q.shortest != 0 || q.longest < 3*des.Second {
				t.Errorf("rho %v: waits from %v to %v", rho, q.shortest, q.longest)
			}
		}
		mean := sum / float64(len(means))
		for _, m := range means {
			squares += (m - mean) * (m - mean)
		}
		half := 3 * math.Sqrt(squares/float64(len(means)-1)/float64(len(means)))
		if want := rho / (1 - rho); math.Abs(mean-want) > half || half > want/10 {
			t.Errorf("rho %v: mean wait %.3f s +- %.3f, want %.3f s", rho, mean, half, want)
		}
	}
}

// BenchmarkMM1 counts customers, each of whom is two events and two draws.
func BenchmarkMM1(b *testing.B) {
	q := newMM1(b, 0.9, 0)
	b.ReportAllocs()
	b.ResetTimer()
	q.serve(b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mcustomers/s")
}
