#!/bin/sh
# Brings Temporal's two databases to the schema of this version; does nothing when they have it.
set -eu
SQL_PASSWORD="$(cat /run/secrets/temporal-database-password)"
export SQL_PASSWORD

schema() {
  database="$1"
  versions="/etc/temporal/schema/postgresql/v12/$2/versioned"
  tool="temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db $database"
  # A database without a schema has no version to start from.
  $tool update-schema --schema-dir "$versions" && return
  $tool setup-schema --version 0.0
  $tool update-schema --schema-dir "$versions"
}

schema temporal temporal
schema temporal_visibility visibility
