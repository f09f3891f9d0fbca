package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// When a spec may begin: if the machine had so much of its time to spare in the last while, or has not for long.
const (
	spare     = 0.3
	look      = time.Second
	longSpare = 6 * look
)

// waiting is where each spec that waits for its beginning has a file; the last of the names is that of the longest.
func waiting() string { return filepath.Join(options.out, "waiting") }

// begin lets the specs of all processes begin one by one, the longest first, each when the machine is not too busy: pods
// that begin on a machine that is are late, and what is late is judged leniently or not at all.
func begin(ctx context.Context, usual time.Duration) error {
	name := fmt.Sprintf("%08d-%d", usual.Milliseconds(), os.Getpid())
	ticket := filepath.Join(waiting(), name)
	if err := os.WriteFile(ticket, nil, 0o600); err != nil {
		return err
	}
	defer func() { _ = os.Remove(ticket) }()
	lock := flock.New(filepath.Join(options.out, "begin.lock"))
	for {
		if _, err := lock.TryLockContext(ctx, look/20); err != nil {
			return err
		}
		all, err := os.ReadDir(waiting())
		if err != nil || len(all) > 0 && all[len(all)-1].Name() == name {
			defer func() { _ = lock.Unlock() }()
			return errors.Join(err, spareTime())
		}
		if err := lock.Unlock(); err != nil {
			return err
		}
		time.Sleep(look / 20)
	}
}

// spareTime returns when the machine is not busy, or has been for long.
func spareTime() error {
	for begun := time.Now(); time.Since(begun) < longSpare; {
		idle, total, err := processorTime()
		if err != nil {
			return nil // another system: nothing is known
		}
		time.Sleep(look)
		idleNow, totalNow, err := processorTime()
		if err != nil || float64(idleNow-idle) >= spare*float64(totalNow-total) {
			return err
		}
	}
	return nil
}

// processorTime is how long the processors have done nothing, and how long they have been there, in ticks (proc_stat(5)).
func processorTime() (idle, total uint64, err error) {
	f, err := os.Open("/proc/stat")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = f.Close() }()
	var name string
	var t [8]uint64 // user, nice, system, idle, iowait, irq, softirq, steal
	if _, err = fmt.Fscan(f, &name, &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]); err != nil {
		return 0, 0, err
	}
	for _, n := range t {
		total += n
	}
	return t[3] + t[4], total, nil
}
