#!/bin/sh
# Make .venv ready: the right Python, the locked packages, the compiled translations.
# Does nothing, quickly, when all of that is as it should be.
set -eu
cd "$(dirname "$0")/.."

lock=requirements/dev.txt
stamp=.venv/.installed
python=.venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK=1

with_pip() {
    "$python" -m pip install -q --require-hashes -r "$1"
}

# uv takes a sixth of pip's time, but reads no pip.conf: where only that one knows the way to the
# packages, pip does the whole.
with_uv() {
    with_pip requirements/tools.txt &&
        .venv/bin/uv pip install -q --python "$python" --require-hashes --compile-bytecode -r "$1"
}

if ! [ -x "$python" ] || ! "$python" -c "" 2>/dev/null; then
    found=$(sh scripts/find_python.sh)
    echo "Making .venv with $("$found" --version) ..."
    "$found" -m venv --clear .venv
fi

if ! cmp -s "$lock" "$stamp"; then
    echo "Installing $(grep -c == "$lock") locked packages into .venv (half a minute at most) ..."
    log=$(mktemp)
    if ! with_uv "$lock" >"$log" 2>&1 && ! with_pip "$lock" >>"$log" 2>&1; then
        grep -v "Location .* is ignored" "$log" >&2 || true
        rm -f "$log"
        echo "The packages could not be installed; see above. Nothing else was changed." >&2
        exit 1
    fi
    rm -f "$log"
    cp "$lock" "$stamp"
fi

"$python" scripts/compile_messages.py
