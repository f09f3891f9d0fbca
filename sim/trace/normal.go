package trace

import (
	"cmp"
	"slices"
)

// Normalise is the normal form of t, in which traces of two worlds are compared. t stays as it is; argument lists are
// shared.
//
// What only explains is dropped: records of explaining verbs, and the because column. What is left keeps its time, and
// records of one instant, whose order is an accident (pods of a batch are created by parallel requests, and two actors
// may act at once), are put into this order:
//
//  1. by rank of the object and the verb: nodes; what a user does to a CronJob or Job (create, update, terminate);
//     pods; then status, then remove, of a Job or CronJob. So a cause of the instant stands before what it brings
//     about.
//  2. by the object: name, index, attempt.
//  3. by the verb, for pods: create, bind, start, ready, restart, succeed, fail, disrupt, update, terminate, release,
//     adopt, untrack, remove.
//  4. else as they were: the status lines of a Job stay in their own order.
//
// The normal form of a normal form is itself.
func Normalise(t *Trace) *Trace {
	n := &Trace{Header: t.Header, Records: make([]Record, 0, len(t.Records))}
	for i := range t.Records {
		if r := t.Records[i]; !r.Verb.Explains() {
			r.Because = ""
			n.Records = append(n.Records, r)
		}
	}
	slices.SortStableFunc(n.Records, inInstant)
	return n
}

func inInstant(a, b Record) int {
	return cmp.Or(
		cmp.Compare(a.At, b.At),
		cmp.Compare(objectRank(&a), objectRank(&b)),
		cmp.Compare(a.Ref.Kind, b.Ref.Kind),
		cmp.Compare(a.Ref.Name, b.Ref.Name),
		cmp.Compare(a.Ref.Index, b.Ref.Index),
		cmp.Compare(a.Ref.Attempt, b.Ref.Attempt),
		cmp.Compare(podVerbRank(&a), podVerbRank(&b)),
	)
}

func objectRank(r *Record) int {
	switch {
	case r.Ref.Kind == KindNode:
		return 0
	case r.Ref.Kind == KindPod:
		return 2
	case r.Verb == Status:
		return 3
	case r.Verb == Remove:
		return 4
	}
	return 1
}

// podVerbs are in the order in which they can happen to a pod.
var podVerbs = [...]Verb{Create, Bind, Start, Ready, Restart, Succeed, Fail, Disrupt, Update, Terminate, Release,
	Adopt, Untrack, Remove}

func podVerbRank(r *Record) int {
	if r.Ref.Kind != KindPod {
		return 0
	}
	if rank := slices.Index(podVerbs[:], r.Verb); rank >= 0 {
		return rank
	}
	return len(podVerbs)
}
