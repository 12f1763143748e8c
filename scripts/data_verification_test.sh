#!/bin/sh
# After a restore: every row of the stored data, then what guards it.
"$(dirname "$0")/with_manage.sh" erp_verify "$@"
rows=$?
case " $* " in *" --help "*) exit "$rows" ;; esac
for one; do
    case $one in --json) json=--json ;; esac
done
"$(dirname "$0")/with_manage.sh" erp_check --topic data ${json:+"$json"}
guards=$?
[ "$rows" -gt "$guards" ] && exit "$rows"
exit "$guards"
