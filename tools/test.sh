#!/usr/bin/env bash
# Every test: the crates' on SQLite and on a PostgreSQL started for this run, then the journeys in Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! [ -f ../shared/kits/FORMATS.md ]; then
  echo "tminus: ../shared/kits is missing: the kit tests read real kits there. Put the folder shared beside this one." >&2
  exit 1
fi

# A server of its own: one that somebody works with is neither used nor stopped.
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
if [ -z "${TMINUS_TEST_POSTGRES:-}" ]; then
  TMINUS_TEST_PG_DIR="$(mktemp -d /tmp/tminus-test-XXXXXX)"
  TMINUS_TEST_PG_PORT="$(free_port)"
  export TMINUS_TEST_PG_DIR TMINUS_TEST_PG_PORT
  trap 'tools/test-postgres.sh stop || true; rm -rf "$TMINUS_TEST_PG_DIR" "$TMINUS_TEST_PG_DIR.log"' EXIT
  TMINUS_TEST_POSTGRES="$(tools/test-postgres.sh start)"
fi
export TMINUS_TEST_POSTGRES

cargo test --workspace --all-features --locked
# Every operation once more, on PostgreSQL: the same tests, in databases of their own. The binaries are those that just ran, as a choice of packages
# would have cargo compile the rest anew.
cargo test --workspace --all-features --locked --test it --no-run --message-format json 2>/dev/null | node tools/test-binaries.mjs tminus-app tminus-api tminus-pages |
  while IFS=$'\t' read -r package folder binary; do
    echo "== $package on PostgreSQL"
    (cd "$folder" && TMINUS_TEST_WORLD=postgres CARGO_PKG_NAME="$package" "$binary" --quiet </dev/null)
  done
# The program that the journeys open is the one that the tests of its command line have built.
tools/e2e.sh
