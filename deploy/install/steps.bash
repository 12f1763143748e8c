# The steps of install.sh. For each: what it is about, what it does, and how it is taken back.
# shellcheck shell=bash

# ---------------------------------------------------------------- packages
PACKAGES='postgresql postgresql-client redis-server nginx openssl curl ca-certificates logrotate'

about_packages() { say "PostgreSQL, Redis, nginx and tools from Debian"; }

step_packages() {
    in_place || { say "   left out: --prefix installs no packages"; return; }
    local missing='' package
    for package in $PACKAGES; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing+=" $package"
    done
    [ -n "$missing" ] || { say "   all of them are there"; return; }
    for package in $missing; do note packages "$package"; done
    DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
}

undo_packages() {
    in_place || return 0
    local package
    for package in $(made packages); do
        DEBIAN_FRONTEND=noninteractive apt-get remove -y -qq "$package" || true
    done
    forget packages
}

# ---------------------------------------------------------------- user
about_user() { say "the system user erp, who owns nothing but the data"; }

step_user() {
    in_place || { say "   left out: --prefix runs as $(id -un)"; return; }
    if ! getent passwd erp >/dev/null; then
        note user erp
        useradd --system --user-group --home-dir /nonexistent --no-create-home \
            --shell /usr/sbin/nologin erp
    fi
}

undo_user() {
    if noted user erp; then userdel erp; fi
    forget user
}

# ---------------------------------------------------------------- folders
about_folders() { say "places for code, settings, data, log and backups"; }

step_folders() {
    folder folders 0755 "$OPT" root:root
    folder folders 0755 "$OPT/releases" root:root
    folder folders 0755 "$ETC" root:root
    folder folders 0751 "$VAR"
    folder folders 0750 "$VAR/media"
    folder folders 0755 "$VAR/static"
    folder folders 0750 "$LOG"
    folder folders 0700 "$BACKUPS"
    folder folders 0750 "$RUN"
    folder folders 0750 "$RUN/metrics"
}

undo_folders() {
    local path kept=''
    for path in $(made folders); do
        # A folder somebody has put something into stays: data is not removed by a script.
        rmdir "$path" 2>/dev/null || { [ ! -d "$path" ] || kept+=" $path"; }
    done
    [ -z "$kept" ] || { say "   not empty, kept:$kept" >&2; return 1; }
    forget folders
}

# ---------------------------------------------------------------- code
PARTS='apps deploy docs erp fixtures fonts locale requirements scripts static templates manage.py pyproject.toml'

about_code() { say "this release as $OPT/releases/$(release_of "$SOURCE")"; }

step_code() {
    local target=$OPT/releases/$RELEASE
    if [ ! -d "$target" ]; then
        note code "$target"
        mkdir -p "$target.part"
        # Compiled texts are no part of a release: the step python makes them, and takes them back.
        # shellcheck disable=SC2086
        tar -C "$SOURCE" --exclude __pycache__ --exclude '*.pyc' --exclude '*.mo' \
            --exclude deploy/docker/secrets -cf - $PARTS | tar -C "$target.part" -xf -
        chmod -R u=rwX,go=rX "$target.part"
        mv "$target.part" "$target"
    fi
}

undo_code() {
    local path
    for path in $(made code) "$OPT/releases/$RELEASE.part"; do
        [ "$(readlink -f "$CURRENT" 2>/dev/null)" = "$path" ] || rm -rf "$path"
    done
    forget code
}

# ---------------------------------------------------------------- python
about_python() { say "the locked packages by their hashes, and the compiled texts"; }

