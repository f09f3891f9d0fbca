#!/bin/bash
# Builds a kind node image of one Kubernetes release out of Go modules and Debian packages: no container
# registry is asked for anything. Usage: build.sh KUBERNETES_VERSION IMAGE
# The binaries and the root file system are kept in $KIND_NODE_CACHE, by default ~/.cache/kind-node, so that a build that
# was interrupted goes on where it stopped.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

kubernetes=$1
image=$2
containerd=${CONTAINERD_VERSION:-v2.3.4}
cache=${KIND_NODE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kind-node}/$kubernetes
suite=bookworm

step() { echo "[$(date +%T)] node image: $*"; }
fail() { echo "build.sh: $*" >&2; exit 1; }
trap 'fail "line $LINENO: this command failed: $BASH_COMMAND"' ERR

mkdir -p "$cache/bin" && cd "$cache"
exec 9>lock
flock -n 9 || { step "waiting for another build in $cache"; flock 9; }
if docker image inspect "$image" >/dev/null 2>&1; then
  exit 0
fi

# go_build DIR MODULE VERSION PACKAGE... : builds main packages of one module with the Go toolchain.
go_build() {
  local dir=$1 module=$2 version=$3
  shift 3
  mkdir -p "$dir" && pushd "$dir" >/dev/null
  if [[ ! -f done.mod ]]; then
    rm -f go.mod go.sum
    go mod init "kindnode.local/$dir" 2>/dev/null
    if [[ $module == k8s.io/kubernetes ]]; then # its staging modules are tagged v0.MINOR.PATCH
      local source
      source=$(go mod download -json "$module@$version" | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')
      awk '/^\tk8s.io\/[a-z-]+ v0.0.0$/ {print $1}' "$source/go.mod" | while read -r staging; do
        go mod edit -replace "$staging=$staging@v0${version#v1}"
      done
    fi
    go mod edit -require "$module@$version"
    { printf '//go:build tools\n\npackage tools\n'; for p in "$@"; do echo "import _ \"$p\""; done; } >tools.go
    go mod tidy -e >tidy.log 2>&1 || { tail -5 tidy.log >&2; fail "the modules of $module@$version cannot be had"; }
    cp go.mod done.mod
  fi
  for p in "$@"; do
    local name=${p##*/}
    [[ $name == v3 ]] && name=etcd
    [[ -x ../bin/$name ]] && continue
    CGO_ENABLED=0 go build -trimpath -tags 'no_aufs no_zfs no_btrfs no_devmapper' -ldflags "-s -w
      -X k8s.io/component-base/version.gitVersion=$kubernetes -X k8s.io/component-base/version.gitTreeState=clean
      -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$(cut -d. -f2 <<<"$kubernetes")
      -X k8s.io/client-go/pkg/version.gitVersion=$kubernetes" -o "../bin/$name.new" "$p"
    mv "../bin/$name.new" "../bin/$name"
    step "built $name"
  done
  popd >/dev/null
}

step "Kubernetes $kubernetes"
k=k8s.io/kubernetes/cmd
go_build kubernetes k8s.io/kubernetes "$kubernetes" \
  $k/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet,kubeadm,kubectl}
constants=$(cd kubernetes && go list -f '{{.Dir}}' k8s.io/kubernetes/cmd/kubeadm/app/constants)/constants.go
constant() { sed -n "s/^\t$1 *= \"\(.*\)\"$/\1/p" "$constants"; }
etcd_tag=$(constant DefaultEtcdVersion)
pause_tag=$(constant PauseVersion)
etcd=v${etcd_tag%-*}

step "etcd $etcd, containerd $containerd, pause $pause_tag"
go_build etcd go.etcd.io/etcd/server/v3 "$etcd" go.etcd.io/etcd/server/v3
c=github.com/containerd/containerd/v2/cmd
go_build containerd github.com/containerd/containerd/v2 "$containerd" $c/{containerd,ctr,containerd-shim-runc-v2}
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/pause "$here/pause/main.go"

step "root file system: Debian $suite"
packages=systemd,systemd-sysv,conntrack,iptables,iproute2,ethtool,mount,kmod,libseccomp2,ca-certificates,procps
packages+=,crun,containernetworking-plugins,util-linux
if [[ $(cat rootfs.done 2>/dev/null) != "$packages" ]]; then
  command -v debootstrap >/dev/null || { apt-get update -qq; apt-get install -qq -o DPkg::Lock::Timeout=300 -y debootstrap >/dev/null; }
  mirror=$(apt-get indextargets --format '$(RELEASE) $(SITE)' |
    awk -v suite=$suite '$1 == suite && $2 ~ /debian/ && !n++ {print $2}')
  rm -rf rootfs rootfs.done
  debootstrap --variant=minbase --include=$packages $suite rootfs "${mirror:-http://deb.debian.org/debian}" \
    >debootstrap.log || { tail -5 debootstrap.log >&2; fail "debootstrap of $suite failed: $cache/debootstrap.log"; }
  echo $packages >rootfs.done
fi
cp -r "$here/rootfs/." rootfs/
chmod 755 rootfs/usr/local/bin/{entrypoint,kubelet-cgroups,crictl,crun-1.0}
install -m 755 bin/containerd bin/ctr bin/containerd-shim-runc-v2 rootfs/usr/local/bin/
install -m 755 bin/kubeadm bin/kubelet bin/kubectl rootfs/usr/bin/
sed -i "s/pause:[0-9.]*/pause:$pause_tag/" rootfs/etc/containerd/config.toml
mkdir -p rootfs/opt/cni/bin rootfs/kind/manifests rootfs/etc/kubernetes/manifests
cp rootfs/usr/lib/cni/{bridge,host-local,loopback} rootfs/opt/cni/bin/
echo -n "$kubernetes" >rootfs/kind/version
chroot rootfs bash -euc '
  rm -rf /var/cache/apt/archives/*.deb /var/lib/apt/lists/* /lib/systemd/system/{multi-user,local-fs,basic}.target.wants/* \
    /etc/systemd/system/*.wants/* /lib/systemd/system/sockets.target.wants/*{udev,initctl}* \
    /lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service
  systemctl -q enable containerd kubelet; systemctl -q mask systemd-binfmt.service
  grep -q ReadKMsg=no /etc/systemd/journald.conf || echo ReadKMsg=no >>/etc/systemd/journald.conf'

step "images of the control plane"
builder=kind-node-build-$$
trap 'docker rm -f "$builder" >/dev/null 2>&1 || true' EXIT
images=()
component() { # IMAGE BINARY
  tar -C bin --transform 's|^|usr/local/bin/|' --owner=0 --group=0 -c "$2" |
    docker import --change 'ENV PATH=/usr/local/bin GOGC=400' --change "ENTRYPOINT [\"/usr/local/bin/$2\"]" - "$1" \
      >/dev/null
  images+=("$1")
}
for b in kube-apiserver kube-controller-manager kube-scheduler; do
  component "registry.k8s.io/$b:$kubernetes" $b
done
component "registry.k8s.io/etcd:$etcd_tag" etcd
component "registry.k8s.io/pause:$pause_tag" pause
tar -C rootfs -c . | docker import --change 'ENV container=docker' - "$image-base" >/dev/null

step "control-plane images into containerd"
docker run -d --name "$builder" --privileged --entrypoint sleep "$image-base" infinity >/dev/null
docker exec -d "$builder" containerd
for _ in $(seq 60); do
  docker exec "$builder" ctr version >/dev/null 2>&1 && break
  sleep 0.5
done
docker save "${images[@]}" | docker exec -i "$builder" ctr -n k8s.io images import - >/dev/null
docker exec "$builder" sh -c 'pkill -x containerd; sleep 1; rm -rf /run/containerd'
docker commit --change 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]' "$builder" "$image" >/dev/null
docker rmi -f "${images[@]}" >/dev/null 2>&1 || true # they are in the node image now
step "$image is there"
