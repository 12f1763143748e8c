#!/bin/sh
# Every check of the doctor: what is down, and why.
exec "$(dirname "$0")/with_manage.sh" erp_check "$@"
