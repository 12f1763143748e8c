#!/bin/sh
# Restart the web processes one after the other, so that somebody is always there:
#   rolling-restart.sh [PORT ...]        by default every running erp-web@PORT
#
# For a new release, a changed environment, new libraries of the system; `systemctl reload erp-web`
# only puts fresh workers of the same release in place. The next process is taken when the last one answers and nginx, which
# leaves a process alone for fail_timeout (2 s, upstream.conf) after it was refused, asks it again.
set -eu

WAIT=${WAIT_SECONDS:-90}
SETTLE=${SETTLE_SECONDS:-4}
HOST=${HOST_NAME:-localhost}

say() { printf '%s\n' "$*"; }

ready() {
    curl -fsS -o /dev/null --max-time 3 -H "Host: $HOST" -H 'X-Forwarded-Proto: https' \
        "http://127.0.0.1:$1/readyz" 2>/dev/null
}

[ $# -gt 0 ] || set -- $(systemctl list-units --plain --no-legend 'erp-web@*.service' |
    sed -n 's/^erp-web@\([0-9]*\)\.service.*/\1/p')
[ $# -gt 1 ] || say "Only $# process runs: nobody is there while it restarts." >&2

for port in "$@"; do
    say "Restarting erp-web@$port ..."
    systemctl restart "erp-web@$port"
    left=$WAIT
    until ready "$port"; do
        left=$((left - 1))
        if [ "$left" -le 0 ]; then
            say "erp-web@$port does not answer; the others were left as they are." >&2
            say "Next: journalctl -u erp-web@$port -n 50" >&2
            exit 1
        fi
        sleep 1
    done
    sleep "$SETTLE"
done
say "Done: $# restarted."
