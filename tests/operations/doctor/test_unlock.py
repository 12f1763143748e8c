"""`erp_unlock`: one person, written down, and nobody else let in."""

import json
from io import StringIO

import pytest
from auditlog import get_logentry_model
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def run(*arguments):
    said, code = StringIO(), 0
    try:
        call_command("erp_unlock", *arguments, "--json", stdout=said)
    except SystemExit as stopped:
        code = stopped.code
    return json.loads(said.getvalue()), code


def lock(username):
    for number in range(10):
        Client().post("/login", {"username": username, "password": f"wrong {number}"})


def logs_in(username):
    return Client().post("/login", {"username": username, "password": PASSWORD}).status_code == 302


def unlocked():
    return list(
        get_logentry_model()
        .objects.filter(event="user.unlock")
        .values_list("object_repr", "channel")
    )


def test_one_person_gets_in_again():
    for name in ("anna", "bert"):
        make_user(name, "engineer")
        lock(name)
    assert not logs_in("anna")
    assert run("--list")[0]["locked"] == ["anna", "bert"]

    report, code = run("Anna")

    assert (report["username"], report["removed"], code) == ("anna", 1, 0)
    assert logs_in("anna")
    assert not logs_in("bert")
    assert run("--list")[0]["locked"] == ["bert"]
    assert [channel for _name, channel in unlocked()] == ["command"]


def test_nobody_was_locked():
    make_user("anna", "engineer")

    report, code = run("anna")

    assert (report["removed"], code) == (0, 0)
    assert unlocked() == []


@pytest.mark.parametrize(("name", "error"), [("nobody", "unknown"), ("gone", "inactive")])
def test_refused(name, error):
    make_user("gone", "engineer", is_active=False)
    lock("gone")
    attempts = AccessAttempt.objects.count()

    report, code = run(name)

    assert (report["error"], code) == (error, 1)
    assert AccessAttempt.objects.count() == attempts
    assert unlocked() == []
    assert not User.objects.get(username="gone").is_active


@pytest.mark.parametrize("arguments", [[], ["anna", "--list"]])
def test_bad_usage(arguments):
    with pytest.raises(CommandError) as refused:
        call_command("erp_unlock", *arguments)

    assert refused.value.returncode == 2
