#!/usr/bin/env bash
# Install or upgrade the ERP on a bare Debian (12 or later), step by step.
#
#   deploy/install/install.sh --host erp.example.com --email admin@example.com
#
# Finished steps are remembered and passed over, so a second run changes nothing and a run that broke
# off goes on where it was; a new release does again what belongs to a release. A step that fails is
# taken back before the script ends. No environment file and no certificate is ever written over.
# See docs/en/operations/install.md.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=$(cd "$HERE/../.." && pwd)

usage() {
    cat <<'TEXT'
Usage: install.sh [options]

  --host NAME            name people call it by (default: the name of this machine)
  --email ADDRESS        mail address of the first administrator (default: root@HOST)
  --database NAME        name of the database (default: erp)
  --role-prefix NAME     names of the roles: NAME_owner, NAME_app, ... (default: erp)
  --database-url URL     a superuser of a PostgreSQL elsewhere (default: the one on this machine)
  --redis-url URL        cache shared by all processes (default: the one on this machine)
  --certificate FILE     certificate with its chain, and
  --key FILE             its key (default: one signed by itself, kept if there is one)
  --web-ports "P P"      loopback ports of the web processes (default: "8001 8002")
  --http-port N          (default: 80)
  --https-port N         (default: 443)
  --python FILE          Python 3.13 or 3.12 to make the environment with (default: found)
  --environment DIR      use this virtual environment, which somebody else looks after
  --collect "OPTIONS"    further options of collectstatic
  --prefix DIR           put everything under DIR: no packages, no users, no systemd; to try it

  --dry-run              say what would be done, and do nothing
  --from STEP            do this step and those after it, whether they were done or not
  --only STEP            do this step only
  --rollback STEP        take this step back
  --list                 name the steps
  --fail-after STEP      let a step fail after its work: a drill
  --help

Exit code: 0 done, 1 a step failed (and was taken back), 2 wrong options.
TEXT
}

HOST=$(hostname -f 2>/dev/null || hostname) EMAIL='' DATABASE=erp ROLE_PREFIX=erp
DATABASE_URL_ADMIN='' REDIS_URL_GIVEN='' CERTIFICATE='' KEY='' WEB_PORTS='8001 8002'
HTTP_PORT=80 HTTPS_PORT=443 PYTHON_GIVEN='' ENVIRONMENT='' COLLECT='' P=''
DRY_RUN='' FROM='' ONLY='' ROLLBACK='' FAIL_AFTER='' LIST=''

wrong() { printf '%s\n' "$*" >&2; exit 2; }

while [ $# -gt 0 ]; do
    case $1 in
        --help) usage; exit 0 ;;
        --dry-run) DRY_RUN=1; shift; continue ;;
        --list) LIST=1; shift; continue ;;
    esac
    [ $# -ge 2 ] || wrong "$1 needs a value, or is not known; see --help."
    case $1 in
        --host) HOST=$2 ;;
        --email) EMAIL=$2 ;;
        --database) DATABASE=$2 ;;
        --role-prefix) ROLE_PREFIX=$2 ;;
        --database-url) DATABASE_URL_ADMIN=$2 ;;
        --redis-url) REDIS_URL_GIVEN=$2 ;;
        --certificate) CERTIFICATE=$2 ;;
        --key) KEY=$2 ;;
        --web-ports) WEB_PORTS=$2 ;;
        --http-port) HTTP_PORT=$2 ;;
        --https-port) HTTPS_PORT=$2 ;;
        --python) PYTHON_GIVEN=$2 ;;
        --environment) ENVIRONMENT=$2 ;;
        --collect) COLLECT=$2 ;;
        --prefix) P=$2 ;;
        --from) FROM=$2 ;;
        --only) ONLY=$2 ;;
        --rollback) ROLLBACK=$2 ;;
        --fail-after) FAIL_AFTER=$2 ;;
        *) wrong "$1 is not known; see --help." ;;
    esac
    shift 2
done

STEPS='packages user folders code python settings certificate database schema static services nginx admin checks'
# What a new release does again; the rest belongs to the machine.
OF_A_RELEASE=' code python schema static services nginx checks '

known() { case " $STEPS " in *" $1 "*) ;; *) wrong "There is no step $1. Steps: $STEPS" ;; esac; }
for step in $FROM $ONLY $ROLLBACK $FAIL_AFTER; do known "$step"; done
[ -z "$CERTIFICATE$KEY" ] || { [ -r "$CERTIFICATE" ] && [ -r "$KEY" ]; } ||
    wrong "--certificate and --key go together and have to be readable."
