#!/usr/bin/env bash
# The journeys in a real Chromium, against the built binary. Arguments name the files to run; none means all.
set -euo pipefail
cd "$(dirname "$0")/.."
TMINUS_CHROMIUM="$(tools/setup.sh browser)"
export TMINUS_CHROMIUM
if [ $# = 0 ]; then set -- e2e/*.test.mjs; fi
# Two cores: two files at a time, each with a server of its own.
exec node --test --test-reporter=spec --test-concurrency=2 --test-timeout=900000 "$@"