step_python() {
    local target=$OPT/releases/$RELEASE python tools
    [ -d "$target/apps" ] || fail "This release is not there yet: the step code comes first."
    if [ -n "$ENVIRONMENT" ]; then
        [ -x "$ENVIRONMENT/bin/python" ] || fail "$ENVIRONMENT is no virtual environment."
        ln -sfn "$ENVIRONMENT" "$target/.venv"
        (cd "$target" && .venv/bin/python -B scripts/compile_messages.py)
    else
        python=$(PYTHON=$PYTHON_GIVEN sh "$SOURCE/scripts/find_python.sh")
        say "   $("$python" --version)"
        "$python" -m venv --clear "$target/.venv"
        export PIP_DISABLE_PIP_VERSION_CHECK=1
        locked "$target" --only-binary :all: -r "$target/requirements/production.txt"
        # What compiles the texts is needed once and not kept.
        tools=$(mktemp -d)
        sed -n '/^polib==/,/[^\\]$/p' "$target/requirements/dev.txt" >"$tools/lock.txt"
        locked "$target" --target "$tools/site" -r "$tools/lock.txt"
        (cd "$target" && PYTHONPATH=$tools/site .venv/bin/python -B scripts/compile_messages.py)
        rm -rf "$tools"
    fi
    (cd "$target" && .venv/bin/python -m compileall -q -j 0 apps erp)
    # From here on it is the release that runs; the one before stays beside it.
    if [ -L "$CURRENT" ] && [ "$(readlink "$CURRENT")" != "$target" ]; then
        readlink "$CURRENT" >"$STATE/made/previous"
    fi
    ln -sfn "$target" "$CURRENT.new"
    mv -T "$CURRENT.new" "$CURRENT"
}

