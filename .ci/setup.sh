#!/usr/bin/env bash
# Makes this machine able to test images: a container engine, emulation of linux/arm64, and the programs that the tests
# and fixtures use. Safe to repeat: what is there is left alone. Installs with apt-get, which needs root.
set -euo pipefail

say() { echo "setup: $*"; }
give_up() { echo "setup: $*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

engine_answers() {
  if [ -n "${DOCKER_HOST:-}" ]; then
    have docker && docker version >/dev/null 2>&1
  else
    curl -fsS --max-time 5 --unix-socket /var/run/docker.sock http://localhost/_ping >/dev/null 2>&1
  fi
}

arm64_runs() {
  case "$(uname -m)" in aarch64 | arm64) return 0 ;; esac
  grep -qs '^enabled' /proc/sys/fs/binfmt_misc/qemu-aarch64
}

# packages prints what has to be installed.
packages() {
  have curl || echo curl
  [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
  engine_answers || have dockerd || echo docker.io
  arm64_runs || have update-binfmts || echo binfmt-support
  arm64_runs || have qemu-aarch64-static || echo qemu-user-static
  have xmllint || echo libxml2-utils
  have shellcheck || echo shellcheck
  have ip || echo iproute2
  have npm || echo npm
  # Completion is typed into real shells by night.
  [ -z "${CONFORM_NIGHTLY:-}" ] || have zsh || echo zsh
  [ -z "${CONFORM_NIGHTLY:-}" ] || have fish || echo fish
  [ -z "${CONFORM_NIGHTLY:-}" ] || [ -e /usr/share/bash-completion/bash_completion ] || echo bash-completion
  have chromium || have chromium-headless-shell || have google-chrome || echo chromium-headless-shell
  have podman || echo podman runc conmon containernetworking-plugins
}

# known prints those of the packages that this system has: not every one has a browser, and only the tests of the HTML
# report want it.
known() {
  local package
  for package in "$@"; do
    [ "$package" = chromium-headless-shell ] && ! apt-cache show "$package" >/dev/null 2>&1 || echo "$package"
  done
}

install() {
  [ $# -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || give_up "not root; install these packages first: $*"
  have apt-get || give_up "no apt-get here; install the like of these packages first: $*"
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 -qq update
  # shellcheck disable=SC2046 # one word per package
  apt-get -o DPkg::Lock::Timeout=300 -qq install -y --no-install-recommends $(known "$@") >/dev/null </dev/null
}

wait_for_engine() {
  local n
  for ((n = 0; n < $1; n++)); do
    engine_answers && return 0
    sleep 1
  done
  return 1
}

start_engine() {
  [ -z "${DOCKER_HOST:-}" ] || give_up "no engine answers at DOCKER_HOST=$DOCKER_HOST; correct or unset it"
  [ "$(id -u)" = 0 ] || give_up "no engine answers at /var/run/docker.sock; start one, or run this as root"
  have dockerd || give_up "no engine answers and there is no dockerd to start"
  say "starting dockerd"
  if [ -d /run/systemd/system ]; then
    systemctl start docker
  else
    mount_cgroups
    rm -f /var/run/docker.pid
    setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &
  fi
  wait_for_engine 60 || give_up "dockerd did not answer within a minute: $(tail -n 3 /var/log/dockerd.log 2>/dev/null | tr '\n' ' ')"
}

# mount_cgroups stands in for an init system that did not.
mount_cgroups() {
  [ -z "$(ls -A /sys/fs/cgroup 2>/dev/null)" ] || return 0
  mount -t cgroup2 none /sys/fs/cgroup
}

enable_arm64() {
  [ "$(id -u)" = 0 ] || give_up "programs for linux/arm64 do not run here; run this as root once"
  say "enabling emulation of linux/arm64"
  [ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  update-binfmts --enable qemu-aarch64 >/dev/null 2>&1 || update-binfmts --import qemu-aarch64 >/dev/null 2>&1 || true
  arm64_runs || give_up "emulation could not be enabled; see update-binfmts --display qemu-aarch64"
}

missing=$(packages)
# shellcheck disable=SC2086 # one word per package
install $missing
wait_for_engine 1 || { [ -n "$missing" ] && wait_for_engine 5; } || start_engine
arm64_runs || enable_arm64
say "an engine answers and programs for linux/arm64 run"
