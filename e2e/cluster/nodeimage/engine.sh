#!/bin/bash
# Makes a Docker engine answer on this machine: installs Debian's docker.io where there is none and starts it.
# Where the machine's capability bounding set lacks CAP_SYS_RESOURCE (some sandboxes and CI runners), Docker's
# --privileged, which kind needs, would ask runc for a capability that cannot be given; a small runtime wrapper,
# runc-bounded, leaves it out of the request.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive

fail() { echo "engine.sh: $*" >&2; exit 1; }
docker_works() { docker info >/dev/null 2>&1; }
privileged_works() { # the default runtime can start --privileged containers
  (( (16#$(awk '/^CapBnd/ {print $2}' /proc/self/status) >> 24) & 1 )) ||
    [[ $(docker info --format "{{.DefaultRuntime}}" 2>/dev/null) == runc-bounded ]]
}

if docker_works && privileged_works; then exit 0; fi
[[ $EUID == 0 ]] || fail "no usable Docker engine answers, and only root can set one up"
exec 9>/run/jobsim-engine.lock
flock 9
if docker_works && privileged_works; then exit 0; fi

missing=()
command -v dockerd >/dev/null && command -v docker >/dev/null || missing+=(docker.io iptables)
command -v jq >/dev/null || missing+=(jq)
if ((${#missing[@]})); then
  command -v apt-get >/dev/null || fail "no Docker engine and no apt-get: install Docker, and jq"
  echo "engine.sh: installing ${missing[*]}"
  apt-get update -qq
  apt-get install -qq -o DPkg::Lock::Timeout=300 -y --no-install-recommends "${missing[@]}" >/dev/null || fail "apt-get cannot install ${missing[*]}"
fi
if ! privileged_works; then
  install -m 755 runc-bounded /usr/local/bin/runc-bounded
  mkdir -p /etc/docker
  [[ -s /etc/docker/daemon.json ]] || echo '{}' >/etc/docker/daemon.json
  config=$(jq '.runtimes["runc-bounded"] = {path: "/usr/local/bin/runc-bounded"} | .["default-runtime"] = "runc-bounded"' \
    /etc/docker/daemon.json)
  echo "$config" >/etc/docker/daemon.json
fi
if docker_works; then
  kill -HUP "$(cat /var/run/docker.pid)" # runtimes and default-runtime are reloaded without a restart
else
  rm -f /var/run/docker.pid
  setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null 9>&- &
fi
for _ in $(seq 120); do
  if docker_works && privileged_works; then exit 0; fi
  sleep 0.5
done
tail -5 /var/log/dockerd.log >&2 || true
fail "the Docker engine did not come up; see /var/log/dockerd.log"
