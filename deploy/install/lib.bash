# What the steps of install.sh have in common: places, people, and how things are run.
# shellcheck shell=bash

OPT=$P/opt/erp
ETC=$P/etc/erp
VAR=$P/var/lib/erp
LOG=$P/var/log/erp
BACKUPS=$P/var/backups/erp
RUN=$P/run/erp
NGINX=$P/etc/nginx
UNITS=$P/etc/systemd/system
STATE=$P/var/lib/erp-install
CURRENT=$OPT/current

say() { printf '%s\n' "$*"; }

fail() { printf '   %s\n' "$*" >&2; exit 1; }

in_place() { [ -z "$P" ]; }

has_systemd() { in_place && [ -d /run/systemd/system ]; }

origin() {
    if [ "$HTTPS_PORT" = 443 ]; then say "https://$HOST"; else say "https://$HOST:$HTTPS_PORT"; fi
}

# ---------------------------------------------------------------- what a step made
# A step notes what it makes before it uses it, so that taking it back removes that and nothing else.
note() { grep -qxF -- "$2" "$STATE/made/$1" 2>/dev/null || printf '%s\n' "$2" >>"$STATE/made/$1"; }

made() { [ ! -e "$STATE/made/$1" ] || tac "$STATE/made/$1"; }

noted() { grep -qxF -- "$2" "$STATE/made/$1" 2>/dev/null; }

forget() { rm -f "$STATE/made/$1"; }

# Make a folder unless it is there; only one made here is removed again.
folder() { # STEP MODE PATH
    if [ ! -d "$3" ]; then
        [ -d "$(dirname "$3")" ] || folder "$1" 0755 "$(dirname "$3")" root:root
        note "$1" "$3"
        mkdir -p "$3"
    fi
    chmod "$2" "$3"
    in_place && chown "${4:-erp:erp}" "$3" || true
}

# ---------------------------------------------------------------- people and environment
as_erp() {
    if in_place; then runuser -u erp -- "$@"; else "$@"; fi
}

# Run a command with the settings of the installation and nothing else of our own environment.
with_settings() { # [-o] COMMAND...: -o as the owner of the tables
    (
        unset PGPASSWORD
        set -a
        # shellcheck disable=SC1091
        . "$ETC/erp.env"
        # shellcheck disable=SC1091
        if [ "$1" = -o ]; then shift; . "$ETC/migrate.env"; fi
        set +a
        # Secrets stay in the environment: a command line is seen by everybody on the machine.
        ours=" PATH LANG RUN_DIR LOG_DIR WEB_PORTS "
        ours+=$(sed -n 's/^\([A-Z_]*\)=.*/\1 /p' "$ETC/erp.env" "$ETC/migrate.env" | tr -d '\n')
        for name in $(compgen -e); do
            case $ours in *" $name "*) ;; *) unset "$name" ;; esac
        done
        # The release is not written to, not even by root: its compiled code came with it.
        export LANG=C.UTF-8 HOME=/nonexistent PYTHONDONTWRITEBYTECODE=1
        cd "$CURRENT"
        umask "${STEP_UMASK:-027}"
        as_erp "$@"
    )
}

manage() { with_settings "$CURRENT/.venv/bin/python" manage.py "$@"; }

manage_as_owner() { with_settings -o "$CURRENT/.venv/bin/python" manage.py "$@"; }

# The product is asked once for its commands; one that a release does not have yet is left out.
has_command() {
    [ -n "${COMMANDS:-}" ] || COMMANDS=$(manage help --commands)
    case $'\n'$COMMANDS$'\n' in *$'\n'"$1"$'\n'*) ;; *) return 1 ;; esac
}

random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# 32 bytes in url-safe base64: the form of a Fernet key.
fernet() { dd if=/dev/urandom bs=32 count=1 2>/dev/null | base64 | tr '+/' '-_' | tr -d '\n'; }

# ---------------------------------------------------------------- release
# The release is its content: two copies of the same files are the same release.
release_of() {
    (
        cd "$1"
        find apps deploy docs erp fixtures locale manage.py requirements scripts static templates \
            -type f ! -name '*.pyc' ! -name '*.mo' ! -path 'deploy/docker/secrets/*' -print0 |
            LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12
    )
}

# ---------------------------------------------------------------- database
# A superuser of the server: given by an address, or the system's own user postgres.
DATABASE_HOST=127.0.0.1 DATABASE_PORT=5432 DATABASE_USER='' DATABASE_PASSWORD=''
if [ -n "$DATABASE_URL_ADMIN" ]; then
    {
        read -r DATABASE_HOST
        read -r DATABASE_PORT
        read -r DATABASE_USER
        read -r DATABASE_PASSWORD
    } < <(URL=$DATABASE_URL_ADMIN python3 -c '
import os
from urllib.parse import unquote, urlsplit
parts = urlsplit(os.environ["URL"])
print(parts.hostname or "127.0.0.1", parts.port or 5432, sep="\n")
print(unquote(parts.username or "postgres"), unquote(parts.password or ""), sep="\n")')
fi

psql_admin() {
    if [ -n "$DATABASE_URL_ADMIN" ]; then
        # The password travels by the environment: everybody sees a command line.
        PGPASSWORD=$DATABASE_PASSWORD psql -X -q -v ON_ERROR_STOP=1 -h "$DATABASE_HOST" \
            -p "$DATABASE_PORT" -U "$DATABASE_USER" -d postgres "$@"
    else
        runuser -u postgres -- psql -X -q -v ON_ERROR_STOP=1 -d postgres "$@"
    fi
}

psql_owner() {
    # The settings are read in a shell of their own; the file of SQL belongs to the release.
    with_settings -o sh -c 'exec psql -X -q -v ON_ERROR_STOP=1 -d "$DATABASE_URL" "$@"' psql "$@"
}

tables() {
    psql_owner -At -c "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
}
