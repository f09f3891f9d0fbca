package oracle

import (
	crand "crypto/rand"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"

	"github.com/google/uuid"
	utilrand "k8s.io/apimachinery/pkg/util/rand"
)

// names makes the generated names and the UIDs of one cluster a function of its seed and of the
// order of the creations. Kubernetes draws them from generators of the process; they are seeded
// anew for each creation, under a lock that the clusters of all bubbles share.
type names struct {
	seed  uint64
	count uint64
}

var naming sync.Mutex

// during runs f, a creation, with the next seed. f must not wait in virtual time.
func (n *names) during(f func()) {
	naming.Lock()
	defer naming.Unlock()
	n.count++
	s := mix(n.seed ^ mix(n.count))
	utilrand.Seed(int64(s >> 1))
	uuids.use(s)
	defer uuids.use(0)
	f()
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
