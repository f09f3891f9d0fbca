package answer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/jobsim/jobsim/sim"
)

// Part is one of the parts into which a study is divided: its replications Index, Index+1, ... of Of equal ones.
type Part struct{ Index, Of int }

// Range are the replications of the part of a study of so many runs: from, and how many.
func (p Part) Range(runs int) (from, count int) {
	share := func(i int) int { return i*(runs/p.Of) + min(i, runs%p.Of) }
	return share(p.Index), share(p.Index+1) - share(p.Index)
}

// Shard is what one part of a study has found, as a line of text carries it from one machine to another.
type Shard struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Scenario   string `json:"scenario"`
	Study      string `json:"study"` // a digest of the configuration and the seed
	Seed       uint64 `json:"seed"`
	Runs       int    `json:"runs"` // of the whole study
	Index      int    `json:"shard"`
	Of         int    `json:"of"`
	Tally      []byte `json:"tally"` // as JSON, compressed
}

const shardKind = "StudyShard"

// ErrShards are shards that do not make up a study.
var ErrShards = errors.New("not the shards of one study")

// maxShards bounds how many parts a study has, and maxShard how long each is as text.
const (
	maxShards = 100_000
	maxShard  = 64 << 20
)

// WriteShard writes a part as a line.
func WriteShard(w io.Writer, cfg *sim.Config, runs int, p Part, t *Tally) error {
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(text)
	if err = errors.Join(err, z.Close()); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(&Shard{checkpointVersion, shardKind, cfg.Scenario, Digest(cfg), cfg.Seed, runs,
		p.Index, p.Of, packed.Bytes()})
}

// Merger puts the shards of a study together. The zero value has none.
type Merger struct {
	first Shard
	got   map[int]*Tally
}

// Read takes the shards of a text, such as the logs of the pods that made them: lines without a shard are passed over.
// A shard that comes twice must be the same.
func (m *Merger) Read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxShard)
	for n := 1; lines.Scan(); n++ {
		at := bytes.Index(lines.Bytes(), []byte(`{"apiVersion":"`+checkpointVersion+`","kind":"`+shardKind+`"`))
		if at < 0 {
			continue
		}
		if err := m.take(lines.Bytes()[at:]); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrShards, err)
	}
	return nil
}

func (m *Merger) take(line []byte) error {
	var s Shard
	if err := json.Unmarshal(line, &s); err != nil {
		return fmt.Errorf("%w: %w", ErrShards, err)
	}
	if s.Of < 1 || s.Of > maxShards || s.Index < 0 || s.Index >= s.Of || s.Runs < s.Of {
		return fmt.Errorf("%w: shard %d of %d, of %d runs", ErrShards, s.Index, s.Of, s.Runs)
	}
	t, err := unpack(s.Tally)
	if err != nil {
		return fmt.Errorf("%w: shard %d: %w", ErrShards, s.Index, err)
	}
	if _, count := (Part{s.Index, s.Of}).Range(s.Runs); t.Runs != count || t.broken() {
		return fmt.Errorf("%w: shard %d of %d has %d runs, of %d", ErrShards, s.Index, s.Of, t.Runs, s.Runs)
	}
	if m.got == nil {
		m.first, m.got = s, map[int]*Tally{}
	}
	if f := &m.first; s.Study != f.Study || s.Seed != f.Seed || s.Runs != f.Runs || s.Of != f.Of {
		return fmt.Errorf("%w: shard %d is of %s, seed %d, %d runs in %d; the first is of %s, seed %d, %d runs in %d",
			ErrShards, s.Index, s.Study[:min(8, len(s.Study))], s.Seed, s.Runs, s.Of, f.Study[:min(8, len(f.Study))], f.Seed,
			f.Runs, f.Of)
	}
	if before := m.got[s.Index]; before != nil && !before.equal(t) {
		return fmt.Errorf("%w: shard %d comes twice, and is not the same", ErrShards, s.Index)
	}
	m.got[s.Index] = t
	return nil
}

func unpack(packed []byte) (*Tally, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, maxShard))
	if err != nil {
		return nil, err
	}
	t := &Tally{}
	return t, json.Unmarshal(text, t)
}

// Merge is the whole study: what it is of, and its tally, as one machine would have found it. Shards that are missing
// are an error that names them.
func (m *Merger) Merge() (*Shard, *Tally, error) {
	if len(m.got) == 0 {
		return nil, nil, fmt.Errorf("%w: there is none", ErrShards)
	}
	var missing []int
	t := &Tally{}
	for i := range m.first.Of {
		part := m.got[i]
		if part == nil {
			missing = append(missing, i)
			continue
		}
		t.Merge(part)
	}
	if len(missing) > 0 {
		return nil, nil, fmt.Errorf("%w: of %d, these are missing: %v", ErrShards, m.first.Of,
			missing[:min(20, len(missing))])
	}
	return &m.first, t, nil
}
