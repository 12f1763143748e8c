#!/bin/sh
# The nine lines of the go-live list, with a requisition that becomes an order.
exec "$(dirname "$0")/with_manage.sh" erp_smoke --golive "$@"
