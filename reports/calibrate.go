package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Calibration is what the traces of a cluster say of its latencies.
type Calibration struct {
	World, Kubernetes string
	// Fitting and Judging are how many runs the latencies were fitted to, and how many others they were judged by.
	Fitting, Judging int
	// Others are the runs of the cluster that judged, in their normal form, without those that were replayed again.
	Others []*trace.Trace
	// Fits are the latencies of which there were enough values, by name.
	Fits []Fit
	// Missing are the names of the others.
	Missing []string
	// Nodes is how many nodes had pods.
	Nodes int
	// Shared is what starts have in common that begin together, and ends; nil if there were too few.
	Shared *Shared
}

// Fit is a latency of the cluster: a distribution, and how well it fits.
type Fit struct {
	Name string // in a profile, such as latency.bind
	What string // what was measured
	Dist rng.Dist
	// N values were fitted to, and Judged others, of other runs, judge it.
	N, Judged             int
	Median, MedianOfTrace float64 // of the distribution and of the values that judge it, in seconds
	KS                    float64 // the KS distance of the two; of latency.relist that of both halves of the runs
	P                     float64 // the p-value of the values of both halves of the runs being of one distribution
}

// leastFit is how many values a fit takes, and a judgement.
const leastFit = 8

// Calibrate fits the latencies of a simulated cluster to traces of a real one. pure are the same runs, by scenario,
// seed and replication, without latencies and client limits: what a pod does there takes as long as its fate says, and
// what it takes longer in the cluster is the cluster's. A run that was replayed again is there again, in both. Every
// second run is fitted to, the others judge.
func Calibrate(cluster, pure []*trace.Trace) (*Calibration, error) {
	if len(cluster) == 0 {
		return nil, fmt.Errorf("%w: no traces of a cluster", ErrEmpty)
	}
	measured, names, err := group(cluster)
	if err != nil {
		return nil, err
	}
	reference, _, err := group(pure)
	if err != nil {
		return nil, err
	}
	c := &Calibration{World: world(cluster), Kubernetes: cluster[0].Header.Kubernetes}
	slices.Sort(names)
	halves, nodes := [2]spans{}, map[string]bool{}
	for _, name := range names {
		for _, p := range pairs(measured[name], reference[name]) {
			half := &halves[(c.Fitting+c.Judging)%2]
			half.run++
			half.measure(p[0], p[1], nodes)
			if c.Fitting > c.Judging {
				c.Judging++
				if n := len(c.Others); n == 0 || c.Others[n-1].Header != p[0].Trace.Header {
					c.Others = append(c.Others, p[0].Trace)
				}
			} else {
				c.Fitting++
			}
		}
	}
	if c.Fitting == 0 || c.Judging == 0 {
		return nil, fmt.Errorf("%w: %d runs of the cluster have their like without latencies, 2 are needed", ErrEmpty,
			c.Fitting+c.Judging)
	}
	c.Nodes = len(nodes)
	return c, c.fit(&halves[0], &halves[1])
}

// fitWatch fits how late news are, in seconds: what remains of a reaction without the request, at the median. It is
// taken off what the scheduler and the kubelet take; its spread stays with them, so it has none of its own.
func (c *Calibration) fitWatch(half, other *spans) float64 {
	if !enough(half.reaction, other.reaction) {
		c.Missing = append(c.Missing, "latency.watch")
		return 0 // of the profile default it is next to nothing
	}
	watch := span(max(0, middle(half.reaction)-middle(half.request)))
	c.Fits = append(c.Fits, Fit{Name: "latency.watch",
		What: "from news of a pod to the status, less the batch and a request",
		Dist: rng.Const(watch), N: len(half.reaction), Judged: len(other.reaction), Median: watch.Seconds(),
		MedianOfTrace: max(0, middle(other.reaction)-middle(other.request)), P: 1})
	return watch.Seconds()
}

// fit makes the latencies of half the runs, and judges them by the other half.
func (c *Calibration) fit(half, other *spans) error {
	if err := c.fitNotice(half, other); err != nil {
		return err
	}
	watch := c.fitWatch(half, other)
	if slices.Contains(c.Missing, "latency.relist") { // then stops cannot be told from the wait for a look
		for _, s := range []*spans{half, other} {
			s.stop, s.stopBegan = nil, nil
		}
	}
	contend := c.fitContend(half, other)
	for _, l := range []struct {
		name, what string
		fit, judge []float64
		less       float64
	}{
		{"latency.request", "from a Job's status to the next write of its pods", half.request, other.request, 0},
		{"latency.bind", "from creation to binding, less the watch", half.bind, other.bind, watch},
		{"latency.start", "from binding to start, less the watch and what other pods add", half.alone(contend),
			other.alone(contend), watch},
		{"latency.restart", "from the notice of an end to the restart", half.restart, other.restart, 0},
		{"latency.stop", "from the look after that to the pod's end", half.stop, other.stop, c.untilNextLook()},
		{"latency.kill", "from the end of the last container of a deleted pod to the pod's", half.kill, other.kill, watch},
		{"latency.remove", "from the end of a deleted pod to its removal", half.remove, other.remove, 0},
	} {
		if !enough(l.fit, l.judge) {
			c.Missing = append(c.Missing, l.name)
			continue
		}
		f, err := fitOf(less(l.fit, l.less), less(l.judge, l.less))
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		f.Name, f.What = l.name, l.what
		c.Fits = append(c.Fits, *f)
	}
	if len(c.Fits) == 0 {
		return fmt.Errorf("%w: no latency has %d values in each half of the runs", ErrEmpty, leastFit)
	}
	c.fitShared(half, other)
	return nil
}

func enough(fit, judge []float64) bool { return len(fit) >= leastFit && len(judge) >= leastFit }

func middle(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return median(values)
}

func less(values []float64, by float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = max(0, math.Round((v-by)*1e9)/1e9) // to the nanosecond again
	}
	return out
}
