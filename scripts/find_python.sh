#!/bin/sh
# Print the Python that the virtual environment is made from: 3.13, else 3.12, wherever it is.
# PYTHON=/path/to/python names one. Exit 2 with a plain message when there is none.
set -u

usable() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c "import ensurepip, sqlite3, ssl, sys, venv
sys.exit('%d.%d' % sys.version_info[:2] != '$2')" >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    for version in 3.13 3.12; do
        if usable "$PYTHON" "$version"; then
            command -v "$PYTHON"
            exit 0
        fi
    done
    echo "PYTHON=$PYTHON is not a usable Python 3.13 or 3.12." >&2
    exit 2
fi

for version in 3.13 3.12; do
    for candidate in \
        "python$version" python3 python \
        "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$version"*/bin/"python$version" \
        "${HOME:-}/.local/share/uv/python/cpython-$version"*/bin/"python$version" \
        "/usr/bin/python$version" "/usr/local/bin/python$version" \
        "/opt/homebrew/bin/python$version" "/opt/python$version/bin/python$version"; do
        if usable "$candidate" "$version"; then
            command -v "$candidate"
            exit 0
        fi
    done
done

cat >&2 <<'TEXT'
No usable Python 3.13 or 3.12 was found: not on PATH, not under pyenv, not in the usual places.
Install one (with its venv module; on Debian and Ubuntu: apt install python3.13 python3.13-venv),
or name it: make setup PYTHON=/path/to/python3.13
TEXT
exit 2
