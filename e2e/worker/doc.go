// Worker is the program in a replayed container: it lives the fate that it is told.
//
// It reads FATES, the fates of its runs as e2e/worker/fate writes them, and NAME, the container's; it counts its
// restarts in a file below /fate, a volume that lives as long as the pod. `worker ready` is the readiness probe. What
// it does is printed, one line each, so that the container's log tells the story.
//
// It is one static program in an image that holds nothing else; it depends on nothing, asks nobody, and without a
// fate it exits with 2, a code that is then to be seen in the pod's status.
package main
