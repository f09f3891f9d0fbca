// Pause holds the namespaces of a pod's sandbox open: it reaps children and exits on SIGTERM or SIGINT.
//
// main.go is all there is. The node image calls it registry.k8s.io/pause, the name by which containerd asks for it.
//
// It does nothing else, and imports the standard library only, so that build.sh can compile it outside of the module.
package main
