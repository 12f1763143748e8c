#!/bin/sh
# Bring the database up to date, once per release and before the other containers: migrations and
# grants as the owner, master data as the application. DATABASE_URL is the application's,
# OWNER_DATABASE_URL the owner's without a password, which is PGPASSWORD.
set -eu

password=${PGPASSWORD:-}
unset PGPASSWORD
owner() { PGPASSWORD=$password DATABASE_URL=$OWNER_DATABASE_URL "$@"; }

owner python manage.py migrate --no-input
owner psql -X -q -d "$OWNER_DATABASE_URL" -v prefix="${ROLE_PREFIX:-erp}" -f deploy/postgres/grants.sql
for command in erp_setup_roles erp_setup_reference erp_setup_mappings erp_setup_support; do
    if python manage.py help "$command" >/dev/null 2>&1; then
        python manage.py "$command"
    fi
done
# nginx serves the static files from a volume both can see.
if [ -d /srv/static ]; then
    cp -R "$ERP_STATIC_ROOT/." /srv/static/
fi
