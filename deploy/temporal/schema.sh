#!/bin/sh
# Makes Temporal's two databases in PostgreSQL, or brings their schema up to date. Doing it again
# changes nothing. From the environment: SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD.
set -eu

# One database and the schema that the tool itself carries.
database() {
  temporal-sql-tool --plugin postgres12 --database "$1" create-database
  temporal-sql-tool --plugin postgres12 --database "$1" setup-schema --version 0.0
  temporal-sql-tool --plugin postgres12 --database "$1" update-schema --schema-name "postgresql/v12/$2"
}

database temporal temporal
database temporal_visibility visibility
