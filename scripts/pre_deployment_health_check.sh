#!/bin/sh
# The day before a release: the seven checks, each of them done (every alert channel gets a message).
exec "$(dirname "$0")/with_manage.sh" erp_readiness --pre "$@"
