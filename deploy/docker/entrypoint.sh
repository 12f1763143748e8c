#!/bin/sh
# Begin one of the roles of the image: web (default), worker, monitor, jobs, readiness, migrate;
# anything else is a command of manage.py.
#
# A variable NAME_FILE names a file with the value of NAME: so secrets come by files and stand in no
# list of environments of the container engine.
set -eu

for name in $(env | sed -n 's/^\([A-Z][A-Z0-9_]*\)_FILE=.*/\1/p'); do
    case $name in
        ERP_LOG) continue ;; # ERP_LOG_FILE is a setting of its own
        ERP_* | DATABASE_URL | OWNER_DATABASE_URL | REDIS_URL | PGPASSWORD) ;;
        *) continue ;; # SSL_CERT_FILE and the like mean what they say
    esac
    eval "file=\$${name}_FILE"
    if [ ! -r "$file" ]; then
        echo "${name}_FILE names $file, which cannot be read." >&2
        exit 2
    fi
    value=$(cat "$file")
    export "$name=$value"
    unset "${name}_FILE"
done
unset name file value

mkdir -p "${ERP_METRICS_DIR:-/tmp/metrics}"

role=${1:-web}
[ $# -eq 0 ] || shift
case $role in
    web)
        exec python -m granian --interface wsgi --host 0.0.0.0 --port 8000 \
            --workers "${WEB_WORKERS:-2}" --blocking-threads "${WEB_THREADS:-8}" \
            --backlog 2048 --http 1 --no-ws --workers-kill-timeout 30 --respawn-failed-workers \
            --workers-max-rss 600 --log-level warning erp.wsgi:application
        ;;
    worker) exec python manage.py db_worker --queue-name '*' --no-reload --no-startup-delay ;;
    monitor) exec python manage.py erp_monitor --loop ;;
    jobs) exec sh deploy/docker/jobs.sh ;;
    # 1 says that something is not ready: recorded, and no failure of the job.
    readiness) python manage.py erp_readiness --record || [ $? -eq 1 ] ;;
    migrate) exec sh deploy/docker/migrate.sh ;;
    *) exec python manage.py "$role" "$@" ;;
esac
