package oracle

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientfeatures "k8s.io/client-go/features"
	"k8s.io/klog/v2"
)

// Bubble runs f in virtual time: in a testing/synctest bubble, whose clock starts at
// 2000-01-01T00:00:00Z and moves on whenever every goroutine in it waits. A panic of f and a
// deadlock of the bubble come back as errors. limit is real time, 0 for none: when f has not
// returned by then, the stacks of all goroutines go to stderr and the process exits with status 3,
// because code that hangs cannot be stopped from outside.
//
// In go test, t is the test. In another program, Main provides one. f must end what it started
// (Cluster.Close) and must not call synctest.Wait, t.Run or t.Parallel.
func Bubble(t *testing.T, limit time.Duration, f func() error) (err error) {
	t.Helper()
	if err := prepare(); err != nil {
		return err
	}
	if limit > 0 {
		watchdog := time.AfterFunc(limit, func() { exitWithStacks(limit) })
		defer watchdog.Stop()
	}
	defer func() {
		if p := recover(); p != nil { // the bubble itself: a deadlock
			err = errors.Join(err, fmt.Errorf("oracle: the bubble did not end: %v", p))
		}
	}()
	synctest.Test(t, func(*testing.T) {
		defer func() {
			if p := recover(); p != nil {
				err = errors.Join(err, fmt.Errorf("oracle: panic: %v\n%s", p, debug.Stack()))
			}
		}()
		err = f()
	})
	return err
}

// Main makes bubbles possible in an ordinary program: it runs f inside testing.Main, whose
// *testing.T is what a bubble needs, and exits with the status that f returns. f finds os.Args as
// they were; the flags of the testing package are neither parsed nor in the way. Main never
// returns.
func Main(f func(t *testing.T) int) {
	tune()
	args := os.Args
	os.Args = args[:1] // testing parses what follows
	all := func(string, string) (bool, error) { return true, nil }
	run := func(t *testing.T) {
		os.Args = args
		os.Exit(f(t))
	}
	testing.Main(all, []testing.InternalTest{{Name: "main", F: run}}, nil, nil)
}

// tune sets the Go runtime up for bubbles, where the environment (GOGC, GOMAXPROCS) does not say
// otherwise. Runs are short and leave little behind, so garbage may grow. A bubble does one thing
// at a time, so a second processor is only woken and sent to sleep again: what is to run in
// parallel belongs into several processes.
func tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
	}
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
}

func exitWithStacks(limit time.Duration) {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	fmt.Fprintf(os.Stderr, "oracle: the bubble did not end within %v of real time; goroutines:\n%s\n", limit, stacks)
	os.Exit(3)
}

// prepare sets what is global in a process, before its first bubble: what is started here must not
// belong to one.
var prepare = sync.OnceValue(func() error {
	if err := silence(); err != nil {
		return err
	}
	seedUUIDs()
	time.Local = time.UTC // the time zone of a CronJob without one
	clientfeatures.ReplaceFeatureGates(listFirst{clientfeatures.FeatureGates()})
	// the scheduler's cache debugger calls signal.Notify, whose first call in a process starts
	// goroutines
	signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR2)
	utilruntime.ErrorHandlers = nil // they sleep to throttle the log
	utilruntime.PanicHandlers = []func(context.Context, any){recordPanic}
	utilruntime.ReallyCrash = false
	_, err := buildHandler()
	return err
})

// listFirst makes informers list and then watch, as they did by default before client-go 0.35: a
// list comes in the order of its keys, while the initial events of a watch pass through a Go map on
// the client's side, so that controllers would get to know the nodes in another order each time.
type listFirst struct{ clientfeatures.Gates }

// Enabled implements clientfeatures.Gates.
func (l listFirst) Enabled(f clientfeatures.Feature) bool {
	return f != clientfeatures.WatchListClient && l.Gates.Enabled(f)
}

// silence sends klog to nowhere. Its flush daemon starts with the first configuration.
func silence() error {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	err := errors.Join(flags.Set("logtostderr", "false"), flags.Set("stderrthreshold", "FATAL"))
	klog.SetOutput(io.Discard)
	return err
}

// open are the clusters that are running, for panics of which one cannot tell where they belong.
var open struct {
	sync.Mutex
	clusters map[*Cluster]bool
}

type clusterKey struct{}

// recordPanic stops the cluster in which a controller panicked; all of them where the controller
// did not say.
func recordPanic(ctx context.Context, p any) {
	if p == http.ErrAbortHandler {
		return
	}
	err := fmt.Errorf("oracle: panic: %v\n%s", p, debug.Stack())
	if c, ok := ctx.Value(clusterKey{}).(*Cluster); ok {
		c.gate.fail(err)
		return
	}
	open.Lock()
	defer open.Unlock()
	for c := range open.clusters {
		c.gate.fail(err)
	}
}
