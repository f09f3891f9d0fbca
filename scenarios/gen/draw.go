package gen

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Draw is the random scenario of a seed, with some of the allowed features: the same one on every machine. To make one
// world of it, run it with the same seed.
//
// How many features there are is drawn first, so that some scenarios have few and others many. A feature draws from a
// stream of its own: to allow one more, or to add one to the table, leaves what the others draw as it was.
func Draw(seed uint64, allowed Set) *scenarios.Scenario {
	s, _ := DrawWith(seed, allowed)
	return s
}

// DrawWith is Draw, and the features that the scenario has got: those of the swarm that a Job or the world has drawn.
func DrawWith(seed uint64, allowed Set) (*scenarios.Scenario, Set) {
	d := &drawing{seed: seed, allowed: allowed, on: swarm(seed, allowed)}
	d.file = scenarios.File{APIVersion: scenarios.APIVersion, Kind: scenarios.Kind,
		Metadata: scenarios.Metadata{Name: fmt.Sprintf("draw-%d", seed)}}
	d.file.Cluster.Profile = "none"
	d.address(base, 0)
	d.file.Until.Horizon = span(d.oneOf(des.Minute, 10, 60, 60, 180))
	if !d.on.Has(Ties) {
		d.file.Cluster.Latency.PhaseStep = span(phaseStep)
	}
	jobs := 1
	if d.on.Has(SeveralJobs) {
		jobs = 2 + d.below(2)
	}
	for i := range jobs {
		d.file.Jobs = append(d.file.Jobs, scenarios.Job{Manifest: d.newJob(i)})
		if i > 0 {
			d.file.Jobs[i].At = d.when(20 * des.Second)
		}
	}
	for f := range features {
		d.apply(f)
	}
	for i := range jobs {
		d.address(base, i)
		fate := d.fate(d.file.Jobs[i].Manifest)
		fate.Run = d.span()
		d.file.Fates = append(d.file.Fates, fate)
	}
	d.file.Why = fmt.Sprintf("Drawn from seed %d with %v.\n", seed, d.on)
	return load(&d.file), d.got
}

// swarm is what is left of the allowed features: each stays with the same probability, which is drawn first.
func swarm(seed uint64, allowed Set) (on Set) {
	rates := rng.Source{Seed: seed}.At(rng.Key{Purpose: rng.Script, Index: -1})
	rate := []int64{4, 8, 16, 32}[rates.Int64N(4)]
	for f := range features {
		coin := rng.Source{Seed: seed}.At(rng.Key{Purpose: rng.Script, Index: -1, Attempt: 1, Sub: int32(f)})
		if n := coin.Int64N(64); n < rate || table[f].often && n < 32 {
			on |= 1 << f
		}
	}
	return on & allowed
}

// load makes a scenario of a file by way of its text, so that it is one that can be read. What cannot be read is a
// defect of this package.
func load(f *scenarios.File) *scenarios.Scenario {
	text, err := json.Marshal(f) // JSON is YAML
	if err != nil {
		panic(err)
	}
	list, _, err := scenarios.Load(f.Metadata.Name, bytes.NewReader(text), nil, ".")
	if err != nil {
		panic(fmt.Errorf("%w\n%s", err, text))
	}
	return list[0]
}

// phaseStep keeps pods apart: hardly any sum of a few phases is another one.
const phaseStep = 1009 * des.Microsecond

// base stands for what is drawn without any feature.
const base Feature = 255

// drawing is a scenario that is being drawn.
type drawing struct {
	seed    uint64
	allowed Set // what it may have
	on      Set // what of that it has
	file    scenarios.File
	stream  rng.Stream
	users   int // how many instants of users were drawn
	got     Set // what was drawn for a Job or for the world
}

// address moves to the stream of a feature for a Job.
func (d *drawing) address(f Feature, job int) {
	d.stream = rng.Source{Seed: d.seed}.At(rng.Key{Purpose: rng.Script, Job: int32(job), Index: int32(f)})
}

// apply draws what a feature has to draw, for three Jobs in four.
func (d *drawing) apply(f Feature) {
	r := &table[f]
	if !d.on.Has(f) {
		return
	}
	if r.world != nil {
		d.address(f, -1)
		r.world(d)
		d.got = d.got.With(f)
	}
	for i := range d.file.Jobs {
		d.address(f, i)
		if one := d.coin(3, 4); one && r.job != nil {
			r.job(d, d.file.Jobs[i].Manifest)
			d.got = d.got.With(f)
		}
	}
}

// newJob is a Job of a few pods, one at a time, of one container.
func (d *drawing) newJob(i int) *batchv1.Job {
	d.address(base, i)
	job := &batchv1.Job{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: metav1.ObjectMeta{Name: string(rune('a' + i))}}
	job.Spec.Completions = ptr(int32(1 + d.below(3)))
	job.Spec.Parallelism = ptr(int32(1))
	job.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	job.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main", Image: "busybox"}}
	return job
}

// below is 0 to n-1.
func (d *drawing) below(n int) int { return int(d.stream.Int64N(int64(n))) }

// coin is true n times of m.
func (d *drawing) coin(n, m int) bool { return d.below(m) < n }

// pick is one of some values.
func pick[T any](d *drawing, values ...T) T { return values[d.below(len(values))] }

// oneOf is one of some numbers of a unit.
func (d *drawing) oneOf(unit des.Duration, numbers ...des.Duration) des.Duration {
	return pick(d, numbers...) * unit
}

func ptr[T any](v T) *T { return &v }

func span(v des.Duration) scenarios.Span { return scenarios.Span{Duration: v, Set: true} }

func constant(v des.Duration) scenarios.Dist { return scenarios.Dist{Dist: rng.Const(v), Set: true} }

// span is how long something takes: often a round number, for which API times and timers can coincide.
func (d *drawing) span() scenarios.Dist {
	v := d.oneOf(100*des.Millisecond, 0, 0, 5, 9, 10, 10, 20, 30, 30, 50, 73, 100, 120, 300, 610, 2000)
	if !d.on.Has(RandomTimes) || v == 0 || d.coin(1, 3) {
		return constant(v)
	}
	text := pick(d, "uniform:0s,%s", "exponential:%s", "lognormal:%s,0.7", "weibull:%s,0.6", "empirical:0s,1s,%s",
		"0.5*1s+0.5*uniform:1s,%s")
	if v < des.Second {
		text = "uniform:0s,%s"
	}
	dist, err := rng.Parse(fmt.Sprintf(text, v))
	if err != nil {
		panic(err) // the texts are ours
	}
	return scenarios.Dist{Dist: dist, Set: true}
}

// when is an instant up to most, at which a user acts. Each has a sub-second phase of its own, unlike a pod's, but with
// ties.
func (d *drawing) when(most des.Duration) scenarios.Span {
	d.users++
	half := des.Duration(d.below(1 + int(most/(500*des.Millisecond))))
	if d.on.Has(Ties) {
		return span(half * 500 * des.Millisecond)
	}
	at := half*500*des.Millisecond + 400*des.Millisecond + des.Duration(d.users)*1_700_077*des.Nanosecond
	if at > d.file.Until.Horizon.Duration {
		at -= des.Second
	}
	return span(at)
}
