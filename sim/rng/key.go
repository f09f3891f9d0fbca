package rng

import "github.com/jobsim/jobsim/sim/des"

// Purpose says what a draw is for. The numbers are part of every seed's meaning and never change; a
// new purpose gets a new number. No draw has purpose 0.
type Purpose uint8

// The purposes.
const (
	Run     Purpose = 1  // how long a container runs
	Coin    Purpose = 2  // whether a fate's probability hits
	Start   Purpose = 3  // what a fate adds before the start
	Ready   Purpose = 4  // start to readiness
	Term    Purpose = 5  // SIGTERM to death
	Failure Purpose = 6  // time to failure
	Jitter  Purpose = 7  // the kubelet's late wake-up
	Latency Purpose = 8  // one API request
	Watch   Purpose = 9  // one delivery to a watcher
	Bind    Purpose = 10 // scheduling
	Launch  Purpose = 11 // the node's own latency before a pod starts
	Observe Purpose = 12 // the node's latency from an exit to its notice
	Remove  Purpose = 13 // the node's latency from the end of a deleted pod to its removal
	Pick    Purpose = 14 // a choice among equals
	Arrival Purpose = 15 // when something comes from outside
	Script  Purpose = 16 // what a random scenario is made of
	Machine Purpose = 18 // when something befalls a machine
	Stop    Purpose = 17 // the node's latency from the notice of the last exit to the end of the pod
	Kill    Purpose = 19 // the node's latency from the last exit to the end of a pod that it was told to end
	Relist  Purpose = 20 // which kubelet looks for what has ended of a pod, and when in its period
	Restart Purpose = 21 // the node's latency before a container starts that is not the pod's first
	Moment  Purpose = 22 // what the latencies of one second have in common
	Contend Purpose = 23 // by how much a pod that starts is delayed by another
)

// Key is the address of a stream. Keys that differ in any field have streams that have nothing to
// do with each other.
type Key struct {
	Purpose Purpose
	// Job is the dense id of the Job concerned, -1 for none.
	Job int32
	// Index is a completion index or whatever else numbers the Job's pods, -1 for none, which is
	// not index 0.
	Index int32
	// Attempt is 0 for the first pod of the index.
	Attempt int32
	// Sub is what else tells two draws of one purpose apart, such as a restart or a container; 0 if
	// nothing does.
	Sub int32
}

// Source is all the randomness of one replication: the user's seed and the replication's number.
// The zero value is as good as any other.
type Source struct{ Seed, Replication uint64 }

// At is the stream at a key. It is cheap, and nothing is shared between streams.
func (s Source) At(k Key) (stream Stream) {
	stream.begin(&s, &k)
	return stream
}

// Uint64 is the first 64 random bits at a key.
func (s Source) Uint64(k Key) uint64 {
	var stream Stream
	stream.begin(&s, &k)
	return stream.Uint64()
}

// Draw is the first draw from d at a key. A constant costs no stream.
func (s Source) Draw(d *Dist, k Key) des.Duration {
	if d.Kind == Constant {
		return quantise(d.P[0])
	}
	var stream Stream
	stream.begin(&s, &k)
	return d.Draw(&stream)
}

// DrawNear is the first draw from d at the key own, pulled towards that at the key common: by a share of 0 it has
// nothing to do with it, by 1 it is the same. Whatever the share, it is distributed as d says.
//
// Where in the distribution the common draw stands is a place on half a circle, whose other half mirrors it. The own
// word moves it either way, by up to the share that is left of that half. From each place it does so alike, so that all
// places stay as likely as each other.
func (s Source) DrawNear(d *Dist, own, common Key, share float64) des.Duration {
	if d.Kind == Constant {
		return quantise(d.P[0])
	}
	place := s.Uint64(common) >> 1
	var stream Stream
	stream.begin(&s, &own)
	step := float64(int64(stream.Uint64())>>1) * (1 - share)
	place += uint64(int64(step)) << 1
	if place >= 1<<63 {
		place = ^place
	}
	stream.out[3], stream.next = place<<1, 3 // is what the stream gives next
	return d.Draw(&stream)
}

// begin makes a new stream the one at a key. The first word of the counter is the block within the
// stream. (Word by word and in place: to copy what was just written in smaller pieces would stall
// the processor.)
func (s *Stream) begin(source *Source, k *Key) {
	s.key[0], s.key[1] = source.Seed, source.Replication
	s.ctr[1] = uint64(k.Purpose)<<32 | uint64(uint32(k.Job))
	s.ctr[2] = uint64(uint32(k.Index))<<32 | uint64(uint32(k.Attempt))
	s.ctr[3] = uint64(uint32(k.Sub))
}
