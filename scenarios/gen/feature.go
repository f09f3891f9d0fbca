package gen

import (
	"fmt"
	"math/bits"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
)

// Feature is something that a random scenario may or may not have. The numbers are part of every seed's meaning: a new
// feature comes last.
type Feature uint8

// The features. What each one draws stands in the table below.
const (
	SeveralJobs Feature = iota
	Parallel
	ManyPods
	WorkQueue
	ZeroCompletions
	ZeroParallelism
	BackoffLimit
	OnFailure
	ReplaceFailed
	JobDeadline
	PodDeadline
	StartSuspended
	TTL
	Grace
	InitContainers
	Sidecars
	SecondContainer
	Failures
	Restarts
	Signals
	NodePressure
	Rejections
	Stuck
	Readiness
	StartDelays
	TimesToFailure
	Coins
	RandomTimes
	SuspendResume
	Scale
	Patches
	DeletePods
	EvictPods
	DeleteJob
	SmallNodes
	Drain
	NodeLoss
	ClientLimit
	ControlLatency
	NodeLatency
	RestartJitter
	Constants
	OldVersions
	Quiescence
	Ties
	RandomLatency
	Indexed
	PerIndexLimit
	MaxFailedIndexes
	FailurePolicy
	SuccessPolicy
	Elastic
	ReplacementChanges
	RestartRules
	ManagedBy
	Resizes
	RestartController
	APIErrors
	Quota
	CronJobs
	Adoption
	features // how many there are
)

// row is what a feature is called and what it draws: for a Job, for the whole scenario, or both. What most others need
// to show is drawn often, that is in every second scenario at least.
type row struct {
	name  string
	often bool
	job   func(*drawing, *batchv1.Job)
	world func(*drawing)
}

// table has a line for every feature. Features without functions are asked for by others.
var table = [features]row{
	SeveralJobs:     {name: "several-jobs"},
	Parallel:        {name: "parallel", often: true, job: parallel},
	ManyPods:        {name: "many-pods", job: manyPods},
	WorkQueue:       {name: "work-queue", job: workQueue},
	ZeroCompletions: {name: "zero-completions", job: zeroCompletions},
	ZeroParallelism: {name: "zero-parallelism", job: zeroParallelism},
	BackoffLimit:    {name: "backoff-limit", often: true, job: backoffLimit},
	OnFailure:       {name: "on-failure", job: onFailure},
	ReplaceFailed:   {name: "replace-failed", job: replaceFailed},
	JobDeadline:     {name: "job-deadline", job: jobDeadline},
	PodDeadline:     {name: "pod-deadline", job: podDeadline},
	StartSuspended:  {name: "start-suspended", job: startSuspended},
	TTL:             {name: "ttl", job: ttl},
	Grace:           {name: "grace", job: grace},
	InitContainers:  {name: "init-containers", job: initContainers},
	Sidecars:        {name: "sidecars", job: sidecars},
	SecondContainer: {name: "second-container", job: secondContainer},
	Failures:        {name: "failures", often: true, job: failures},
	Restarts:        {name: "restarts", job: restarts},
	Signals:         {name: "signals", job: signalled},
	NodePressure:    {name: "node-pressure", job: nodePressure},
	Rejections:      {name: "rejections", job: rejections},
	Stuck:           {name: "stuck", job: stuck},
	Readiness:       {name: "readiness"},
	StartDelays:     {name: "start-delays"},
	TimesToFailure:  {name: "times-to-failure", job: timesToFailure},
	Coins:           {name: "coins"},
	RandomTimes:     {name: "random-times"},
	SuspendResume:   {name: "suspend-resume", job: suspendResume},
	Scale:           {name: "scale", job: scale},
	Patches:         {name: "patches", job: patches},
	DeletePods:      {name: "delete-pods", job: deletePods},
	EvictPods:       {name: "evict-pods", job: evictPods},
	DeleteJob:       {name: "delete-job", job: deleteJob},
	SmallNodes:      {name: "small-nodes", world: smallNodes, job: requests},
	Drain:           {name: "drain", world: drain},
	NodeLoss:        {name: "node-loss", world: nodeLoss},
	ClientLimit:     {name: "client-limit", world: clientLimit},
	ControlLatency:  {name: "control-latency", world: controlLatency},
	NodeLatency:     {name: "node-latency", world: nodeLatency},
	RestartJitter:   {name: "restart-jitter", world: restartJitter},
	Constants:       {name: "constants", world: constants},
	OldVersions:     {name: "old-versions", world: oldVersions},
	Quiescence:      {name: "quiescence", world: quiescence},
	Ties:            {name: "ties"},
	RandomLatency:   {name: "random-latency"},

	Indexed:            {name: "indexed", job: indexed},
	PerIndexLimit:      {name: "per-index-limit", job: perIndexLimit},
	MaxFailedIndexes:   {name: "max-failed-indexes", job: maxFailedIndexes},
	FailurePolicy:      {name: "failure-policy", job: failurePolicy},
	SuccessPolicy:      {name: "success-policy", job: successPolicy},
	Elastic:            {name: "elastic", job: elastic},
	ReplacementChanges: {name: "replacement-changes", job: replacementChanges},
	RestartRules:       {name: "restart-rules", job: restartRules},
	ManagedBy:          {name: "managed-by", job: managedBy},
	Resizes:            {name: "resizes", job: resizes},
	RestartController:  {name: "restart-controller", world: restartController},
	APIErrors:          {name: "api-errors", world: apiErrors},
	Quota:              {name: "quota", world: quota},
	CronJobs:           {name: "cron-jobs", world: cronJobs},
	Adoption:           {name: "adoption", world: adoption},
}

