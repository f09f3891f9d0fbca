package api

import (
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// End is how a container's run ends if nobody interferes.
type End uint8

// The ends of a run.
const (
	EndExit     End = iota // the container exits after Run with Exit
	EndOOM                 // it is killed for its memory after Run: exit 137, reason OOMKilled
	EndEvicted             // the kubelet evicts the whole pod after Run: SIGTERM, 2 s, Failed, Evicted, DisruptionTarget
	EndRejected            // the kubelet rejects the pod before any container starts: Failed without container statuses
	EndStuck               // the container never starts (image pull, missing config): the pod stays Pending
)

// Fate is what will happen to one run of one container if nobody interferes: whole nanoseconds, nothing left to chance.
type Fate struct {
	Start    des.Duration // from the moment the container may start to its start, beside the node's own latency
	Ready    des.Duration // from start to readiness; Forever: never ready
	Run      des.Duration // from start to its end; Forever: never ends by itself
	End      End
	Exit     int32        // exit code, 0 to 255
	Term     des.Duration // how long it lives on after SIGTERM; Forever: until SIGKILL
	TermExit int32        // the exit code it has then
}

// DefaultFate is what happens to a run for which the scenario says nothing: an exit with 0 at once, and an obedient
// death by SIGTERM (exit code 143 = 128+15).
var DefaultFate = Fate{TermExit: 143}

// Range is a closed interval of whole numbers.
type Range struct{ From, To int32 }

// Ranges is a set of whole numbers. The empty set stands for all of them.
type Ranges []Range

// Has says whether n is in the set.
func (r Ranges) Has(n int32) bool {
	return len(r) == 0 || r.has(n)
}

func (r Ranges) has(n int32) bool {
	for _, x := range r {
		if x.From <= n && n <= x.To {
			return true
		}
	}
	return false
}

// FateKey names one run of one container: the address of all its draws.
type FateKey struct {
	Job       JobID
	Index     int32 // NoIndex for NonIndexed Jobs
	Attempt   int32
	Number    int32
	Container int32 // position in PodTemplate.Containers
	Restart   int32 // 0 is the first run
}

// Certain is the Chance of a rule that always applies.
const Certain uint64 = 1 << 63

// FateRule gives a fate to the runs it matches. The first matching rule decides.
type FateRule struct {
	Job       JobID  // AnyJob: all
	More      int32  // how many Jobs after Job are meant too
	Slot      Ranges // of those Jobs, from 0
	Container int32  // position in PodTemplate.Containers; AnyMain: every main container; AnyContainer: all
	Index     Ranges
	Attempt   Ranges
	Number    Ranges // creation number of the pod in its Job, from 0
	Restart   Ranges
	Every     int32 // with Every > 0: only pods with Number % Every == Offset
	Offset    int32
	Chance    uint64 // of 2^63: how likely the rule applies to a run that it matches; Certain is always

	Start     rng.Dist
	Ready     rng.Dist
	Run       rng.Dist
	FailAfter Opt[rng.Dist] // time to failure: one shorter than Run ends it, else the exit code is 0
	End       End
	Exit      int32
	Term      rng.Dist
	TermExit  int32
	NoExit    bool // never ends by itself
	NeverTerm bool // ignores SIGTERM
	NoReady   bool // never ready
}

// Wildcards of FateRule.
const (
	AnyJob       JobID = -1
	AnyMain      int32 = -1
	AnyContainer int32 = -2
)

// Fates resolves runs to fates. It is a pure function of the rules, the source and the key.
type Fates struct {
	Rules  []FateRule
	Source rng.Source
}

// Resolve is the fate of one run; isMain says whether its container is a main container.
func (f *Fates) Resolve(k FateKey, isMain bool) Fate {
	for i := range f.Rules {
		r := &f.Rules[i]
		if !r.matches(&k, isMain) {
			continue
		}
		if r.Chance < Certain {
			if f.Source.Uint64(k.address(rng.Coin, int32(i)))>>1 >= r.Chance {
				continue
			}
		}
		return f.draw(r, &k)
	}
	return DefaultFate
}

func (r *FateRule) matches(k *FateKey, isMain bool) bool {
	switch {
	case r.Job != AnyJob && (k.Job < r.Job || k.Job > r.Job+JobID(r.More)),
		len(r.Slot) > 0 && !r.Slot.Has(int32(k.Job-r.Job)),
		r.Container == AnyMain && !isMain,
		r.Container >= 0 && r.Container != k.Container,
		r.Every > 0 && k.Number%r.Every != r.Offset:
		return false
	}
	return r.Index.Has(k.Index) && r.Attempt.Has(k.Attempt) && r.Number.Has(k.Number) && r.Restart.Has(k.Restart)
}

// address is the key of the draws for one purpose. The container and the restart share the last coordinate with a
// sub-number: at most 256 containers and 2^15 restarts are told apart, more than a pod can have in a day.
func (k *FateKey) address(p rng.Purpose, sub int32) rng.Key {
	return rng.Key{Purpose: p, Job: int32(k.Job), Index: k.Index, Attempt: k.Attempt,
		Sub: sub<<24 ^ k.Container<<16 ^ k.Restart}
}

// span is the draw from d for one purpose.
func (f *Fates) span(d *rng.Dist, k *FateKey, p rng.Purpose) des.Duration {
	if d.IsZero() {
		return 0
	}
	return f.Source.Draw(d, k.address(p, 0))
}

func (f *Fates) draw(r *FateRule, k *FateKey) Fate {
	fate := Fate{End: r.End, Exit: r.Exit, TermExit: r.TermExit, Start: f.span(&r.Start, k, rng.Start),
		Ready: des.Forever, Run: des.Forever, Term: des.Forever}
	if !r.NoReady {
		fate.Ready = f.span(&r.Ready, k, rng.Ready)
	}
	if !r.NoExit {
		fate.Run = f.span(&r.Run, k, rng.Run)
	}
	if !r.NeverTerm {
		fate.Term = f.span(&r.Term, k, rng.Term)
	}
	if r.FailAfter.Set {
		if t := f.span(&r.FailAfter.Value, k, rng.Failure); t < fate.Run {
			fate.Run = t
		} else {
			fate.End, fate.Exit = EndExit, 0
		}
	}
	return fate
}
