package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jobsim/jobsim/e2e/worker/fate"
)

// exitNoFate is the exit code of a worker that does not know what to do.
const exitNoFate = 2

func main() {
	w := worker{dir: "/fate", name: os.Getenv("NAME"), die: os.Exit}
	if len(os.Args) > 1 {
		os.Exit(w.other(os.Args[1:]))
	}
	if err := w.live(os.Getenv("FATES")); err != nil {
		say("%v", err)
		os.Exit(exitNoFate)
	}
}

func say(format string, args ...any) {
	fmt.Fprintf(os.Stdout, time.Now().UTC().Format("15:04:05.000")+" "+format+"\n", args...)
}

// worker is one container.
type worker struct {
	dir  string // of the volume
	name string
	die  func(code int)
}

func (w *worker) file(what string) string { return filepath.Join(w.dir, w.name+"."+what) }

// other is what the program does when it is called for something else than its life.
func (w *worker) other(args []string) int {
	if args[0] == "ready" {
		if _, err := os.Stat(w.file("ready")); err != nil {
			return 1
		}
		return 0
	}
	say("%q is not understood (allowed: ready)", args)
	return exitNoFate
}

// live lives the fate of this run; it returns only if there is none.
func (w *worker) live(text string) error {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM) // a process with the id 1 does not die of it by itself
	runs, err := fate.Decode(text)
	if err != nil {
		return fmt.Errorf("FATES: %w", err)
	}
	n, err := w.count()
	if err != nil {
		return err
	}
	r := runs[min(n, len(runs)-1)]
	say("run %d: %+v", n, r)
	_ = os.Remove(w.file("ready")) // of the run before
	if err := w.lifetime(&r, term); err != nil {
		return err
	}
	return nil
}

// lifetime waits for what comes first.
func (w *worker) lifetime(r *fate.Run, term <-chan os.Signal) error {
	ready, end, killed := after(r.Ready), after(r.Run), (<-chan time.Time)(nil)
	for {
		select {
		case <-ready:
			if err := os.WriteFile(w.file("ready"), nil, 0o644); err != nil {
				return err
			}
		case <-term:
			say("told to end")
			end, killed = nil, after(r.Term)
			term = nil
		case <-killed:
			w.exit(r.Last)
			return nil
		case <-end:
			if err := w.end(r); err != nil {
				return err
			}
			end = nil // whatever comes of it comes from outside
			if r.End == fate.Exit {
				return nil
			}
		}
	}
}

func after(d time.Duration) <-chan time.Time {
	if d == fate.Forever {
		return nil
	}
	return time.After(d)
}

func (w *worker) end(r *fate.Run) error {
	switch r.End {
	case fate.Memory:
		say("taking memory")
		go takeMemory()
	case fate.Disk:
		say("filling the volume")
		return os.WriteFile(w.file("waste"), make([]byte, 16<<20), 0o644)
	default:
		w.exit(r.Code)
	}
	return nil
}

// exit ends with a code. A death by signal n is the code 128+n: the kernel spares the first process of a container the
// signals that it sends to itself, and of one that died in another way the API shows no more than this code.
func (w *worker) exit(code int) {
	say("exit %d", code)
	w.die(code)
}

// takeMemory never ends by itself. Pages count when they are written.
func takeMemory() {
	const chunk = 4 << 20
	for {
		m, err := syscall.Mmap(-1, 0, chunk, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		for i := 0; i < chunk; i += 4096 {
			m[i] = 1
		}
	}
}

// count is how often the container ran before in this pod.
func (w *worker) count() (int, error) {
	file := w.file("runs")
	n := 0
	if text, err := os.ReadFile(file); err == nil {
		if n, err = strconv.Atoi(strings.TrimSpace(string(text))); err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
	} else if !os.IsNotExist(err) {
		return 0, err
	}
	if err := os.WriteFile(file, []byte(strconv.Itoa(n+1)), 0o644); err != nil {
		return 0, fmt.Errorf("cannot count the restarts: %w", err)
	}
	return n, nil
}
