"""Asking the doctor as an operator does."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from apps.operations.metrics.tally import tally


def ask(*arguments):
    """What `erp_check --json` says, and its exit code."""
    said, code = StringIO(), 0
    try:
        call_command("erp_check", *arguments, "--json", stdout=said)
    except SystemExit as stopped:
        code = stopped.code
    return json.loads(said.getvalue()), code


def causes(topic):
    """The causes named under a topic."""
    report, _code = ask("--topic", topic)
    return {one["cause"]: one for one in report["checks"] if one["cause"]}


@pytest.fixture(autouse=True)
def _no_figures_of_others():
    """Figures other tests have counted are not stored into this one's installation."""
    tally.take()
    yield
    tally.take()
