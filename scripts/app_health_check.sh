#!/bin/sh
# The running application: health, log-in, refusals, metrics, log. --url names where it runs.
exec "$(dirname "$0")/with_manage.sh" erp_smoke "$@"
