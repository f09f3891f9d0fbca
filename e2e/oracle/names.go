package oracle

import (
	crand "crypto/rand"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"

	"github.com/google/uuid"
	utilrand "k8s.io/apimachinery/pkg/util/rand"
	generators "k8s.io/apiserver/pkg/storage/names"
)

// names makes the generated names and the UIDs of one cluster a function of its seed and of the
// order of the creations. Kubernetes draws them from generators of the process; they are set
// anew for each creation, under a lock that the clusters of all bubbles share.
type names struct {
	seed  uint64
	count uint64
}

var (
	naming   sync.Mutex
	creation uint64 // the number of the one that goes on
)

// during runs f, a creation, with the next seed. f must not wait in virtual time.
func (n *names) during(f func()) {
	naming.Lock()
	defer naming.Unlock()
	n.count++
	creation = n.count
	s := mix(n.seed ^ mix(n.count))
	utilrand.Seed(int64(s >> 1))
	uuids.use(s)
	defer uuids.use(0)
	f()
}

// rising names pods in the order of their creation. A list comes in the order of names, and of the
// random ones of the real API server these are as likely as any others.
type rising struct{}

const (
	suffixLetters = "2456789bcdfghjklmnpqrstvwxz" // apimachinery/pkg/util/rand/rand.go:90, in order
	suffixLength  = 5
)

// GenerateName implements names.NameGenerator.
func (rising) GenerateName(base string) string {
	suffix := make([]byte, suffixLength)
	for i, n := suffixLength-1, creation; i >= 0; i-- {
		suffix[i] = suffixLetters[n%uint64(len(suffixLetters))]
		n /= uint64(len(suffixLetters))
	}
	return base[:min(len(base), generators.MaxGeneratedNameLength)] + string(suffix)
}

// mix is the finaliser of SplitMix64: neighbouring numbers become unrelated ones.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// uuidSource gives the bytes of UIDs: seeded ones during a creation, otherwise random ones.
type uuidSource struct {
	mu   sync.Mutex
	from io.Reader
}

var uuids = &uuidSource{from: crand.Reader}

func seedUUIDs() { uuid.SetRand(uuids) }

func (u *uuidSource) use(seed uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if seed == 0 {
		u.from = crand.Reader
		return
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	u.from = rand.NewChaCha8(key)
}

// Read implements io.Reader.
func (u *uuidSource) Read(b []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.from.Read(b)
}
