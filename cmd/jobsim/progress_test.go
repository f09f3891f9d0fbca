package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// onTerminal runs the program with standard error on a terminal, and returns what was shown on it. seen is called when
// something is.
func onTerminal(t *testing.T, ctx context.Context, seen func(), args ...string) (code int, stdout, shown string) {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	screen := make(chan string)
	go func() {
		var text bytes.Buffer
		for buffer := make([]byte, 4096); ; {
			n, err := master.Read(buffer)
			text.Write(buffer[:n])
			if err != nil { // the other side is closed
				screen <- text.String()
				return
			}
			seen()
		}
	}()
	var out bytes.Buffer
	code = run(ctx, args, streams{strings.NewReader(job), &out, tty})
	if err := tty.Close(); err != nil {
		t.Error(err)
	}
	shown = <-screen
	return code, out.String(), shown
}

// On a terminal a study shows how far it is and how long it will take; elsewhere nothing is written beside the result.
func TestProgress(t *testing.T) {
	args := []string{"run", "-f", "-", "--failure-rate", "0.1", "-n", "2000"}
	code, out, shown := onTerminal(t, context.Background(), func() {}, args...)
	if code != exitOK || !strings.Contains(shown, " done ") || !strings.Contains(shown, " left ") {
		t.Errorf("exit %d; the terminal shows %q", code, shown)
	}
	_, piped, stderr := jobsim(t, job, args...)
	if piped != out || stderr != "" {
		t.Errorf("not on a terminal: standard error %q, and %q is printed, on one %q", stderr, piped, out)
	}
}

// An interrupt prints what is known so far, says so, and is told by the exit code.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	code, out, shown := onTerminal(t, ctx, cancel, "run", "-f", "-", "-n", "100000000", "-o", "json")
	var got struct {
		Runs        int
		Interrupted bool
	}
	if code != exitInfrastructure || json.Unmarshal([]byte(out), &got) != nil || !got.Interrupted || got.Runs < 1 ||
		!strings.Contains(shown, fmt.Sprintf("interrupted: %d of 100000000 runs", got.Runs)) {
		t.Errorf("exit %d, %q, and the terminal shows %q", code, out, shown)
	}
}

// A study that is interrupted leaves a checkpoint, and goes on from it; a finished one is not run again.
func TestCheckpoint(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kept")
	args := []string{"run", "-f", "-", "--failure-rate", "0.1", "-o", "json", "-n"}
	_, want, _ := jobsim(t, job, append(args, "300")...)
	for _, n := range []string{"100", "300", "300"} {
		code, out, stderr := jobsim(t, job, append(args, n, "--checkpoint", file)...)
		if code != exitOK || n == "300" && out != want {
			t.Errorf("%s runs: exit %d, %q, %q, want %q", n, code, out, stderr, want)
		}
	}
	code, _, stderr := jobsim(t, job, append(args, "300", "--checkpoint", file, "--seed", "2")...)
	if code != exitUsage || !strings.Contains(stderr, "not a checkpoint of this study") {
		t.Errorf("another seed: exit %d, %q", code, stderr)
	}
}
