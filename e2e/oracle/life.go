package oracle

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/flowcontrol"
)

// Fate is what happens to one run of a pod's containers if nobody interferes. The zero value
// succeeds at once.
type Fate struct {
	Start        time.Duration // from binding to running; counts for the first run only
	Run          time.Duration // from running to exit
	ExitCode     int32
	Container    string        // if set, only this container exits with ExitCode, the others with 0
	Forever      bool          // never exits by itself
	Term         time.Duration // how long it takes to die of SIGTERM; the grace period cuts it: SIGKILL, 137
	TermExitCode int32         // exit code on SIGTERM; 0 is 143, negative is a clean exit with 0
	Evict        bool          // the kubelet evicts the pod after Run: Failed with DisruptionTarget
	Reject       bool          // the node rejects the pod: Failed without container statuses
}

// Lives makes the lives of plain pods from their fates: fate is asked for each run of the
// containers, restart counts from 0. phase, if set, is a small delay of its own for each pod, which
// comes before each of its writes: with it no two pods act at the same instant.
func Lives(fate func(p PodRun, restart int32) Fate, phase func(PodRun) time.Duration) func(PodRun) Life {
	return func(p PodRun) Life {
		l := &podLife{run: p, fate: fate, backoff: flowcontrol.NewBackOff(restartBackoff, maxRestartBackoff)}
		if phase != nil {
			l.phase = phase(p)
		}
		return l
	}
}

// The back-off of restarts in place (pkg/kubelet/kubelet.go:173@v1.37.2 and
// pkg/kubelet/apis/config/v1beta1/defaults.go:310).
const (
	restartBackoff    = 10 * time.Second
	maxRestartBackoff = 300 * time.Second
)

// Exit codes of containers that were told to end.
const (
	exitKilled     = 137 // SIGKILL
	exitTerminated = 143 // SIGTERM
)

// podLife is a pod without init containers and probes.
type podLife struct {
	run   PodRun
	fate  func(PodRun, int32) Fate
	phase time.Duration

	state    lifeState
	bound    metav1.Time
	now      Fate // of the current run
	restarts int32
	started  metav1.Time // of the current run
	last     *corev1.ContainerStateTerminated
	backoff  *flowcontrol.Backoff
	deadline time.Time // activeDeadlineSeconds of the pod; zero: none
	killed   time.Time // when SIGTERM came
	exit     int32     // what the containers exit with on SIGTERM
}

type lifeState uint8

const (
	lifeStarting    lifeState = iota
	lifeRunning               // its containers run
	lifeBackingOff            // they wait for a restart
	lifeTerminating           // they got SIGTERM
	lifeEnded                 // the terminal status is written
	lifeRemoving              // the deletion is to be confirmed
)

// Next implements Life.
func (l *podLife) Next(e PodEvent) PodStep {
	switch e.Kind {
	case PodBound:
		return l.begin(e)
	case PodDeleted:
		return l.terminate(e)
	default:
		return l.proceed(e)
	}
}

func (l *podLife) begin(e PodEvent) PodStep {
	if p := e.Pod.Status.Phase; p == corev1.PodSucceeded || p == corev1.PodFailed {
		l.state = lifeEnded
		return PodStep{}
	}
	l.bound, l.now = metav1.NewTime(e.At), l.fate(l.run, 0)
	if s := e.Pod.Spec.ActiveDeadlineSeconds; s != nil {
		l.deadline = e.At.Add(time.Duration(*s) * time.Second)
	}
	if d := l.now.Start + l.phase; d > 0 {
		return PodStep{Wake: e.At.Add(d)}
	}
	return l.proceed(e)
}

// proceed does what was planned for now.
func (l *podLife) proceed(e PodEvent) PodStep {
	switch l.state {
	case lifeStarting:
		if l.now.Reject {
			l.state = lifeEnded
			return PodStep{Status: func(s *corev1.PodStatus) {
				s.Phase, s.Reason, s.Message = corev1.PodFailed, "UnexpectedAdmissionError", "the node rejected the pod"
			}}
		}
		return l.start(e.At)
	case lifeBackingOff:
		return l.start(e.At)
	case lifeRunning:
		return l.end(e.At)
	case lifeTerminating:
		return l.finish(e.At, "", l.terminated(l.exit, "", e.At), nil)
	case lifeRemoving:
		return PodStep{Remove: true}
	default:
		return PodStep{}
	}
}

