package answer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim"
)

// sequentialLevel is a constant that takes milliseconds to compute.
var sequentialLevel = sync.OnceValue(func() float64 { return stats.DefaultLooks.Level(Confidence) })

// ErrCheckpoint is a checkpoint that cannot be gone on from.
var ErrCheckpoint = errors.New("not a checkpoint of this study")

// checkpoint is a file that keeps what a study knows.
type checkpoint struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Study      string `json:"study"` // a digest of the configuration and the seed
	Tally      *Tally `json:"tally"`
}

const checkpointVersion, checkpointKind = "jobsim.dev/v1alpha1", "StudyCheckpoint"

// Checkpoint is the text of a file from which Resume goes on.
func Checkpoint(cfg *sim.Config, t *Tally) ([]byte, error) {
	return json.Marshal(&checkpoint{checkpointVersion, checkpointKind, Digest(cfg), t})
}

// Resume reads what Checkpoint wrote, for Study.From: the study then ends with the same bytes as one that was not
// interrupted. Errors wrap ErrCheckpoint.
func Resume(cfg *sim.Config, text []byte) (*Tally, error) {
	var c checkpoint
	switch err := json.Unmarshal(text, &c); {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	case c.APIVersion != checkpointVersion || c.Kind != checkpointKind || c.Tally == nil:
		return nil, fmt.Errorf("%w: it is %s %s (allowed: %s %s)", ErrCheckpoint, c.APIVersion, c.Kind,
			checkpointVersion, checkpointKind)
	case c.Study != Digest(cfg):
		return nil, fmt.Errorf("%w: the scenario, the flags or the seed have changed", ErrCheckpoint)
	case c.Tally.broken():
		return nil, fmt.Errorf("%w: it says %d runs and holds %d and %d", ErrCheckpoint, c.Tally.Runs, c.Tally.Pods.N(),
			c.Tally.Missed.N())
	}
	return c.Tally, nil
}

// Digest tells studies apart: it is of the configuration and the seed.
func Digest(cfg *sim.Config) string {
	own := *cfg
	own.Replication = 0
	text, err := json.Marshal(&own)
	if err != nil {
		panic(fmt.Sprintf("answer: a configuration that has no JSON: %v", err)) // it is plain values
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