# Install by hashes; what pip has to say is shown when it fails.
locked() { # RELEASE OPTIONS...
    local log
    log=$(mktemp)
    if ! "$1/.venv/bin/python" -m pip install -q --require-hashes "${@:2}" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

undo_python() {
    local target=$OPT/releases/$RELEASE
    # Only when it is this release that runs, the one before comes back.
    if [ "$(readlink "$CURRENT" 2>/dev/null)" = "$target" ]; then
        if [ -s "$STATE/made/previous" ] && [ -d "$(cat "$STATE/made/previous")" ]; then
            ln -sfn "$(cat "$STATE/made/previous")" "$CURRENT.new"
            mv -T "$CURRENT.new" "$CURRENT"
            rm -f "$STATE/made/previous"
        else
            rm -f "$CURRENT"
        fi
    fi
    rm -rf "$CURRENT.new"
    if [ -L "$target/.venv" ]; then rm -f "$target/.venv"; else rm -rf "$target/.venv"; fi
    if [ -d "$target/locale" ]; then
        find "$target/locale" -name '*.mo' -delete
        find "$target" -name __pycache__ -prune -exec rm -rf {} +
    fi
}

# ---------------------------------------------------------------- settings
about_settings() { say "$ETC/erp.env with new secrets, unless it is there"; }

step_settings() {
    local name app_password owner_password host port redis=''
    umask 077
    if [ -e "$ETC/erp.env" ]; then
        say "   $ETC/erp.env is there and stays as it is"
        return
    fi
    for name in erp.env migrate.env roles.env; do note settings "$ETC/$name"; done
    app_password=$(random 16) owner_password=$(random 16)
    host=$DATABASE_HOST port=$DATABASE_PORT
    redis=$REDIS_URL_GIVEN
    if [ -z "$redis" ] && in_place; then redis=redis://127.0.0.1:6379/0; fi
    cat >"$ETC/roles.env" <<TEXT
# Passwords of the roles, for deploy/postgres/roles.sql. Read by root only.
ERP_OWNER_PASSWORD=$owner_password
ERP_APP_PASSWORD=$app_password
ERP_READONLY_PASSWORD=$(random 16)
ERP_BACKUP_PASSWORD=$(random 16)
TEXT
    cat >"$ETC/migrate.env" <<TEXT
# The owner of the tables, for migrations. Read by root only.
DATABASE_URL=postgres://${ROLE_PREFIX}_owner@$host:$port/$DATABASE
PGPASSWORD=$owner_password
ROLE_PREFIX=$ROLE_PREFIX
TEXT
    cat >"$ETC/erp.env.part" <<TEXT
# Settings of the ERP; each is explained in .env.example of the release. Read by root only.
ERP_SECRET_KEY=$(random 48)
ERP_FIELD_KEY=$(fernet)
ERP_BACKUP_KEY=$(fernet)
ERP_METRICS_TOKEN=$(random 24)
ERP_ALLOWED_HOSTS=$HOST,localhost,127.0.0.1
ERP_BASE_URL=$(origin)
ERP_TRUSTED_ORIGINS=$(origin)
ERP_PROXIES=1
DATABASE_URL=postgres://${ROLE_PREFIX}_app:$app_password@$host:$port/$DATABASE
${redis:+REDIS_URL=$redis}
ERP_STATIC_ROOT=$VAR/static
ERP_MEDIA_ROOT=$VAR/media
ERP_METRICS_DIR=$RUN/metrics
ERP_BACKUP_DIR=$BACKUPS
ERP_MAIL_FROM=erp@$HOST
TEXT
    mv "$ETC/erp.env.part" "$ETC/erp.env"
    say "   Keep a copy of ERP_FIELD_KEY and ERP_BACKUP_KEY elsewhere: without them what they"
    say "   encrypted is lost."
}

undo_settings() {
    local path
    for path in $(made settings); do rm -f "$path"; done
    rm -f "$ETC/erp.env.part"
    forget settings
}

# ---------------------------------------------------------------- certificate
about_certificate() { say "$ETC/tls/erp.crt: the one given, the one there, or one signed by itself"; }

step_certificate() {
    umask 077
    folder certificate 0700 "$ETC/tls" root:root
    if [ -e "$ETC/tls/erp.crt" ]; then
        say "   there is one and it stays: $(openssl x509 -in "$ETC/tls/erp.crt" -noout -enddate)"
        return
    fi
    note certificate "$ETC/tls/erp.key"
    note certificate "$ETC/tls/erp.crt"
    if [ -n "$CERTIFICATE" ]; then
        openssl x509 -in "$CERTIFICATE" -noout -checkend 0 >/dev/null ||
            fail "The certificate is out of date, or is none."
        [ "$(openssl x509 -in "$CERTIFICATE" -noout -pubkey)" = "$(openssl pkey -in "$KEY" -pubout)" ] ||
            fail "The key does not belong to the certificate."
        cp "$KEY" "$ETC/tls/erp.key"
        cp "$CERTIFICATE" "$ETC/tls/erp.crt"
    else
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 397 \
            -subj "/CN=$HOST" -addext "subjectAltName=DNS:$HOST,DNS:localhost" \
            -keyout "$ETC/tls/erp.key" -out "$ETC/tls/erp.crt" 2>/dev/null
        say "   signed by itself: browsers will warn until you put a real one in its place"
    fi
}

undo_certificate() {
    local path
    for path in $(made certificate); do
        if [ -d "$path" ]; then rmdir "$path" 2>/dev/null || true; else rm -f "$path"; fi
    done
    forget certificate
}

# ---------------------------------------------------------------- database
about_database() { say "the database $DATABASE and its four roles"; }

step_database() {
    local role found
    for role in owner app readonly backup; do
        found=$(psql_admin -At -c "SELECT 1 FROM pg_roles WHERE rolname = '${ROLE_PREFIX}_$role'")
        [ -n "$found" ] || note database "role ${ROLE_PREFIX}_$role"
    done
    found=$(psql_admin -At -c "SELECT 1 FROM pg_database WHERE datname = '$DATABASE'")
    [ -n "$found" ] || note database "database $DATABASE"
    (
        set -a
        # shellcheck disable=SC1091
        . "$ETC/roles.env"
        set +a
        psql_admin -v prefix="$ROLE_PREFIX" -v database="$DATABASE" -f - \
            <"$CURRENT/deploy/postgres/roles.sql"
    )
}

undo_database() {
    local kind name
    if noted database "database $DATABASE" && [ "$(tables 2>/dev/null || echo 0)" != 0 ]; then
        say "   $DATABASE has tables and is kept; take the step schema back first" >&2
        return 1
    fi
    while read -r kind name; do
        psql_admin -c "DROP $kind IF EXISTS \"$name\""
    done < <(made database | sort)
    forget database
}

# ---------------------------------------------------------------- schema
about_schema() { say "tables by their owner, rights, and the master data every company needs"; }

step_schema() {
    local command
    if [ "$(tables)" = 0 ]; then
        note schema empty
    elif ! manage migrate --check >/dev/null 2>&1; then
        # Migrations are not taken back by running them backwards: what they threw away is gone.
        umask 077
        with_settings -o sh -c 'exec pg_dump -Fc -d "$DATABASE_URL" -f "$1"' dump \
            "$BACKUPS/before-$RELEASE.dump"
        note schema "$BACKUPS/before-$RELEASE.dump"
    fi
    manage_as_owner migrate --no-input --verbosity 0
    psql_owner -v prefix="$ROLE_PREFIX" -f deploy/postgres/grants.sql
    for command in erp_setup_roles erp_setup_reference erp_setup_mappings erp_setup_support; do
        if has_command "$command"; then manage "$command" >/dev/null; fi
    done
}

undo_schema() {
    if noted schema empty; then
        if [ "$(psql_owner -At -c "SELECT to_regclass('accounts_user') IS NOT NULL")" = t ] &&
            [ "$(psql_owner -At -c 'SELECT count(*) FROM accounts_user WHERE is_active')" != 0 ]; then
            say "   People work with it by now: nothing is removed." >&2
            return 1
        fi
        psql_owner -f - <"$HERE/empty.sql"
        forget schema
    elif [ -n "$(made schema)" ]; then
        say "   The tables were there before. Their copy from before this release:" >&2
        say "   $(made schema)" >&2
        say "   To go back: stop the ERP, restore the copy into a new database (pg_restore), and" >&2
        say "   point DATABASE_URL at it. What was written since then is not in it." >&2
        return 1
    fi
}

# ---------------------------------------------------------------- static
about_static() { say "style, scripts and pictures, compressed, where nginx finds them"; }

step_static() {
    # Everybody may read them; nginx is somebody else.
    # shellcheck disable=SC2086
    STEP_UMASK=022 manage collectstatic --no-input --verbosity 0 $COLLECT
    chmod -R u=rwX,go=rX "$VAR/static"
}

undo_static() {
    # Earlier releases have their files there as well: only with the first one all go.
    if [ ! -e "$STATE/made/previous" ]; then find "$VAR/static" -mindepth 1 -delete; fi
}

# ---------------------------------------------------------------- services
about_services() { say "web on $WEB_PORTS, worker, monitor and timers"; }

step_services() {
    local path ports='' port ran
    folder services 0755 "$UNITS" root:root
    folder services 0755 "$UNITS/erp-.service.d" root:root
    for port in $WEB_PORTS; do ports+="erp-web@$port.service "; done
    for path in "$CURRENT"/deploy/systemd/*.service "$CURRENT"/deploy/systemd/*.timer \
        "$CURRENT"/deploy/systemd/*.target "$CURRENT"/deploy/systemd/erp-.service.d/*.conf; do
        place services "$path" "$UNITS/${path#"$CURRENT"/deploy/systemd/}" \
            -e "s#/opt/erp/#$OPT/#g" -e "s#/etc/erp/#$ETC/#g" -e "s#/run/erp\b#$RUN#g" \
            -e "s#/var/lib/erp\b#$VAR#g" -e "s#/var/log/erp\b#$LOG#g" \
            -e "s#/var/backups/erp\b#$BACKUPS#g" \
            -e "s#^\(Wants\|After\)=erp-web@.*#\1=${ports% }#"
    done
    if has_systemd; then
        cp "$CURRENT/deploy/systemd/tmpfiles.conf" /etc/tmpfiles.d/erp.conf
        note services /etc/tmpfiles.d/erp.conf
        ran=$(systemctl is-active erp-web.service || true)
        systemctl daemon-reload
        systemctl enable --quiet erp.target erp-web.service erp-worker.service erp-monitor.service \
            erp-backup.timer erp-remind.timer erp-outbox.timer erp-digest.timer erp-readiness.timer
        systemctl start erp.target
        if [ "$ran" = active ]; then
            # A new release: the web processes one after the other, so that nobody notices.
            HOST_NAME=$HOST sh "$CURRENT/deploy/systemd/rolling-restart.sh"
            systemctl restart erp-worker.service erp-monitor.service
        fi
    else
        say "   systemd does not run here: the units are there, the processes are started without"
        fallback restart
    fi
}

# A file of the release with our places in it; unchanged files are not touched.
place() { # STEP FROM TO SED...
    local step=$1 from=$2 to=$3
    shift 3
    sed "$@" "$from" >"$STATE/placed"
    if ! cmp -s "$STATE/placed" "$to"; then
        [ -e "$to" ] || note "$step" "$to"
        cat "$STATE/placed" >"$to"
    fi
    rm -f "$STATE/placed"
}

remove_placed() {
    local path
    for path in $(made "$1"); do
        if [ -d "$path" ]; then rmdir "$path" 2>/dev/null || true; else rm -f "$path"; fi
    done
    forget "$1"
}

fallback() {
    RUN_DIR=$RUN LOG_DIR=$LOG WEB_PORTS=$WEB_PORTS PATH=$CURRENT/.venv/bin:$PATH \
        with_settings sh deploy/install/fallback.sh "$1"
}

undo_services() {
    if has_systemd; then
        systemctl disable --now erp.target erp-web.service erp-worker.service erp-monitor.service \
            erp-backup.timer erp-remind.timer erp-outbox.timer erp-digest.timer erp-readiness.timer 2>/dev/null || true
        systemctl stop 'erp-web@*.service' 2>/dev/null || true
    elif [ -e "$ETC/erp.env" ] && [ -d "$CURRENT/deploy/install" ]; then
        fallback stop
        rm -f "$LOG"/web-*.log "$LOG/worker.log" "$LOG/monitor.log" "$LOG/jobs.log"
    fi
    remove_placed services
    if has_systemd; then systemctl daemon-reload; fi
}

# ---------------------------------------------------------------- nginx
about_nginx() { say "TLS, static files and calls spread over the web processes: $(origin)"; }

step_nginx() {
    local path
    folder nginx 0755 "$NGINX" root:root
    folder nginx 0755 "$NGINX/conf.d" root:root
    folder nginx 0755 "$NGINX/erp" root:root
    folder nginx 0755 "$NGINX/erp/errors" root:root
    for path in "$CURRENT"/deploy/nginx/erp.conf "$CURRENT"/deploy/nginx/erp/*.conf \
        "$CURRENT"/deploy/nginx/erp/errors/*; do
        nginx_file "$path"
    done
    in_place || folder nginx 0755 "$P/var/log/nginx"
    if in_place && [ -L /etc/nginx/sites-enabled/default ]; then
        note nginx-default "$(readlink /etc/nginx/sites-enabled/default)"
        rm /etc/nginx/sites-enabled/default
    fi
    if in_place; then
        nginx -t -q
        if has_systemd; then systemctl enable --quiet nginx; systemctl reload-or-restart nginx;
        elif [ -s /run/nginx.pid ] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; then nginx -s reload;
        else nginx; fi
    else
        own_nginx
    fi
}

nginx_file() {
    local to
    case $1 in
        */nginx/erp.conf) to=$NGINX/conf.d/erp.conf ;;
        *) to=$NGINX/erp/${1#"$CURRENT"/deploy/nginx/erp/} ;;
    esac
    local rules=(-e "s#/etc/nginx/erp\b#$NGINX/erp#g" -e "s#/etc/erp/tls#$ETC/tls#g"
        -e "s#/var/log/nginx#$P/var/log/nginx#g" -e "s#root /var/lib/erp;#root $VAR;#"
        -e "s#https://erp\.example\.com;#$(origin);#" -e "s#erp\.example\.com#$HOST#g"
        -e "s#listen 80\b#listen $HTTP_PORT#" -e "s#listen 443\b#listen $HTTPS_PORT#"
        -e "s#listen \[::\]:80\b#listen [::]:$HTTP_PORT#"
        -e "s#listen \[::\]:443\b#listen [::]:$HTTPS_PORT#")
    # A machine without IPv6, and a try under a prefix, listen on IPv4 only.
    if ! in_place || [ ! -e /proc/net/if_inet6 ]; then rules+=(-e '/listen \[::\]/d'); fi
    if [ "${1##*/}" = upstream.conf ]; then upstreams <"$1" >"$STATE/upstream"; set -- "$STATE/upstream"; fi
    place nginx "$1" "$to" "${rules[@]}"
    rm -f "$STATE/upstream"
}