// start runs the containers.
func (l *podLife) start(at time.Time) PodStep {
	l.state, l.started = lifeRunning, metav1.NewTime(at)
	step := PodStep{Status: l.running()}
	if !l.now.Forever {
		step.Wake = at.Add(l.now.Run + l.phase)
	}
	if !l.deadline.IsZero() && (step.Wake.IsZero() || l.deadline.Before(step.Wake)) {
		step.Wake = l.deadline
	}
	return step
}

// end is the containers' exit, the pod's eviction or the end of its deadline.
func (l *podLife) end(at time.Time) PodStep {
	switch {
	case !l.deadline.IsZero() && !at.Before(l.deadline):
		return l.finish(at, corev1.PodFailed, l.terminated(exitKilled, "", at), func(s *corev1.PodStatus) {
			s.Reason, s.Message = "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"
		})
	case l.now.Evict:
		return l.finish(at, corev1.PodFailed, l.terminated(exitKilled, "", at), func(s *corev1.PodStatus) {
			s.Reason, s.Message = "Evicted", "The node was low on resource: memory."
			setCondition(s, corev1.DisruptionTarget, corev1.ConditionTrue, corev1.PodReasonTerminationByKubelet, s.Message)
		})
	case l.now.ExitCode == 0 || l.run.Pod.Spec.RestartPolicy == corev1.RestartPolicyNever:
		return l.finish(at, "", l.terminated(l.now.ExitCode, l.now.Container, at), nil)
	default:
		return l.restart(at)
	}
}

// restart runs the containers again, the first time at once, then after a growing back-off: the
// kubelet's doBackOff (pkg/kubelet/kuberuntime/kuberuntime_manager.go@v1.37.2).
func (l *podLife) restart(at time.Time) PodStep {
	const id = "containers"
	l.last = l.terminated(l.now.ExitCode, "", at)[0].State.Terminated
	waits := l.backoff.IsInBackOffSince(id, at)
	delay := l.backoff.Get(id)
	l.backoff.Next(id, at)
	l.restarts++
	l.now = l.fate(l.run, l.restarts)
	if !waits {
		return l.start(at)
	}
	l.state = lifeBackingOff
	return PodStep{Status: l.waiting(), Wake: at.Add(delay)}
}

// terminate is what the pod does when it is to go.
func (l *podLife) terminate(e PodEvent) PodStep {
	switch l.state {
	case lifeStarting:
		return l.finish(e.At, corev1.PodFailed, nil, nil)
	case lifeBackingOff:
		return l.finish(e.At, corev1.PodFailed, l.afterBackOff(), nil)
	case lifeEnded:
		return l.leave(e.At)
	case lifeRemoving:
		return PodStep{Wake: e.At}
	}
	if l.state == lifeRunning {
		l.state, l.killed = lifeTerminating, e.At
	}
	kill := e.At.Add(e.Left)
	obey := l.killed.Add(l.now.Term + l.phase)
	switch {
	case kill.Before(l.killed.Add(l.now.Term)):
		l.exit = exitKilled
		return PodStep{Wake: kill.Add(l.phase)}
	case l.now.TermExitCode < 0:
		l.exit = 0
	case l.now.TermExitCode == 0:
		l.exit = exitTerminated
	default:
		l.exit = l.now.TermExitCode
	}
	return PodStep{Wake: obey}
}

// finish writes the terminal status, and after it confirms the deletion if there is one.
func (l *podLife) finish(at time.Time, phase corev1.PodPhase, cs []corev1.ContainerStatus, more func(*corev1.PodStatus),
) PodStep {
	deleted := l.state == lifeTerminating || l.state == lifeStarting || l.state == lifeBackingOff
	l.state = lifeEnded
	step := PodStep{Status: terminalStatus(phase, cs, more)}
	if deleted {
		l.state = lifeRemoving
		if l.phase == 0 {
			step.Remove = true
		} else {
			step.Wake = at.Add(l.phase)
		}
	}
	return step
}

func (l *podLife) leave(at time.Time) PodStep {
	l.state = lifeRemoving
	if l.phase == 0 {
		return PodStep{Remove: true}
	}
	return PodStep{Wake: at.Add(l.phase)}
}