[[ $HOST =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || wrong "--host is no name of a host: $HOST"
[[ $DATABASE =~ ^[a-z_][a-z0-9_]*$ ]] || wrong "--database: small letters, figures and _ only."
[[ $ROLE_PREFIX =~ ^[a-z_][a-z0-9_]*$ ]] || wrong "--role-prefix: small letters, figures and _ only."
for number in $WEB_PORTS "$HTTP_PORT" "$HTTPS_PORT"; do
    [[ $number =~ ^[0-9]+$ ]] && [ "$number" -gt 0 ] && [ "$number" -lt 65536 ] ||
        wrong "$number is no port."
done
EMAIL=${EMAIL:-root@$HOST}
if [ -n "$P" ]; then
    P=$(realpath -m "$P")
    [ -n "$DRY_RUN$LIST" ] || mkdir -p "$P" 2>/dev/null || wrong "--prefix: $P cannot be made."
elif [ -z "$DRY_RUN$LIST" ] && [ "$(id -u)" != 0 ]; then
    wrong "Without --prefix this has to be run by root."
fi

# shellcheck source=deploy/install/lib.bash
. "$HERE/lib.bash"
# shellcheck source=deploy/install/steps.bash
. "$HERE/steps.bash"

if [ -n "$LIST" ]; then
    for step in $STEPS; do printf '%-12s %s\n' "$step" "$("about_$step")"; done
    exit 0
fi

RELEASE=$(release_of "$SOURCE")
mark_of() { printf '%s/done/%s' "$STATE" "$1"; }

is_done() {
    local mark
    mark=$(mark_of "$1")
    [ -e "$mark" ] || return 1
    case $OF_A_RELEASE in *" $1 "*) [ "$(sed -n 1p "$mark")" = "$RELEASE" ] ;; esac
}

# Run something in a shell of its own and keep its exit code in RESULT: whatever a step does to
# variables, folders and traps ends with it. Never to be called inside a condition (if, &&, ||): there
# the shell would go on after a command that failed.
attempt() {
    set +e
    (set -euo pipefail; "$@")
    RESULT=$?
    set -e
}

take_back() {
    say "  taking $1 back ..."
    attempt "undo_$1"
    if [ "$RESULT" = 0 ]; then
        rm -f "$(mark_of "$1")"
    else
        say "  $1 could not be taken back completely; see above." >&2
    fi
}

one_step() {
    local began seconds
    began=$(date +%s)
    say "== $1: $("about_$1")"
    mkdir -p "$STATE/done" "$STATE/made"
    chmod 0700 "$STATE"
    attempt step_and_drill "$1"
    if [ "$RESULT" = 0 ]; then
        seconds=$(($(date +%s) - began))
        printf '%s\n%s seconds\n' "$RELEASE" "$seconds" >"$(mark_of "$1")"
        say "   done in $seconds s"
        TIMES+="$(printf '%-12s %4d s' "$1" "$seconds")"$'\n'
    else
        say "== $1 failed." >&2
        take_back "$1"
        say "Next: see what was said above, mend it, and run the same command again." >&2
        say "It goes on at $1; what was finished before stays." >&2
        exit 1
    fi
}

step_and_drill() {
    "step_$1"
    if [ "$FAIL_AFTER" = "$1" ]; then
        say "   drill: $1 fails now" >&2
        return 1
    fi
}

TIMES=''
BEGAN=$(date +%s)

if [ -n "$ROLLBACK" ]; then
    if [ -n "$DRY_RUN" ]; then
        say "Would take back: $ROLLBACK"
    else
        take_back "$ROLLBACK"
        [ "$RESULT" = 0 ] || exit 1
        say "Done: $ROLLBACK is taken back."
    fi
    exit 0
fi

reached='' did=0
for step in $STEPS; do
    [ -z "$ONLY" ] || [ "$step" = "$ONLY" ] || continue
    [ "$step" != "$FROM" ] || reached=1
    if [ -z "$ONLY" ] && [ -z "$reached" ] && is_done "$step"; then
        say "-- $step: done before"
        continue
    fi
    if [ -n "$DRY_RUN" ]; then
        say "Would do $step: $("about_$step")"
        continue
    fi
    one_step "$step"
    did=$((did + 1))
done

[ -z "$DRY_RUN" ] || exit 0
if [ "$did" = 0 ]; then
    say "Nothing to do: everything was done before."
else
    say ""
    say "$TIMES$(printf '%-12s %4d s' total $(($(date +%s) - BEGAN)))"
    if [ -r "$ETC/first-login" ]; then
        say ""
        say "First log-in: $ETC/first-login (remove the file when it was used)."
    fi
    say "The ERP is at $(origin)/"
fi
