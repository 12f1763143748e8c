"""`erp_check`: topics, immediate actions, exit codes, and no trace of having looked."""

import json
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.accounts.models import User
from apps.operations.doctor import answers
from apps.operations.doctor.topics import ACTIONS
from tests.operations import sites
from tests.operations.doctor.conftest import ask
from tests.operations.probes.conftest import FAULTS


def test_well_ends_with_nought(site):
    report, code = ask("--topic", "cache", "--topic", "mail")

    assert (report["state"], code) == ("ok", 0)
    assert {one["state"] for one in report["checks"]} == {"ok"}


@pytest.mark.parametrize("topic", sorted(ACTIONS))
def test_four_immediate_actions_are_answered(site, topic):
    report, _code = ask("--topic", topic)
    said = StringIO()
    with suppress(SystemExit):
        call_command("erp_check", "--topic", topic, stdout=said)

    rows = report["actions"][topic]
    assert len(rows) == 4
    assert all(row["said"] and row["state"] != "unknown" for row in rows)
    assert f"{topic}: 4/4 answered" in said.getvalue()


def test_database_listed(site):
    report, _code = ask("--db")

    listed = report["database"]
    assert "accounts_user" in listed["tables"]
    assert listed["users"] == User.objects.count()
    assert ("shared_buffers" if connection.vendor == "postgresql" else "cache_size") in listed


def test_looking_changes_nothing(site):
    before, people = sites.state(site), User.objects.count()

    ask()

    assert sites.state(site)["audit"] == before["audit"]
    assert sites.state(site)["databases"] == before["databases"]
    assert User.objects.count() == people


def test_everything_answers_while_the_database_does_not(site, tmp_path):
    with FAULTS["refused"](tmp_path):
        report, code = ask()

    states = {one["name"]: one["state"] for one in report["checks"]}
    assert code == 1
    assert len(states) == len(answers.chosen())
    assert states["database.reachable"] == "problem"
    assert states["auth.people"] == states["backup.newest"] == "unknown"
    assert states["auth.tokens"] == "ok"


@pytest.mark.parametrize("topic", ["nothing", "", "SLOW"])
def test_topic_that_is_none(topic):
    with pytest.raises(CommandError) as refused:
        call_command("erp_check", "--topic", topic)

    assert refused.value.returncode in {1, 2}


def test_no_secret_in_what_is_said(site, settings):
    report, _code = ask()

    text = json.dumps(report)
    secrets = [settings.SECRET_KEY, *site.keys, str(site.config.get("PASSWORD") or "unset-0")]
    assert [secret for secret in secrets if secret in text] == []
