"""The audit is read by those who may, and by nobody written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST = "/api/v1/audit-entries"


def consume(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_entries_on_the_api_newest_first_with_filters() -> None:
    client = make.api_client(make.make_user("auditor", "auditor"))
    department = make.make_department("ENG", name="Engineering")

    found = client.get(f"{LIST}?kind=accounts.department&object_id={department.pk}").json()

    (row,) = found["results"]
    assert (row["event"], row["action"], row["object_name"]) == (
        "department.create",
        "create",
        "ENG Engineering",
    )
    assert row["changes"]["code"] == [None, "ENG"]
    assert client.get(f"{LIST}/{row['id']}").json() == row
    ids = [r["id"] for r in client.get(f"{LIST}?page_size=200").json()["results"]]
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize("query", ["changes__icontains=x", "actor__password=x", "_connector=OR"])
def test_filters_nobody_offers_are_refused(query: str) -> None:
    client = make.api_client(make.make_user("auditor", "auditor"))

    assert client.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("role", ["engineer", "procurement", "finance", "ops"])
def test_others_read_nothing(role: str) -> None:
    person = make.make_user("wu", role)
    browser = Client()
    browser.force_login(person)

    assert make.api_client(person).get(LIST).status_code == 403
    assert browser.get("/admin/audit/entry/").status_code in {302, 403}
    assert not Entry.objects.visible_to(person).exists()


def test_an_export_is_recorded_and_safe_in_a_spreadsheet() -> None:
    auditor = make.make_user("auditor", "auditor")
    make.make_department("ENG", name='=HYPERLINK("x")')

    response = make.api_client(auditor).post(f"{LIST}/export?kind=accounts.department")

    text = consume(response)
    assert response["Content-Disposition"].startswith('attachment; filename="entry-')
    assert "department.create" in text
    assert ",=HYPERLINK" not in text
    entry = Entry.objects.get(event="audit.export")
    assert (entry.actor, entry.additional_data) == (auditor, {"rows": 1})


def test_an_administrator_reads_but_takes_nothing_away() -> None:
    client = make.api_client(make.make_user("boss", "admin"))

    assert client.get(LIST).status_code == 200
    assert client.post(f"{LIST}/export").status_code == 403
    assert not Entry.objects.filter(event="audit.export").exists()


def test_the_back_office_shows_before_and_after() -> None:
    browser = Client()
    browser.force_login(make.make_user("auditor", "auditor"))
    department = make.make_department("ENG")
    department.approval_limit = 500
    department.save()
    entry = Entry.objects.latest("id")

    listed = browser.get("/admin/audit/entry/").content.decode()
    page = browser.get(f"/admin/audit/entry/{entry.pk}/change/").content.decode()

    assert "head&#x27;s approval limit" in listed
    assert "500" in page
    assert browser.post(f"/admin/audit/entry/{entry.pk}/change/", {}).status_code == 403


def test_secrets_are_nowhere_in_the_audit() -> None:
    person = make.make_user("wu", password="the secret phrase 12345")
    encoded = person.password

    assert all(encoded not in str(row) for row in Entry.objects.values())
    assert all("secret phrase" not in str(row) for row in Entry.objects.values())


def test_the_history_page_of_any_record_comes_from_the_audit() -> None:
    browser = Client()
    browser.force_login(make.make_user("auditor", "auditor"))
    department = make.make_department("ENG")

    page = browser.get(f"/admin/accounts/department/{department.pk}/history/").content.decode()

    assert "created" in page
    assert "ENG" in page


@pytest.mark.parametrize("path", ["/admin/audit/entry/", LIST])
def test_lists_cost_the_same_for_one_and_for_many(path: str) -> None:
    auditor = make.make_user("auditor", "auditor")
    browser = Client()
    browser.force_login(auditor)
    client = make.api_client(auditor) if path == LIST else browser
    client.get(path)
    counts = []
    for extra in (0, 12):
        for _ in range(extra):
            make.make_department(head=make.make_user())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 9
