// Jobsim-kind brings the kind cluster of the suite up and takes it down, by hand.
//
// `image` only makes sure of a Docker engine and of a node image, which it builds where none can be had, and names it.
// `up` also loads the worker's image and writes a kubeconfig; what it prints is the line for the shell that uses it.
//
// `save DIR` writes the images of the worker and of jobsim itself, for a registry that another cluster can pull from.
//
// It does nothing that the suite would not do by itself; it is for looking at a cluster with kubectl, and for what must
// outlive a suite.
package main
