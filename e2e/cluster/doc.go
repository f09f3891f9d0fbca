// Package cluster finds the cluster on which scenarios are replayed: any by kubeconfig, or one of its own that kind
// brings up, with its node image and Docker engine where nobody else provides them.
//
// Read connect.go for a cluster by kubeconfig and for who may be disturbed, kind.go for one of our own, image.go for
// how an image of one program is made and loaded without a registry, nodeimage.go and nodeimage/README.md for what a
// machine without a registry runs.
//
// It refuses clusters that are not kind's unless the caller says that they are his to break. It binds to the loopback
// interface, keeps its kubeconfig to itself, and touches no cluster but the one that it was told.
package cluster
