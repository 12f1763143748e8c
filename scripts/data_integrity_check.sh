#!/bin/sh
# Every row of the stored data. Pages damaged under the database are found as well.
exec "$(dirname "$0")/with_manage.sh" erp_verify "$@"
