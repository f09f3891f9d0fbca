package api

import "github.com/jobsim/jobsim/sim/des"

// The classes order what happens in one instant. First everyone looks: timers fire, controllers begin to sync, delayed
// deliveries come. Then they write, one write at a time, by who writes; whoever a write concerns looks at it before
// the next. The oracle keeps the same order (e2e/oracle/gate.go).
const (
	ClassLook des.Class = iota
	ClassWatch
	ClassUser
	ClassKubelet
	ClassScheduler
	ClassNode
	ClassTaint
	ClassPodGC
	ClassCollector
	ClassCronJob
	ClassJobController
	ClassTTL
	ClassEvents
	ClassEnd
)

// The kinds of event, each with its owner and what Obj and Arg mean.
const (
	KindSubmit     des.Kind = iota // sim: submit Job Obj
	KindFault                      // sim: fault Obj of the scenario
	KindEnd                        // sim: the horizon
	KindWatch                      // store: view Obj has notices to deliver
	KindWake                       // kubelet: pod Obj acts; Arg is the generation of its timer
	KindHeartbeat                  // nodelifecycle: the health of all nodes is looked at
	KindTaint                      // nodelifecycle: node Obj's tolerations run out; Arg is its generation
	KindPodGC                      // nodelifecycle: the pod garbage collector's period
	KindSchedule                   // sched: pod Obj is to be placed; -1: those that did not fit
	KindQueue                      // jobctl: the delay of Job Obj ends; Arg is its generation
	KindSync                       // jobctl: a worker is free for the queue
	KindCall                       // jobctl: call Arg of Job Obj's sync takes effect
	KindOrphan                     // jobctl: the request for the first orphan takes effect
	KindAPIEvent                   // jobctl: the event recorder's next write; Arg says whether it begins or ends
	KindTTL                        // gc: Job Obj may have expired; Arg is its generation
	KindCollect                    // gc: there are Jobs or pods to collect
	KindCollectPod                 // gc: pod Obj is to be deleted
)
