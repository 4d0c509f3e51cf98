#!/usr/bin/env bash
# Starts a PostgreSQL of its own for tests, in a folder that goes with it, and prints its URL.
#   tools/test-postgres.sh start   prints postgres://…
#   tools/test-postgres.sh stop
set -euo pipefail
home="${TMINUS_TEST_PG_DIR:-/tmp/tminus-test-postgres}"
port="${TMINUS_TEST_PG_PORT:-54329}"

bin=""
for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
  if [ -x "$folder/initdb" ]; then bin="$folder"; fi
done
if [ -z "$bin" ] && command -v initdb >/dev/null; then bin="$(dirname "$(command -v initdb)")"; fi
if [ -z "$bin" ]; then echo "PostgreSQL is missing: install the server (Debian: apt-get install postgresql)" >&2; exit 1; fi

# PostgreSQL refuses to run as root.
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

case "${1:-start}" in
  start)
    if ! [ -d "$home/data" ]; then
      mkdir -p "$home"
      if [ "$(id -u)" = 0 ]; then chown postgres "$home"; fi
      as "$bin/initdb" -D "$home/data" -A trust -U tminus -E UTF8 --no-locale >"$home.log" 2>&1 || { cat "$home.log" >&2; exit 1; }
    fi
    if ! as "$bin/pg_ctl" -D "$home/data" status >/dev/null 2>&1; then
      as "$bin/pg_ctl" -D "$home/data" -w -l "$home/server.log" \
        -o "-p $port -k $home -c listen_addresses=127.0.0.1 -c max_connections=400 -c fsync=off" start >/dev/null \
        || { cat "$home/server.log" >&2; exit 1; }
    fi
    echo "postgres://tminus@127.0.0.1:$port/postgres"
    ;;
  stop) as "$bin/pg_ctl" -D "$home/data" -m fast stop >/dev/null ;;
  *) echo "say start or stop" >&2; exit 2 ;;
esac