# One line per web process, with the options the release gives to its first line.
upstreams() {
    awk -v ports="$WEB_PORTS" '
        /^    server / {
            if (!said) {
                rest = $0; sub(/^    server [^ ]+ /, "", rest)
                count = split(ports, port, " ")
                for (i = 1; i <= count; i++) print "    server 127.0.0.1:" port[i] " " rest
                said = 1
            }
            next
        }
        /^}/ { said = 0 }
        { print }'
}

# Under a prefix an nginx of our own, beside whatever runs on this machine.
own_nginx() {
    local kind user=''
    [ "$(id -u)" != 0 ] || user='user root;'
    note nginx "$NGINX/nginx.conf"
    note nginx "$RUN/nginx.pid"
    {
        say "$user worker_processes 2; pid $RUN/nginx.pid; error_log $P/var/log/nginx/error.log;"
        say "events { worker_connections 1024; }"
        say "http { include /etc/nginx/mime.types;"
        for kind in client_body proxy fastcgi uwsgi scgi; do
            say "${kind}_temp_path $RUN/nginx-$kind;"
        done
        say "include $NGINX/conf.d/*.conf; }"
    } >"$NGINX/nginx.conf"
    nginx_program -t -q
    if nginx_runs; then nginx_program -s reload; else nginx_program; fi
}

