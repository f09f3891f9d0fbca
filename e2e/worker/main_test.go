package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jobsim/jobsim/e2e/worker/fate"
)

// died runs a worker in this process and returns the exit code that it chose.
func died(t *testing.T, dir string, runs ...fate.Run) int {
	t.Helper()
	code := -1
	w := worker{dir: dir, name: "main", die: func(c int) { code = c }}
	if err := w.live(fate.Encode(runs)); err != nil {
		t.Fatal(err)
	}
	return code
}

func TestWorker_LivesTheFateOfItsRun(t *testing.T) {
	dir := t.TempDir()
	runs := []fate.Run{{End: fate.Exit, Code: 3}, {End: fate.Exit, Code: 4}, {End: fate.Exit}}
	for i, want := range []int{3, 4, 0, 0} {
		if got := died(t, dir, runs...); got != want {
			t.Errorf("run %d: want exit code %d, got %d", i, want, got)
		}
	}
}

func TestWorker_BecomesReady(t *testing.T) {
	dir := t.TempDir()
	w := worker{dir: dir, name: "main"}
	if got := w.other([]string{"ready"}); got != 1 {
		t.Errorf("before the start: want 1, got %d", got)
	}
	died(t, dir, fate.Run{End: fate.Exit, Run: 50 * time.Millisecond})
	if got := w.other([]string{"ready"}); got != 0 {
		t.Errorf("after the run: want 0, got %d", got)
	}
	died(t, dir, fate.Run{End: fate.Exit, Run: 50 * time.Millisecond, Ready: fate.Forever})
	if got := w.other([]string{"ready"}); got != 1 {
		t.Errorf("after a run that never was ready: want 1, got %d", got)
	}
}

func TestWorker_ObeysSIGTERM(t *testing.T) {
	term := make(chan os.Signal, 1)
	term <- syscall.SIGTERM
	code := -1
	w := worker{dir: t.TempDir(), name: "main", die: func(c int) { code = c }}
	if err := w.lifetime(&fate.Run{End: fate.Exit, Run: time.Hour, Ready: fate.Forever, Last: 7}, term); err != nil || code != 7 {
		t.Errorf("want exit code 7, got %d (%v)", code, err)
	}
}

func TestWorker_FillsItsVolume(t *testing.T) {
	w := worker{dir: t.TempDir(), name: "main"}
	if err := w.end(&fate.Run{End: fate.Disk}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(w.dir, "main.waste")); err != nil || info.Size() < 1<<20 {
		t.Errorf("want a large file, got %v (%v)", info, err)
	}
}

func TestWorker_SaysWhatItCannotDo(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, tc := range []struct{ dir, fates, want string }{
		{t.TempDir(), "", "FATES: no fate was given"},
		{missing, "exit,0s,0,0s,0s,0", "cannot count the restarts"},
	} {
		w := worker{dir: tc.dir, name: "main"}
		if err := w.live(tc.fates); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q in %s: want %s, got %v", tc.fates, tc.dir, tc.want, err)
		}
	}
}
