#!/bin/sh
# Make the secrets of compose.yaml: one file each, readable by their owner; none is written twice.
#   make-secrets.sh [FOLDER]        by default secrets/ beside this file
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"

random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }
# 32 bytes in url-safe base64: the form of a Fernet key.
fernet() { dd if=/dev/urandom bs=32 count=1 2>/dev/null | base64 | tr '+/' '-_' | tr -d '\n'; }

keep() {
    if [ -e "$folder/$1" ]; then
        echo "kept  $1"
    else
        printf '%s' "$2" >"$folder/$1"
        echo "made  $1"
    fi
}

keep secret_key "$(random 48)"
keep field_key "$(fernet)"
keep backup_key "$(fernet)"
keep metrics_token "$(random 24)"
for role in postgres owner app readonly backup; do
    keep "${role}_password" "$(random 16)"
done
keep redis_password "$(random 16)"
keep grafana_password "$(random 12)"
# Given by the chat tool, the mail server and the phone gateway: put theirs in place of these.
keep alert_chat_url https://chat.example.com/put-your-own-here
keep alert_mail_password put-your-own-here
keep alert_phone_token put-your-own-here
keep database_url "postgres://erp_app:$(cat "$folder/app_password")@db:5432/erp"
keep redis_url "redis://:$(cat "$folder/redis_password")@redis:6379/0"
# The containers run as nobody in particular: their group reads what the engine mounts.
chmod 0444 "$folder"/*
chmod 0711 "$folder"
if [ ! -e "$folder/erp.crt" ] && command -v openssl >/dev/null; then
    name=${ERP_HOST:-localhost}
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 \
        -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
        -keyout "$folder/erp.key" -out "$folder/erp.crt" 2>/dev/null
    chmod 0444 "$folder/erp.crt" "$folder/erp.key"
    echo "made  erp.crt, signed by itself: put a real one in its place"
fi
