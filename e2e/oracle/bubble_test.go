package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// What goes wrong in a bubble comes out of it as an error, and the next bubble is none the worse.
func TestBubble_Errors(t *testing.T) {
	sentinel := errors.New("sentinel")
	for _, tc := range []struct {
		name string
		o    Options
		f    func(c *Cluster) error
		want string
	}{
		{"an error", Options{}, func(*Cluster) error { return sentinel }, "sentinel"},
		{"a panic of the script", Options{}, func(*Cluster) error { panic("ouch") }, "panic: ouch"},
		{"a panic of a pod's life", Options{Life: func(PodRun) Life { panic("ouch") }}, func(c *Cluster) error {
			if err := submit(c, newJob("a", 1, 1)); err != nil {
				return err
			}
			return c.SleepUntil(time.Minute)
		}, "panic: ouch"},
		{"a panic of a controller", Options{}, func(c *Cluster) error {
			func() {
				defer utilruntime.HandleCrash()
				panic("ouch")
			}()
			return c.SleepUntil(time.Minute)
		}, "panic: ouch"},
		{"a panic of an observer", Options{Observe: func(w Write) {
			if w.Resource.Resource == "pods" {
				panic("ouch")
			}
		}}, func(c *Cluster) error {
			if err := submit(c, newJob("a", 1, 1)); err != nil {
				return err
			}
			return c.SleepUntil(time.Minute)
		}, "panic: ouch"},
		{"too many turns", Options{MaxTurns: 100},
			func(c *Cluster) error { return finish(c, newJob("a", 10, 10), time.Hour) }, "more than 100 requests"},
		{"too many turns at once", Options{MaxTurnsAtOnce: 50},
			func(c *Cluster) error { return finish(c, newJob("a", 50, 50), time.Hour) }, "at one instant"},
		{"too much real time", Options{WallLimit: time.Nanosecond},
			func(c *Cluster) error { return finish(c, newJob("a", 50, 50), time.Hour) }, "took more than 1ns"},
		{"a warm-up of half seconds", Options{Warmup: 20500 * time.Millisecond}, nil, "Warmup: 20.5s (allowed: whole"},
		{"a limit that lets nothing through", Options{ManagerLimit: Limit{QPS: 5}}, nil, "QPS 5 with burst 0"},
		{"stopped from outside", Options{}, func(c *Cluster) error {
			c.Fail(sentinel)
			return c.SleepUntil(time.Minute)
		}, "sentinel"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tryCluster(t, tc.o, tc.f); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			inCluster(t, Options{}, func(c *Cluster) error { return finish(c, newJob("a", 1, 1), time.Hour) })
		})
	}
}

// A bubble in which nothing can happen any more ends with an error.
func TestBubble_Deadlock(t *testing.T) {
	err := Bubble(t, realLimit, func() error {
		<-make(chan int)
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "deadlock") {
		t.Errorf("got %v, want a deadlock", err)
	}
}

// Await returns in the instant in which its condition comes true, or at the horizon.
func TestCluster_Await(t *testing.T) {
	complete := false
	o := Options{Life: always(exits(3*time.Second, 0)), Observe: func(w Write) {
		if j, ok := w.New.(*batchv1.Job); ok {
			complete = hasCondition(j, batchv1.JobComplete)
		}
	}}
	inCluster(t, o, func(c *Cluster) error {
		if err := submit(c, newJob("a", 1, 1)); err != nil {
			return err
		}
		if ok, err := c.Await(2*time.Second, func() bool { return complete }); ok || err != nil || c.Now() != 2*time.Second {
			t.Errorf("%v, %v at %v, want false at 2s", ok, err, c.Now())
		}
		if ok, err := c.Await(time.Hour, func() bool { return complete }); !ok || err != nil || c.Now() != 4*time.Second {
			t.Errorf("%v, %v at %v, want true at 4s", ok, err, c.Now())
		}
		return c.Settle()
	})
}

// Play does everything in order and goes on after an error.
func TestCluster_Play(t *testing.T) {
	var done []string
	do := func(name string, err error) func(context.Context, *Cluster) error {
		return func(_ context.Context, c *Cluster) error {
			done = append(done, fmt.Sprint(name, c.Now()))
			return err
		}
	}
	inCluster(t, Options{}, func(c *Cluster) error {
		outcomes, err := c.Play([]Action{{2 * time.Second, "b", do("b", errors.New("no"))}, {time.Second, "a", do("a", nil)},
			{2 * time.Second, "c", do("c", nil)}})
		if got := fmt.Sprint(Errors(outcomes)); got != "b: no" {
			t.Errorf("errors %s", got)
		}
		return err
	})
	if got := fmt.Sprint(done); got != "[a1s b2s c2s]" {
		t.Errorf("done %s", got)
	}
}

const asMain = "ORACLE_AS_MAIN" // set: the test binary is an ordinary program

// programMain is that program.
func programMain(t *testing.T) int {
	err := tryCluster(t, Options{}, func(c *Cluster) error {
		if err := finish(c, newJob("a", 2, 4), time.Hour); err != nil {
			return err
		}
		fmt.Println("complete, arguments", os.Args[1:])
		return nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 7
}

// Bubbles open in an ordinary program too, whatever its arguments are, and nothing else is printed.
func TestMain_OrdinaryProgram(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-no-flag-of-testing", "x")
	cmd.Env = append(os.Environ(), asMain+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("%v, want exit status 7", err)
	}
	if got, want := string(out), "complete, arguments [-no-flag-of-testing x]\n"; got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}

// A bubble that does not end takes the process with it, and says where it hangs.
func TestBubble_Watchdog(t *testing.T) {
	if os.Getenv(asMain) != "" {
		_ = Bubble(t, 200*time.Millisecond, func() error {
			for {
				if os.Getenv(asMain) == "" {
					return nil
				}
			}
		})
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "TestBubble_Watchdog")
	cmd.Env = append(os.Environ(), asMain+"=hang")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("%v, want exit status 3", err)
	}
	text := string(out)
	if !strings.Contains(text, "did not end within 200ms") || !strings.Contains(text, "TestBubble_Watchdog") {
		t.Errorf("output %.300q", text)
	}
}
