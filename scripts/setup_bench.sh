#!/bin/sh
# Put what only `make bench` needs beside .venv's own packages, so that tests never see it.
set -eu
cd "$(dirname "$0")/.."

lock=requirements/bench.txt
tools=.venv/bench

if ! cmp -s "$lock" "$tools/.installed"; then
    echo "Installing $(grep -c == "$lock") packages of the load run into $tools ..."
    rm -rf "$tools"
    log=$(mktemp)
    if ! PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install -q --no-deps \
        --require-hashes --target "$tools" -r "$lock" >"$log" 2>&1; then
        grep -v "Location .* is ignored" "$log" >&2 || true
        rm -rf "$log" "$tools"
        echo "The packages could not be installed; see above." >&2
        exit 1
    fi
    rm -f "$log"
    cp "$lock" "$tools/.installed"
fi
