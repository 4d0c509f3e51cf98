#!/usr/bin/env bash
# Serves a sample practice from ./data, and says where and how to sign in.
set -euo pipefail
cd "$(dirname "$0")/.."
listen="${TMINUS_LISTEN:-127.0.0.1:8080}"
# Known to everybody who reads this, so the sample is served to this machine only.
password="a sample to look around"
case "$listen" in
  127.0.0.1:* | localhost:* | "[::1]:"*) ;;
  *) echo "tminus: the sample has a password that everybody knows; listen on 127.0.0.1, or start tminus serve without --sample" >&2; exit 1 ;;
esac
# Made by a process of its own: hashing passwords and reading kits takes memory that serving does not need.
target/debug/tminus sample --data data --if-empty --password "$password" >/dev/null
cat <<TEXT

  Tminus comes up on http://$listen with a sample practice in ./data
  Sign in as  ann@example.com
  password    $password
  Ctrl-C ends it; rm -r data begins anew

TEXT
TMINUS_LISTEN="$listen" TMINUS_LOG="${TMINUS_LOG:-warn,tminus=info}" exec target/debug/tminus serve --data data
