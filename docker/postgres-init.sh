#!/bin/sh
# Runs once, when the database's volume is empty: a role and its databases for emco and for Temporal each.
set -eu

make_role() {
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set role="$1" --set password="$(cat "/run/secrets/$2")" <<'SQL'
create role :"role" login password :'password';
SQL
}

make_database() {
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set name="$1" --set role="$2" <<'SQL'
create database :"name" owner :"role";
SQL
}

make_role emco emco-database-password
make_database emco emco
make_role temporal temporal-database-password
make_database temporal temporal
make_database temporal_visibility temporal
