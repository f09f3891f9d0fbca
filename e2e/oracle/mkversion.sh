#!/bin/sh
# mkversion.sh 1.36.3 writes go.1.36.mod and go.1.36.sum: the same sources built against Kubernetes v1.36.3.
#
#   make oracle VERSION=1.36
#
# Kubernetes refers to its staging modules by relative paths, which do not exist outside of its repository: each of them
# needs a replace line. The other requirements follow from "go mod tidy", which knows no build tags: it works in a copy
# that holds the shim of this version only.
set -eu
version=$1
minor=${version%.*}
tag=k8s$(echo "$minor" | tr -d .)
cd "$(dirname "$0")"
root=$(cd ../.. && pwd) # clean: with dots in it, Go takes this module for a part of that one

upstream=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -cf - --exclude='shim_*.go' --exclude='*.mod' --exclude='*.sum' . | tar -xf - -C "$work"
sed 1,2d "shim_${tag#k8s}.go" >"$work/shim.go"
{
	sed -n '1,/^godebug /p' go.mod
	printf '\nrequire k8s.io/kubernetes v%s\n\nreplace (\n\tgithub.com/jobsim/jobsim => %s\n' "$version" "$root"
	{
		sed -n 's#^[[:space:]]*\(k8s.io/[a-z-]*\) => \./staging.*#\1#p' "$upstream"
		sed -n 's#^[[:space:]]*\(k8s.io/[a-z-]*\) v0\.0\.0$#\1#p' "$upstream"
	} | sort -u | sed "s#.*#\t& => & v0.${version#1.}#"
	printf ')\n'
} >"$work/go.mod"
(cd "$work" && GOFLAGS=-mod=mod go mod tidy)
sed "s#=> $root#=> ../..#" "$work/go.mod" >"go.$minor.mod"
cp "$work/go.sum" "go.$minor.sum"
