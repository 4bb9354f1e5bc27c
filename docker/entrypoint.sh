#!/bin/sh
# The database's password comes as a file, so that no command line, environment listing or compose file shows it.
set -eu
if [ -n "${DATABASE_PASSWORD_FILE:-}" ]; then
  PGPASSWORD="$(cat "$DATABASE_PASSWORD_FILE")"
  export PGPASSWORD
fi
exec node workers/main.ts "$@"
