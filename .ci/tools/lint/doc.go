// Command lint is the project's go vet tool: what staticcheck, errcheck, exhaustive and shadow find beside go vet itself, in
// one program that runs as
//
//	go vet -vettool=$PWD/bin/lint ./...
//
// so that the build cache remembers the packages that did not change: two seconds when warm, where each of the four by
// itself would load and type-check everything again.
//
// Read main.go: the list of analyzers is all there is. It is a module of its own, so that the project does not depend on its
// tools. It knows no comments that silence it: a finding is mended, or the check is taken off the list with a reason.
package main