nginx_program() {
    "$(PATH=$PATH:/usr/sbin command -v nginx)" -e "$P/var/log/nginx/error.log" -c "$NGINX/nginx.conf" "$@"
}

nginx_runs() { kill -0 "$(cat "$RUN/nginx.pid" 2>/dev/null)" 2>/dev/null; }

undo_nginx() {
    if ! in_place && nginx_runs; then
        nginx_program -s quit
        for _ in 1 2 3 4 5 6 7 8 9 10; do nginx_runs || break; sleep 0.5; done
    fi
    if [ -s "$STATE/made/nginx-default" ]; then
        ln -sfn "$(made nginx-default)" /etc/nginx/sites-enabled/default
        forget nginx-default
    fi
    if ! in_place; then
        rm -rf "$RUN"/nginx-*
        rm -f "$P"/var/log/nginx/error.log "$P"/var/log/nginx/erp.log
    fi
    remove_placed nginx
    if in_place && { has_systemd || [ -s /run/nginx.pid ]; }; then nginx -t -q && nginx -s reload || true; fi
}

# ---------------------------------------------------------------- admin
about_admin() { say "the first administrator, unless there is one"; }

step_admin() {
    local said code=0
    umask 077
    said=$(manage erp_setup_admin --email "$EMAIL") || code=$?
    # 1: there is an administrator, which is fine.
    [ "$code" -le 1 ] || fail "$said"
    if [ "$code" = 0 ]; then
        note admin "$ETC/first-login"
        say "$said" >"$ETC/first-login"
    fi
}

