package sim

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// stopControllers ends the kube-controller-manager for downtime, and with it what its controllers remember. Where it is
// away already it stays away for that long at least.
func (w *World) stopControllers(downtime des.Duration) {
	back := w.kernel.Now().Add(downtime)
	w.awayUntil = max(w.awayUntil, back)
	w.kernel.Schedule(back, api.ClassUser, api.KindRestart, 0, 0)
	if w.away {
		return
	}
	w.away = true
	w.tellOfControllers(trace.Stop)
	w.jobctl.Stop()
	w.cronctl.Stop()
	w.gc.Stop()
	w.nodectl.Stop()
}

// restart has it begin anew, if it is away and has been for long enough. First its caches are filled.
func (w *World) restart() {
	if w.away && w.kernel.Now() >= w.awayUntil {
		w.away = false
		w.kernel.Schedule(w.kernel.Now(), api.ClassManager, api.KindList, 0, 0)
	}
}

func (w *World) startControllers() {
	w.store.Relist(api.ManagerPods, api.ManagerJobs, api.ManagerNodes, api.ManagerCronJobs)
	w.tellOfControllers(trace.Lead)
	w.jobctl.Start()
	w.cronctl.Start()
	w.learnt = true // the garbage collector asks for the owners of all pods, and its client has a limit
	w.gc.Start()
	w.nodectl.Start()
}

func (w *World) tellOfControllers(verb trace.Verb) {
	if w.observer != nil {
		w.observer.Sink.Record(trace.Record{At: w.kernel.Now(), Actor: trace.User, Verb: verb, Because: trace.RuleFault,
			Ref: trace.Ref{Kind: trace.KindProcess, Name: "kube-controller-manager"}})
	}
}
