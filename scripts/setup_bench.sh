#!/bin/sh
# Put what only `make bench` needs beside .venv's own packages, so that tests never see it.
set -eu
cd "$(dirname "$0")/.."

lock=requirements/bench.txt
tools=.venv/bench

if ! cmp -s "$lock" "$tools/.installed"; then
    echo "Installing $(grep -c == "$lock") packages of the load run into $tools ..."
    rm -rf "$tools"
    PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install -q --no-deps \
        --require-hashes --target "$tools" -r "$lock"
    cp "$lock" "$tools/.installed"
fi
