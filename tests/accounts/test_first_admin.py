"""The first administrator: made by a command, with a password that opens one door once."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import Entry
from tests.factories import make_user

pytestmark = pytest.mark.django_db
REFUSED: dict[str, tuple[list[str], str, int]] = {
    "no such address": (["ada", "--email", "nowhere"], "invalid_input", 2),
    "a name that is taken": (["WU", "--email", "a@example.com"], "invalid_input", 2),
}


def create(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("erp_create_admin", *arguments, "--json", stdout=out, stderr=StringIO())
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_first_one_has_to_choose_a_password(client: Client) -> None:
    made = create("ada", "--email", "ada@example.com")

    client.post(reverse("login"), {"username": "ada", "password": made["password"]})
    page = client.get("/admin/")
    assert (page.status_code, page.headers["Location"]) == (302, reverse("password_change"))
    answer = client.post(
        "/api/auth/login", {"username": "ada", "password": made["password"]}, "application/json"
    )
    assert answer.status_code == 401
    person = User.objects.get(username="ada")
    assert person.is_staff
    assert not person.is_superuser
    assert Entry.objects.filter(event="user.create", channel="command").exists()


def test_there_is_one_first_one(client: Client) -> None:
    make_user("boss", "admin")

    with pytest.raises(SystemExit) as caught:
        create("ada", "--email", "ada@example.com")

    assert caught.value.code == 1
    assert not User.objects.filter(username="ada").exists()
    assert create("ada", "--email", "ada@example.com", "--another")["username"] == "ada"


@pytest.mark.parametrize(("arguments", "code", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused(arguments: list[str], code: str, status: int) -> None:
    make_user("wu")
    out = StringIO()

    with pytest.raises(SystemExit) as caught:
        call_command("erp_create_admin", *arguments, "--json", stdout=out, stderr=StringIO())

    assert caught.value.code == status
    assert json.loads(out.getvalue())["error"] == code
    assert User.objects.count() == 1
