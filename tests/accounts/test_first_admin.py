"""The first administrator: made once, by a command, with a password nobody keeps."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import User
from apps.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db
MAIL = "--email=admin@example.com"


def made(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("erp_setup_admin", MAIL, "--json", *arguments, stdout=out)
    said: dict[str, Any] = json.loads(out.getvalue())
    return said


def test_the_first_administrator_has_to_choose_a_password():
    said = made("--username=root.person", "--name=Zhang Wei")

    person = User.objects.get()
    assert {group.name for group in person.groups.all()} == {"admin"}
    assert (person.is_staff, person.is_superuser) == (True, False)
    assert person.must_change_password
    assert person.check_password(said["password"])
    assert Entry.objects.filter(event="user.create_first", channel="command").exists()
    browser = Client()
    given = {"username": "root.person", "password": said["password"]}
    assert browser.post("/login", given).status_code == 302
    assert browser.get("/admin/").headers["Location"].startswith("/password")


def test_it_says_what_to_do_next(capsys):
    call_command("erp_setup_admin", MAIL)

    said = capsys.readouterr().out
    assert "Administrator admin. Password: " in said
    assert "/login" in said


def test_a_lost_first_password_is_replaced_until_it_was_used():
    first = made()
    again = made()

    person = User.objects.get()
    assert first["password"] != again["password"]
    assert person.check_password(again["password"])
    assert person.token_version > 1


def test_it_can_be_taken_back_until_it_was_used(capsys):
    given = made()
    call_command("erp_setup_admin", "--undo")
    person = User.objects.get()
    assert not person.is_active
    assert not person.has_usable_password()

    assert made()["password"] != given["password"]
    assert User.objects.get().is_active
    User.objects.update(must_change_password=False)
    with pytest.raises(SystemExit) as ended:
        call_command("erp_setup_admin", "--undo")
    assert ended.value.code == 1
    assert User.objects.get().is_active


def test_an_address_is_asked_for(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("erp_setup_admin")

    assert ended.value.code == 2
    assert not User.objects.exists()


def test_nobody_becomes_a_second_one_this_way(capsys):
    make.make_user("boss", "admin")
    people, entries = User.objects.count(), Entry.objects.count()

    with pytest.raises(SystemExit) as ended:
        call_command("erp_setup_admin", MAIL)

    assert ended.value.code == 1
    assert "administrator already" in capsys.readouterr().err
    assert (User.objects.count(), Entry.objects.count()) == (people, entries)


@pytest.mark.parametrize(
    "wrong", [["--email=nonsense"], ["--username=two words", MAIL], ["--username=", MAIL]]
)
def test_a_name_or_address_that_cannot_be_is_named(capsys, wrong):
    with pytest.raises(SystemExit) as ended:
        call_command("erp_setup_admin", *wrong)

    assert ended.value.code == 2
    assert capsys.readouterr().err.split(":")[0] in {"email", "username"}
    assert not User.objects.exists()
