// Jobsim-kind brings the kind cluster of the suite up and takes it down, by hand: jobsim-kind up, down, logs DIR.
//
// `up` also loads the worker's image and writes a kubeconfig; what it prints is the line for the shell that uses it.
//
// It does nothing that the suite would not do by itself; it is for looking at a cluster with kubectl, and for what must
// outlive a suite.
package main