// String is the feature's name, such as on-failure.
func (f Feature) String() string {
	if f < features {
		return table[f].name
	}
	return fmt.Sprintf("Feature(%d)", uint8(f))
}

// Set is a set of features. The zero value is empty: a Draw from it has Jobs of one pod at a time that succeed.
type Set uint64

// All is every feature. Default is all but Ties: then hardly ever two actors act in one instant, whose order is an
// accident of each world.
const (
	All     Set = 1<<features - 1
	Default     = All &^ (1 << Ties)
)

// Of is the set of some features.
func Of(list ...Feature) (s Set) {
	for _, f := range list {
		s |= 1 << f
	}
	return s
}

// JobAPI is what batch/v1 has beside the counting of pods: a swarm of it asks for several of them at once.
const JobAPI = Set(1<<Indexed | 1<<PerIndexLimit | 1<<MaxFailedIndexes | 1<<FailurePolicy | 1<<SuccessPolicy |
	1<<Elastic | 1<<ReplacementChanges | 1<<RestartRules | 1<<ManagedBy | 1<<Resizes | 1<<ReplaceFailed |
	1<<DeleteJob | 1<<SuspendResume | 1<<InitContainers)

// Len is how many features s has.
func (s Set) Len() int { return bits.OnesCount64(uint64(s)) }

// Has says whether f is in s.
func (s Set) Has(f Feature) bool { return s>>f&1 != 0 }

// With is s and some more.
func (s Set) With(list ...Feature) Set { return s | Of(list...) }

// Without is s but for some.
func (s Set) Without(list ...Feature) Set { return s &^ Of(list...) }

// Features are the features of s, in their order.
func (s Set) Features() (list []Feature) {
	for f := range features {
		if s.Has(f) {
			list = append(list, f)
		}
	}
	return list
}

// String lists the names with commas, as ParseSet reads them.
func (s Set) String() string {
	var names []string
	for _, f := range s.Features() {
		names = append(names, f.String())
	}
	return strings.Join(names, ",")
}

// ParseSet reads what String writes. The words all, default and job-api stand for those sets, and a minus before a
// name takes the feature out again: "default,-node-loss".
func ParseSet(text string) (Set, error) {
	var s Set
	for _, word := range strings.Split(text, ",") {
		name, out := strings.CutPrefix(strings.TrimSpace(word), "-")
		one, ok := named(name)
		switch {
		case !ok:
			return 0, fmt.Errorf("%q is not a feature (allowed: all, default, job-api, %v)", name, All)
		case out:
			s &^= one
		default:
			s |= one
		}
	}
	return s, nil
}

func named(name string) (Set, bool) {
	switch name {
	case "":
		return 0, true
	case "all":
		return All, true
	case "default":
		return Default, true
	case "job-api":
		return JobAPI, true
	}
	for f := range features {
		if f.String() == name {
			return Of(f), true
		}
	}
	return 0, false
}
