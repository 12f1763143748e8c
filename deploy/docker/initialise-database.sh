#!/bin/sh
# First start of PostgreSQL: the roles and the database, with passwords from files.
set -eu
for role in owner app readonly backup; do
    name=$(echo "$role" | tr '[:lower:]' '[:upper:]')
    value=$(cat "/run/secrets/${role}_password")
    export "ERP_${name}_PASSWORD=$value"
done
psql -X -q -U "$POSTGRES_USER" -d postgres -f /opt/erp/roles.sql
