#!/bin/sh
# Print the lines of erp.conf that depend on the machine: tune.sh GIGABYTES CORES [CONNECTIONS [SHARE]]
#
#   GIGABYTES    memory of the machine
#   CORES        processors
#   CONNECTIONS  what docs/*/operations/scaling.md adds up to (default 120)
#   SHARE        part of the memory that is PostgreSQL's, in percent (default 100; 60 when the
#                application runs on the same machine)
set -eu

usage() {
    echo "Usage: $0 GIGABYTES CORES [CONNECTIONS [SHARE]] (whole numbers above 0, SHARE to 100)" >&2
    exit 2
}

[ $# -ge 2 ] && [ $# -le 4 ] || usage
for number in "$@"; do
    case $number in '' | *[!0-9]* | 0*) usage ;; esac
done
[ "${4:-100}" -le 100 ] || usage

exec awk -v gigabytes="$1" -v cores="$2" -v connections="${3:-120}" -v share="${4:-100}" '
function least(a, b) { return a < b ? a : b }
function most(a, b) { return a > b ? a : b }
BEGIN {
    memory = int(gigabytes * 1024 * share / 100)
    shared = int(memory / 4)
    # Half of what is left, over every connection with two sorts at once.
    sort = int((memory - shared) / 2 / (connections * 2))
    printf "shared_buffers = %dMB\n", shared
    printf "effective_cache_size = %dMB\n", int(memory * 5 / 8)
    printf "work_mem = %dMB\n", least(64, most(4, sort))
    printf "maintenance_work_mem = %dMB\n", least(2048, most(64, int(memory / 20)))
    printf "max_connections = %d\n", connections
    printf "max_worker_processes = %d\n", most(4, cores)
    printf "max_parallel_workers = %d\n", most(2, cores)
    printf "max_parallel_workers_per_gather = %d\n", least(4, most(1, int(cores / 2)))
}'
