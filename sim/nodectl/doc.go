// Package nodectl is what the control plane does about nodes: the node lifecycle controller that misses their
// heartbeats, the taint eviction controller that deletes the pods of unreachable ones, and the pod garbage collector
// (podgc.go).
//
// They decide by what their watches have shown them. Their requests take no time and no tokens of a client's limit,
// here and in the oracle.
//
// Read nodectl.go. Their periodic loops run only while there is something for them to see; the instants at which they
// look are those of the loops: multiples of their periods since the start.
package nodectl
