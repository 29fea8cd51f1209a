#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Prints a folder that holds `etcd` and `kube-apiserver`, for tests against a real API server without containers.
#
# $KUBEBUILDER_ASSETS (the convention of controller-runtime's envtest) is used where it is set. Elsewhere, on Debian,
# kube-apiserver is built once from Debian's source, some 4 minutes on two cores, and kept in
# ${XDG_CACHE_HOME:-~/.cache}/webhook-fcgi. Two that run at once wait for each other. What it does goes to standard
# error; only the folder goes to standard output.
set -euo pipefail

readonly packages=(
    dpkg-dev etcd-server golang-github-json-iterator-go-dev golang-github-modern-go-reflect2-dev golang-go jq make rsync
)
readonly cache="${XDG_CACHE_HOME:-$HOME/.cache}/webhook-fcgi"
readonly assets="$cache/kube-apiserver"

say() { echo "kube-apiserver.sh: $*" >&2; }
fail() { say "$@"; exit 1; }
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
is_complete() { [ -x "$1/etcd" ] && [ -x "$1/kube-apiserver" ]; }
is_installed() { dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed'; }

# Installs by name what is missing, and leaves no etcd running that was not there before.
install_packages() {
    local missing=() package
    for package in "${packages[@]}"; do is_installed "$package" || missing+=("$package"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    as_root apt-get update -qq >&2 || fail "apt-get update failed: check the network and /etc/apt"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 \
        || fail "apt-get could not install ${missing[*]}: set KUBEBUILDER_ASSETS instead"
    if [[ " ${missing[*]} " == *" etcd-server "* ]] && [ -d /run/systemd/system ]; then
        as_root systemctl disable --now etcd >&2 || say "etcd.service could not be stopped"
    fi
}

# Unpacks Debian's source of kubernetes into $1. The source list, its index and its cache live in $2 alone: the
# machine's own are not touched.
fetch_source() {
    local target="$1" apt="$2" file
    mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        # Only Debian's own archive: others need not have sources.
        grep -qE 'debian\.org|/debian' "$file" || continue
        sed -E 's/^Types:.*/Types: deb-src/; s/^deb(-src)? /deb-src /' "$file" >"$apt/parts/${file##*/}"
    done
    local options=(
        -qq -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$apt/parts" -o "Dir::State::Lists=$apt/lists"
        -o "Dir::Cache=$apt/cache" -o "APT::Sandbox::User=$(id -un)"
    )
    say "fetching Debian's source of kubernetes"
    apt-get "${options[@]}" update >&2 || fail "the index of Debian's sources could not be fetched: check the network"
    (cd "$apt" && apt-get "${options[@]}" source --download-only kubernetes >&2) \
        || fail "apt-get source kubernetes failed: this release of Debian has none, set KUBEBUILDER_ASSETS instead"
    dpkg-source -x "$apt"/kubernetes_*.dsc "$target" >&2 || fail "the source could not be unpacked"
}

# Builds in $1 and moves the binary to the cache at the end, so that nobody ever finds half of one.
build() {
    local work="$1" module
    local source="$work/go/src/k8s.io/kubernetes"
    mkdir -p "${source%/*}"
    fetch_source "$source" "$work/apt"
    # The vendored reflect2 crashes when it is built by Go 1.18 or later.
    for module in modern-go/reflect2 json-iterator/go; do
        rm -rf "$source/vendor/github.com/$module"
        cp -rL "/usr/share/gocode/src/github.com/$module" "$source/vendor/github.com/$module"
    done
    say "building kube-apiserver, log in $cache/build.log"
    (cd "$source" && GOPATH="$work/go" GOCACHE="$work/cache" GO111MODULE=off CGO_ENABLED=0 GOFLAGS= \
        nice make WHAT=cmd/kube-apiserver >"$cache/build.log" 2>&1) \
        || { tail -n 20 "$cache/build.log" >&2; fail "the build failed"; }
    local binary
    binary="$(find "$source/_output" -type f -name kube-apiserver -perm -u+x | head -n 1)"
    [ -n "$binary" ] || fail "the build left no binary, see $cache/build.log"
    "$binary" --version >&2 || fail "the binary that was built does not run"
    mkdir -p "$assets"
    mv "$binary" "$assets/.kube-apiserver.new"
    mv "$assets/.kube-apiserver.new" "$assets/kube-apiserver"
}

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
    is_complete "$KUBEBUILDER_ASSETS" || fail "KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS has no etcd and kube-apiserver"
    echo "$KUBEBUILDER_ASSETS"
    exit
fi
if ! is_complete "$assets"; then
    command -v apt-get >/dev/null || fail "this is no Debian: set KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver"
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
    # Another one may have built it while this one waited; it may be the link to etcd alone that is missing.
    if ! is_complete "$assets"; then
        install_packages
        if [ ! -x "$assets/kube-apiserver" ]; then
            work="$(mktemp -d "$cache/build.XXXXXX")"
            # The module cache of Go is read-only.
            trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
            build "$work"
        fi
        ln -sf "$(command -v etcd)" "$assets/etcd"
    fi
fi
echo "$assets"
