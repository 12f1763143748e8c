#!/bin/sh
# The database: reachability, connections, locks, migrations, tables, memory.
exec "$(dirname "$0")/with_manage.sh" erp_check --db "$@"
