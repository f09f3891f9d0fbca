package reports

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Calibration is what the traces of a cluster say of its latencies.
type Calibration struct {
	World, Kubernetes string
	// Fitting and Judging are how many runs the latencies were fitted to, and how many others they were judged by.
	Fitting, Judging int
	// Fits are the latencies of which there were enough values, by name.
	Fits []Fit
	// Missing are the names of the others.
	Missing []string
	// Nodes is how many nodes had pods.
	Nodes int
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
			halves[(c.Fitting+c.Judging)%2].measure(p[0], p[1], nodes)
			if c.Fitting > c.Judging {
				c.Judging++
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

// spans are what was measured, in seconds.
type spans struct {
	request, reaction, bind, start, observe, restart, stop, kill, remove []float64

	apart []float64 // two looks of one kubelet
	crowd []int     // by start: how many other pods of the run were starting meanwhile
}

// measure adds what one run says, beside the run without latencies.
func (s *spans) measure(run, pure *Run, nodes map[string]bool) {
	at, looks := map[trace.Ref]*Pod{}, map[string][]des.Time{}
	for _, j := range pure.Jobs {
		for _, p := range j.Pods {
			at[p.Ref] = p
		}
	}
	for _, j := range run.Jobs {
		for _, p := range j.Pods {
			if p.Bound != des.Never {
				nodes[p.Node] = true
			}
			ref := at[p.Ref]
			if ref == nil {
				continue
			}
			if s.pod(p, ref) {
				looks[p.Node] = append(looks[p.Node], p.Unready)
			}
			if len(s.crowd) < len(s.start) {
				s.crowd = append(s.crowd, crowd(run, p))
			}
		}
	}
	for _, node := range slices.Sorted(maps.Keys(looks)) {
		s.apart = appendApart(s.apart, looks[node])
	}
	s.controller(run)
}

// longGrace is the grace period of most pods; who takes longer to end waited for something else, such as a lost node.
const longGrace = 30 * des.Second

// pod adds the spans of a pod's life that are the cluster's alone, and says whether its kubelet noticed an end that was
// the container's own.
func (s *spans) pod(p, pure *Pod) (noticed bool) {
	add := func(to *[]float64, from, until des.Time, less des.Duration) {
		if from != des.Never && until != des.Never {
			*to = append(*to, max(0, until.Sub(from)-less).Seconds())
		}
	}
	undisturbed := p.Restarts == 0 && pure.Restarts == 0
	if undisturbed && pure.Bound == pure.Created {
		add(&s.bind, p.Created, p.Bound, 0)
	}
	if undisturbed && pure.Started != des.Never && pure.Started == pure.Bound { // no image to wait for, no init container
		add(&s.start, p.Bound, p.Started, 0)
	}
	if early := p.Ended < p.Terminated && pure.Ended < pure.Terminated; undisturbed && early && p.Started != des.Never &&
		pure.Ended != des.Never && pure.Started != des.Never && p.Succeeded == pure.Succeeded {
		unready := min(pure.Unready, pure.Ended) // sooner than the end, where a sidecar or another container goes on
		if p.Unready != des.Never && p.Unready <= p.Ended {
			noticed = true
			add(&s.observe, p.Started, p.Unready, unready.Sub(pure.Started))
			add(&s.stop, p.Unready, p.Ended, pure.Ended.Sub(unready))
		}
	}
	if p.Restarted >= 0 {
		s.restart = append(s.restart, p.Restarted.Seconds())
	}
	alike := p.Succeeded == pure.Succeeded && slices.Equal(p.Why, pure.Why) // killed in both, or in none
	if ran := p.Started < p.Terminated && p.Terminated < p.Ended; ran && alike && pure.Terminated <= pure.Ended &&
		pure.Ended.Sub(pure.Terminated) <= longGrace {
		add(&s.kill, p.Terminated, p.Ended, pure.Ended.Sub(pure.Terminated))
	}
	if p.Terminated <= p.Ended && p.Confirmed != des.Never && p.Confirmed >= p.Ended {
		add(&s.remove, p.Ended, p.Confirmed, 0)
	}
	return noticed
}

// syncBatch is how long the Job controller lets changes of pods gather
// (pkg/controller/job/job_controller.go:71@v1.37.2).
const syncBatch = des.Second

// controller adds how long the Job controller's requests take, and how late it hears: from the note of what it will
// count to its next write of a pod is a request; from a pod's start, if nothing happened to the Job for a while before
// and until then, to the status that shows it are the batch, a request, and the way of the news.
func (s *spans) controller(run *Run) {
	last := map[string]*trace.Record{} // of each Job, without what explains
	before := map[string]des.Time{}    // the one before that
	for i := range run.Trace.Records {
		r := &run.Trace.Records[i]
		if r.Ref.Kind != trace.KindJob && r.Ref.Kind != trace.KindPod || r.Verb.Explains() {
			continue
		}
		if l := last[r.Ref.Name]; l != nil {
			quiet := l.At.Sub(before[r.Ref.Name]) > syncBatch+syncBatch/2
			switch {
			case l.Actor == trace.JobController && l.Verb == trace.Status && uncounted(l) && r.Verb == trace.Untrack:
				s.request = append(s.request, r.At.Sub(l.At).Seconds())
			case l.Verb == trace.Start && quiet && r.Verb == trace.Status && r.At.Sub(l.At) >= syncBatch:
				s.reaction = append(s.reaction, (r.At.Sub(l.At) - syncBatch).Seconds())
			}
			before[r.Ref.Name] = l.At
		}
		last[r.Ref.Name] = r
	}
}

// uncounted says whether a status notes pods that are still to be counted.
func uncounted(r *trace.Record) bool {
	return slices.ContainsFunc(r.Args, func(a trace.Arg) bool {
		return a.Key == "uncountedSucceeded" || a.Key == "uncountedFailed"
	})
}

// fit makes the latencies of half the runs, and judges them by the other half. The news of a write takes a latency of
// its own: it is what remains of a reaction without the request, and is taken off what the scheduler and the kubelet
// take, at the median.
func (c *Calibration) fit(half, other *spans) error {
	request := middle(half.request)
	watch := 0.0 // of the profile default it is next to nothing
	if enough(half.reaction, other.reaction) {
		watch = max(0, middle(half.reaction)-request)
	}
	if err := c.fitNotice(half, other); err != nil {
		return err
	}
	contend := c.fitContend(half, other)
	for _, l := range []struct {
		name, what string
		fit, judge []float64
		less       float64
	}{
		{"latency.request", "from a Job's status to the next write of its pods", half.request, other.request, 0},
		{"latency.watch", "from a pod's start to the status, less the batch and a request", half.reaction, other.reaction,
			request},
		{"latency.bind", "from creation to binding, less the watch", half.bind, other.bind, watch},
		{"latency.start", "from binding to start, less the watch and what other pods add", half.alone(contend),
			other.alone(contend), watch},
		{"latency.restart", "from the notice of an end to the restart", half.restart, other.restart, 0},
		{"latency.stop", "from then to the pod's end", half.stop, other.stop, 0},
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

const (
	// resolution is below what spans are equal: a watch event's time is not exact to a tenth of a millisecond.
	resolution = 1e-4
	// A family does not fit if it is further than poor from the values, and by chance only with a probability below rare:
	// then the values themselves are taken.
	poor, rare = 0.05, 0.01
	// asLikely is by how much logarithms of likelihoods may differ (Burnham and Anderson 2002: 2 is substantial support).
	asLikely = 2
	// draws is how many values of a fit are judged.
	draws = 4000
	// maxValues bounds the values of an empirical distribution.
	maxValues = 64
)

// fitOf is the distribution of values, and how judge judges it.
func fitOf(values, judge []float64) (*Fit, error) {
	d, err := distribution(values)
	if err != nil {
		return nil, err
	}
	return judged(d, values, judge)
}

// judged is the fit of d to values, and how judge judges it.
func judged(d rng.Dist, values, judge []float64) (*Fit, error) {
	drawn := draw(&d)
	ks, err := stats.KS(judge, drawn)
	if err != nil {
		return nil, err
	}
	halves, err := stats.KS(values, judge)
	return &Fit{Dist: d, N: len(values), Judged: len(judge), Median: median(drawn), MedianOfTrace: median(judge),
		KS: ks.Statistic, P: halves.P}, err
}

// distribution is that of the most likely family; of families about as likely, the one that is nearest to the values; a
// constant if they are all but equal; their own quantiles if no family fits.
func distribution(values []float64) (rng.Dist, error) {
	sorted := slices.Sorted(slices.Values(values))
	if sorted[len(sorted)-1]-sorted[0] < resolution {
		return rng.Const(span(median(values))), nil
	}
	positive := make([]float64, len(values))
	for i, v := range values {
		positive[i] = max(v, 1e-6)
	}
	type candidate struct {
		dist       rng.Dist
		likelihood float64
		ks         stats.Test
	}
	var all []candidate
	most := math.Inf(-1)
	for _, family := range []struct {
		fit  func([]float64) (stats.Fitted, error)
		make func(scale, shape float64) (rng.Dist, error)
	}{
		{stats.FitLognormal, func(a, b float64) (rng.Dist, error) { return rng.NewLognormal(span(a), round(b)) }},
		{stats.FitGamma, func(a, b float64) (rng.Dist, error) { return rng.NewGamma(span(a), round(b)) }},
		{stats.FitWeibull, func(a, b float64) (rng.Dist, error) { return rng.NewWeibull(span(a), round(b)) }},
		{stats.FitUniform, func(a, b float64) (rng.Dist, error) { return rng.NewUniform(span(a), span(b)) }},
	} {
		fitted, err := family.fit(positive)
		if err != nil {
			return rng.Dist{}, err
		}
		d, err := family.make(fitted.Scale, fitted.Shape)
		if err != nil {
			continue // parameters that a profile cannot have
		}
		ks, err := stats.KS(values, draw(&d))
		if err != nil {
			return rng.Dist{}, err
		}
		all = append(all, candidate{d, fitted.LogLikelihood, ks})
		most = max(most, fitted.LogLikelihood)
	}
	best := candidate{ks: stats.Test{Statistic: 1}}
	for _, c := range all {
		if c.likelihood > most-asLikely && c.ks.Statistic < best.ks.Statistic {
			best = c
		}
	}
	if best.ks.Statistic > poor && best.ks.P < rare {
		return quantiles(sorted)
	}
	return best.dist, nil
}

// draw are seconds that are drawn as the simulator does.
func draw(d *rng.Dist) []float64 {
	out := make([]float64, draws)
	for i := range out {
		out[i] = rng.Source{}.Draw(d, rng.Key{Purpose: rng.Script, Sub: int32(i)}).Seconds()
	}
	return out
}

// quantiles are the values themselves, or so many quantiles of them.
func quantiles(sorted []float64) (rng.Dist, error) {
	n := min(len(sorted), maxValues)
	values := make([]des.Duration, n)
	for i := range values {
		values[i] = span(sorted[int((float64(i)+0.5)/float64(n)*float64(len(sorted)))])
	}
	return rng.NewEmpirical(values...)
}

// span is so many seconds, to four digits or the microsecond.
func span(seconds float64) des.Duration {
	return des.Duration(math.Round(round(seconds)*1e6)) * des.Microsecond
}

// round keeps four digits.
func round(v float64) float64 {
	if v == 0 {
		return 0
	}
	unit := math.Pow10(3 - int(math.Floor(math.Log10(math.Abs(v)))))
	return math.Round(v*unit) / unit
}
