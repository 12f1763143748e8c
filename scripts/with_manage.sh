#!/bin/sh
# Run one management command of this installation: with_manage.sh COMMAND [ARGUMENTS...]
# The Python is that of .venv, or the one PYTHON names. Ends as the command ends; 2 without Python.
set -u
cd "$(dirname "$0")/.." || exit 2

python=${PYTHON:-.venv/bin/python}
if ! command -v "$python" >/dev/null 2>&1; then
    echo "There is no $python. Run scripts/setup.sh, or name one: PYTHON=/path/to/python $0" >&2
    exit 2
fi
exec "$python" manage.py "$@"
