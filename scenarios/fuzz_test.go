package scenarios_test

import (
	"errors"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
)

// Any bytes are refused with ErrInvalid or are scenarios that can be written out, read again and run.
func FuzzRoundTrip(f *testing.F) {
	for _, name := range scenarios.Names() {
		s, err := scenarios.Named(name)
		if err != nil {
			f.Fatal(err)
		}
		text, err := s.YAML()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(jobText("  completions: 3\n", "      - {name: b, image: i}\n")))
	f.Add([]byte(scenarioText("fates:\n- {run: exponential:3s, probability: 0.5, exit: 1}\n- {run: 2s}\n")))
	f.Add([]byte(scenarioText("faults:\n- {at: 1s, deletePod: {job: a, attempt: 0}}\nuntil: {quiescent: true}\n")))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("apiVersion: v1\nkind: List\nitems: [~]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := read(string(text))
		if err != nil {
			if !errors.Is(err, scenarios.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		for _, s := range list[:min(len(list), 3)] {
			roundTrip(t, s)
			cfg := s.Config()
			if len(cfg.Nodes) > 100 || cfg.Knobs.MaxPodsPerSync > 1000 {
				continue // a single event may then take seconds
			}
			cfg.Until.MaxSteps = 20_000
			if _, _, err := sim.Run(cfg); err != nil && !errors.Is(err, sim.ErrTooManySteps) {
				t.Error(err)
			}
		}
	})
}
