// Package sim computes what a Kubernetes cluster does to Jobs: a pure function of a Config, on integers, with nothing
// but the standard library. Run is the only verb that most callers need.
//
// Read config.go for what goes in and comes out, and World.handle in world.go for the table of contents of a run. The
// components are packages of their own that meet only in the store: jobctl (the Job controller), sched, kubelet,
// nodectl, cloud and gc. des is the kernel below, rng the randomness, api the objects, trace the output.
//
// # The determinism contract
//
//  1. Time moves only in Kernel.Step. There is no tick; an idle hour costs one event.
//  2. Order is total: (At, Class, Seq). The classes are in api/event.go; Seq is the insertion number. The test mode
//     TieShuffle replaces Seq by a keyed permutation: outcomes that are order-free must not change.
//  3. Randomness is addressed. Adding a draw for one purpose cannot move another; the same key gives common random
//     numbers across configurations.
//  4. Floats never decide. Distributions are floating-point inside rng and leave it as integer nanoseconds.
//  5. No map is ranged, no goroutine started; there is no lock, channel, context, clock, file or log. Objects have
//     dense ids and live in slices.
//  6. The generator is ours, and its first outputs are pinned.
//  7. The end is an event. Until.Horizon is scheduled in the last class; going past MaxSteps is an error.
//  8. Violations carry their reproduction.
//  9. Twice and digest: golden tests run every scenario twice and compare digests.
//
// It refuses to guess: what it does not model is rejected where scenarios are read, by name.
package sim
