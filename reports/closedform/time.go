package closedform

import "math"

// Backoff is the wait after n failures in a row, n >= 1: base, doubled n-1 times, at most most
// (pkg/controller/job/backoff_utils.go:245@v1.37.2).
func Backoff(n int, base, most float64) float64 { return min(math.Ldexp(base, n-1), most) }

// BackoffSum is the sum of the waits of the first n failures in a row.
func BackoffSum(n int, base, most float64) (sum float64) {
	for i := range n {
		sum += Backoff(i+1, base, most)
	}
	return sum
}

// MeanBackoff is the mean of the waits of one completion whose attempts come one after another without a limit:
// the sum over n of p^n Backoff(n), for p < 1.
func MeanBackoff(p, base, most float64) (sum float64) {
	for n, term := 1, p; term > 1e-18 && n < 1_000_000; n, term = n+1, term*p {
		sum += term * Backoff(n, base, most)
	}
	return sum
}

// Harmonic is 1 + 1/2 + ... + 1/n.
func Harmonic(n int) (sum float64) {
	for i := n; i > 0; i-- { // the small ones first
		sum += 1 / float64(i)
	}
	return sum
}

// Makespan is the mean time in which servers servers finish tasks tasks, each of exponential duration with mean 1, when
// a free one always takes the next: (n-m)/m + H_m, and H_n where there is a server for each.
func Makespan(tasks, servers int) float64 {
	m := min(tasks, servers)
	return float64(tasks-m)/float64(m) + Harmonic(m)
}

// ErlangC is the probability that a customer of M/M/servers has to wait, with an offered load of load = arrival rate
// times mean service, below servers (Erlang 1917; by the recursion of the blocking probability).
func ErlangC(servers int, load float64) float64 {
	blocking := 1.0
	for k := range servers {
		blocking = load * blocking / (float64(k+1) + load*blocking)
	}
	c := float64(servers)
	return c * blocking / (c - load*(1-blocking))
}

// WaitMMc is the mean wait of M/M/servers, in mean services.
func WaitMMc(servers int, load float64) float64 {
	return ErlangC(servers, load) / (float64(servers) - load)
}

// WaitMG1 is the mean wait of M/G/1 in mean services: load is the utilisation, below 1, and cv the standard deviation
// of a service divided by its mean (Pollaczek 1930, Khinchine 1932).
func WaitMG1(load, cv float64) float64 { return load * (1 + cv*cv) / (2 * (1 - load)) }

// TurnaroundBreakdowns is the mean time in the system of M/M/1 in mean services, with an offered load of load, whose
// server breaks down at rate breaks, also while it is idle, and is repaired at rate repairs, both per mean service;
// what it was doing goes on, or begins anew, then (Avi-Itzhak and Naor 1963, https://doi.org/10.1287/opre.11.3.303).
// The load is below the share repairs/(breaks+repairs) of the time that the server is there.
func TurnaroundBreakdowns(load, breaks, repairs float64) float64 {
	both := breaks + repairs
	return (both*both + breaks) / (both * (repairs - load*both))
}

// Restarted is the mean time of running that work takes which is interrupted at exponential times with mean mtbf and
// then begins from scratch: mtbf (e^(work/mtbf) - 1).
func Restarted(work, mtbf float64) float64 { return mtbf * math.Expm1(work/mtbf) }

// Young is the interval between checkpoints that take cost which is best to first order, for interruptions at
// exponential times with mean mtbf: sqrt(2 cost mtbf) (Young 1974, https://doi.org/10.1145/361147.361115).
func Young(cost, mtbf float64) float64 { return math.Sqrt(2 * cost * mtbf) }

// Daly is that interval to higher order (Daly 2006, https://doi.org/10.1016/j.future.2004.11.016), for cost < 2 mtbf.
func Daly(cost, mtbf float64) float64 {
	x := cost / (2 * mtbf)
	return Young(cost, mtbf)*(1+math.Sqrt(x)/3+x/9) - cost
}
