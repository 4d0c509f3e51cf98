#!/usr/bin/env bash
# Sees to it that what Tminus is built and tested with is there.
#   tools/setup.sh build   a C compiler, Rust, Node
#   tools/setup.sh test    also PostgreSQL and Chromium
#   tools/setup.sh browser prints where Chromium is
# As root on Debian it installs what is missing. Otherwise it says in one line what to install, and fails.
set -euo pipefail

fail() { echo "tminus: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

browser() {
  local place
  for place in "${TMINUS_CHROMIUM:-}" /usr/bin/chromium "$(command -v chromium || true)" "$(command -v google-chrome || true)" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    if [ -n "$place" ] && [ -x "$place" ]; then echo "$place"; return; fi
  done
  return 1
}

postgres() {
  local folder
  for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
    if [ -x "$folder/initdb" ]; then return; fi
  done
  has initdb
}

# need CHECK DEBIAN-PACKAGE HOMEBREW-COMMAND
need() {
  if $1 >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "tminus: installing $2" >&2
    # A new machine has no package list yet.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >"$log" 2>&1 \
      || { apt-get update -qq >"$log" 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >>"$log" 2>&1; } \
      || { cat "$log" >&2; fail "$2 is missing and could not be installed"; }
    $1 >/dev/null 2>&1 || fail "$2 was installed and still is not found"
  elif [ "$(uname)" = Darwin ]; then
    fail "$2 is missing: $3"
  else
    fail "$2 is missing: sudo apt-get install $2"
  fi
}

compiler() { has cc; }
log="$(mktemp)"
trap 'rm -f "$log"' EXIT

case "${1:-build}" in
  build | test)
    has cargo || fail "Rust is missing: install the toolchain with rustup, https://rustup.rs"
    has node && has npm || fail "Node 20 or later is missing: install it with npm, https://nodejs.org"
    major="$(node -p 'process.versions.node.split(".")[0]')"
    [ "$major" -ge 20 ] || fail "Node $(node --version) is too old: 20 or later is needed"
    need compiler gcc "xcode-select --install"
    if [ "${1:-build}" = test ]; then
      need postgres postgresql "brew install postgresql@17"
      need browser chromium "brew install --cask google-chrome"
    fi
    ;;
  browser) browser || fail "chromium is missing: make test installs it as root on Debian; otherwise set TMINUS_CHROMIUM" ;;
  *) fail "tools/setup.sh: say build, test or browser" ;;
esac
