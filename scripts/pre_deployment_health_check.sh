#!/bin/sh
# Before a release: settings, security, disks, backups, mail, queue, database, certificate.
exec "$(dirname "$0")/with_manage.sh" erp_check --topic security --topic backup --topic disk \
    --topic mail --topic queue --topic cache --topic database --topic web "$@"
