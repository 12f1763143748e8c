#!/bin/sh
# The processes of the ERP where no systemd runs (a container, a try under a prefix):
#   fallback.sh start|stop|restart|status
# With RUN_DIR, LOG_DIR and WEB_PORTS in the environment, and the settings of the installation. For
# real work use systemd: nobody here restarts what ends by itself.
set -eu

say() { printf '%s\n' "$*"; }

pid_of() { cat "$RUN_DIR/$1.pid" 2>/dev/null || true; }

runs() {
    pid=$(pid_of "$1")
    [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

launch() { # NAME COMMAND...
    name=$1
    shift
    if runs "$name"; then return; fi
    setsid "$@" >>"$LOG_DIR/$name.log" 2>&1 </dev/null &
    say $! >"$RUN_DIR/$name.pid"
}

start() {
    for port in $WEB_PORTS; do
        launch "web-$port" python -m granian --interface wsgi --host 127.0.0.1 --port "$port" \
            --workers 1 --blocking-threads 8 --http 1 --no-ws --workers-kill-timeout 30 \
            --respawn-failed-workers --log-level warning erp.wsgi:application
    done
    launch worker python manage.py db_worker --queue-name '*' --no-reload --no-startup-delay
    if python manage.py help erp_monitor >/dev/null 2>&1; then
        launch monitor python manage.py erp_monitor --loop
    fi
    launch jobs sh deploy/docker/jobs.sh
}

stop() {
    for file in "$RUN_DIR"/*.pid; do
        name=$(basename "$file" .pid)
        [ "$name" != nginx ] && [ -e "$file" ] || continue
        if runs "$name"; then kill "$(pid_of "$name")" 2>/dev/null || true; fi
    done
    for file in "$RUN_DIR"/*.pid; do
        name=$(basename "$file" .pid)
        [ "$name" != nginx ] && [ -e "$file" ] || continue
        left=60
        while runs "$name" && [ "$left" -gt 0 ]; do sleep 0.5; left=$((left - 1)); done
        if runs "$name"; then kill -9 "$(pid_of "$name")" 2>/dev/null || true; fi
        rm -f "$file"
    done
}

status() {
    for file in "$RUN_DIR"/*.pid; do
        [ -e "$file" ] || continue
        name=$(basename "$file" .pid)
        if runs "$name"; then say "$name runs ($(pid_of "$name"))"; else say "$name does not run"; fi
    done
}

case ${1:-} in
    start | stop | status) "$1" ;;
    restart) stop; start ;;
    *) say "Usage: $0 start|stop|restart|status" >&2; exit 2 ;;
esac
