package api

import "github.com/jobsim/jobsim/sim/des"

// The classes order what happens in one instant. First everyone looks: timers fire, controllers begin to sync, delayed
// deliveries come. Then they write, one write at a time, by who writes; whoever a write concerns looks at it before
// the next. The oracle keeps the same order (e2e/oracle/gate.go).
const (
	ClassLook des.Class = iota
	ClassSend           // what was looked at together sends its requests
	ClassWatch
	ClassUser
	ClassKubelet
	ClassScheduler
	ClassManager // the controllers' caches are filled anew
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
	KindSubmit       des.Kind = iota // sim: submit Job Obj; Arg 1: CronJob Obj
	KindFault                        // sim: fault Obj of the scenario
	KindEnd                          // sim: the horizon
	KindRestart                      // sim: the controllers may begin anew
	KindList                         // sim: their caches are filled
	KindSend                         // store: client Obj has requests to send
	KindWatch                        // store: watch Obj has a notice to deliver
	KindWake                         // kubelet: pod Obj acts; Arg is the generation of its timer
	KindHeartbeat                    // nodelifecycle: nodes are looked at, after Obj tries; Arg is the life of the process
	KindTaint                        // nodelifecycle: node Obj is to be tainted; Arg is its generation
	KindNoSchedule                   // nodelifecycle: the taints of node Obj for the scheduler are brought up to date
	KindEvictAll                     // tainteviction: the tolerations of the pods of node Obj run out; Arg tells the taint
	KindEvict                        // tainteviction: those of pod Obj run out; Arg tells the taint
	KindPodGC                        // nodelifecycle: the pod garbage collector's period
	KindBind                         // sched: pod Obj is bound to node Arg
	KindUnfit                        // sched: why pod Obj fits nowhere is written; Arg stands for the message
	KindFlush                        // sched: pods that have waited for too long are tried again
	KindRetry                        // sched: pods that found no node are tried again
	KindQueue                        // jobctl: the delay of Job Obj ends; Arg is its generation
	KindSync                         // jobctl: a worker is free for the queue
	KindCall                         // jobctl: call Arg of Job Obj's sync takes effect
	KindOrphan                       // jobctl: the request of orphan worker Obj takes effect; Arg is the life
	KindOrphanRetry                  // jobctl: the back-off of orphans ends; Arg is the life of the process
	KindCronDue                      // cronjob: the delay of CronJob Obj ends; Arg is its generation
	KindCronSync                     // cronjob: a worker is free for the queue; Arg is the life
	KindCronCall                     // cronjob: the request of CronJob Obj\'s sync takes effect; Arg is the life
	KindAPIEvent                     // store: the next write of the event recorder of client Obj; Arg: it begins or ends
	KindTTL                          // gc: the TTL of Job Obj ends; Arg is its generation
	KindExpire                       // gc: the TTL controller's request about Job Obj takes effect
	KindCollect                      // gc: the request of worker Obj takes effect, or is to be sent, as Arg says
	KindCollectAgain                 // gc: the node Obj of a Job that had not been seen is looked at again
	KindBoot                         // cloud: machine Arg of group Obj has booted
	KindMachine                      // cloud: something befalls the machine that is node Obj; Arg says what
	KindScan                         // cloud: the autoscaler's loop
	KindCollectors                   // gc: the workers of a new process begin; Arg is its life
	KindLetGo                        // gc: worker Arg's request to let pod Obj go takes effect
)
