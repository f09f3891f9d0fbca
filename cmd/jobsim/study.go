package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/spf13/pflag"
)

// studyFlags are how a study is run.
type studyFlags struct {
	askFlags
	workers    int
	precision  percentage
	checkpoint string
}

func (o *studyFlags) flags(f *pflag.FlagSet) {
	o.workerFlag(f)
	f.Var(&o.precision, "precision", "run until the 95 % intervals of P(success) and of the mean makespan reach no "+
		"further than this, such as 1%, to either side; at least 20 runs, at most -n")
	f.StringVar(&o.checkpoint, "checkpoint", "",
		"a file that keeps what is known, every few seconds and at the end; if there is one, the study goes on from it")
}

func (o *studyFlags) workerFlag(f *pflag.FlagSet) {
	f.IntVar(&o.workers, "workers", runtime.NumCPU(), "runs at a time; the results do not depend on it")
}

func (o *studyFlags) check() error {
	if err := o.checkAsk(); err != nil {
		return err
	}
	if o.workers < 1 || o.workers > 4096 {
		return usagef("--workers %d (allowed: 1 to 4096)", o.workers)
	}
	return nil
}

// stopping says why the study has as many runs as it has.
func (o *studyFlags) stopping(t *answer.Tally) string {
	if o.precision == 0 {
		return ""
	}
	return fmt.Sprintf("to a precision of %s, or as many runs as were allowed: intervals hold at every look at once",
		o.precision.String())
}

// percentage is a flag such as 1% or 0.01.
type percentage float64

func (p *percentage) String() string {
	if *p == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(*p), 'g', 6, 64) + "%"
}

func (p *percentage) Type() string { return "percentage" }

func (p *percentage) Set(text string) error {
	number, isPercent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	if isPercent {
		v /= 100
	}
	if err != nil || !(v >= 0.0001 && v <= 0.5) {
		return fmt.Errorf("%q (allowed: 0.01%% to 50%%)", text)
	}
	*p = percentage(v)
	return nil
}

func (p *percentage) value() float64 { return float64(*p) }

// saveEvery is how often a checkpoint is written.
const saveEvery = 5 * time.Second

// keep runs a study that goes on from its checkpoint, if it has one, and leaves one behind.
func (o *studyFlags) keep(ctx context.Context, st *answer.Study, p *progress) (*answer.Tally, error) {
	if o.checkpoint == "" {
		st.Taken = func(t *answer.Tally) { p.at(t.Runs) }
		return st.Run(ctx)
	}
	text, err := os.ReadFile(o.checkpoint)
	if err == nil {
		if st.From, err = answer.Resume(st.Config, text); err != nil {
			return nil, usageError{fmt.Errorf("--checkpoint %s: %w", o.checkpoint, err)}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, usageError{err}
	}
	var failed error
	next := time.Now().Add(saveEvery)
	st.Taken = func(t *answer.Tally) {
		p.at(t.Runs)
		if t.Runs%64 == 0 && time.Now().After(next) {
			failed = errors.Join(failed, o.save(st, t))
			next = time.Now().Add(saveEvery)
		}
	}
	t, err := st.Run(ctx)
	if t.Runs > 0 {
		failed = errors.Join(failed, o.save(st, t))
	}
	if failed != nil {
		return t, fmt.Errorf("--checkpoint: %w", failed)
	}
	return t, err
}

// save writes the checkpoint beside the old one and puts it in its place, so that there is a whole one at any time.
func (o *studyFlags) save(st *answer.Study, t *answer.Tally) error {
	text, err := answer.Checkpoint(st.Config, t)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(o.checkpoint), filepath.Base(o.checkpoint)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), o.checkpoint)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