undo_admin() {
    if noted admin "$ETC/first-login"; then
        rm -f "$ETC/first-login"
        manage erp_setup_admin --undo || true
    fi
    forget admin
}

# ---------------------------------------------------------------- checks
about_checks() { say "does it start, does it answer, is it closed"; }

step_checks() {
    manage check --deploy --fail-level WARNING >/dev/null || fail "manage.py check --deploy complains."
    manage migrate --check >/dev/null || fail "Migrations are missing."
    ask /login 200
    ask /api/auth/me 401
    ask /metrics 404
    [ "$(ask_plain)" = "301 $(origin)/login" ] || fail "Plain HTTP does not lead to HTTPS."
    for file in erp.env migrate.env roles.env; do
        [ ! -e "$ETC/$file" ] || [ "$(stat -c %a "$ETC/$file")" = 600 ] ||
            fail "$ETC/$file can be read by others."
    done
    if has_command erp_check; then manage erp_check || say "   erp_check has findings: see above"; fi
}

undo_checks() { :; }

curl_here() {
    curl -sS --max-time 20 --cacert "$ETC/tls/erp.crt" \
        --resolve "$HOST:$HTTPS_PORT:127.0.0.1" --resolve "$HOST:$HTTP_PORT:127.0.0.1" "$@"
}

# The processes were started a moment ago: they get a minute to answer.
ask() {
    local status='' left=60
    while [ "$left" -gt 0 ]; do
        status=$(curl_here -o /dev/null -w '%{http_code}' "$(origin)$1" 2>/dev/null || true)
        [ "$status" != "$2" ] || { say "   $1 answers $2"; return; }
        left=$((left - 1))
        sleep 1
    done
    fail "$1 answers ${status:-nothing} instead of $2."
}

ask_plain() {
    curl_here -o /dev/null -w '%{http_code} %{redirect_url}' "http://$HOST:$HTTP_PORT/login"
}
