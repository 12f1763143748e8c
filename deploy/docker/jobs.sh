#!/bin/sh
# What timers do elsewhere: messages every minute, reminders every quarter of an hour, a backup at
# night, readiness and digests in the morning. One of them is enough; a second one finds nothing left to do.
set -u

sleeper=''
stop() {
    [ -z "$sleeper" ] || kill "$sleeper" 2>/dev/null
    echo "Stopped."
    exit 0
}
trap stop TERM INT

due() { [ "$(date +%s)" -ge "$1" ]; }

run() {
    echo "manage.py $*"
    python manage.py "$@" || echo "manage.py $1 ended with $?" >&2
}

# The second of the next full quarter of an hour; of the next time of a day, such as 01:30.
quarter() { now=$(date +%s); echo $((now - now % 900 + 900)); }
next() { # TIME
    at=$(date -d "today $1" +%s)
    due "$at" && at=$((at + 86400))
    echo "$at"
}

reminders=$(quarter)
backup=$(next 01:30)
readiness=$(next 06:30)
digest=$(next 07:00)
while :; do
    run erp_send_outbox
    if due "$reminders"; then run erp_remind; reminders=$(quarter); fi
    if due "$backup"; then run erp_backup --rotate --verify; backup=$(next 01:30); fi
    if due "$readiness"; then run erp_readiness --record; readiness=$(next 06:30); fi
    if due "$digest"; then run erp_report --digest daily --digest weekly --send; digest=$(next 07:00); fi
    sleep 60 &
    sleeper=$!
    wait "$sleeper"
done
