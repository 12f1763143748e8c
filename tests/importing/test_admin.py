"""Importing in the back office: asked, run, shown, listed; nothing for those who may not."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.catalog.models import Item
from apps.common.importing import known_kinds
from apps.common.models import ImportMapping, ImportRun
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "admin:common_importrun_import"
GOOD = "code,name,unit\nA,Pen,C62\nB,Ink,C62\n"
BAD = "code,name,unit\nA,Pen,C62\nB,Ink,QQ\nC,=1+1,QQ\n"


@pytest.fixture
def office(importer: User, client: Client) -> Client:
    client.force_login(importer)
    return client


def send(office: Client, text: str | bytes = GOOD, **said: Any) -> HttpResponse:
    content = text.encode() if isinstance(text, str) else text
    data = {
        "kind": "items",
        "mode": "all_or_nothing",
        "file": SimpleUploadedFile("my items.csv", content),
        **said,
    }
    return office.post(reverse(PAGE), {k: v for k, v in data.items() if v is not None})


def result(office: Client, response: HttpResponse) -> str:
    """The page somebody is led to after an import."""
    run = ImportRun.objects.latest("pk")
    assert response.status_code == 302
    assert response["Location"] == reverse("admin:common_importrun_change", args=[run.pk])
    page = office.get(response["Location"])
    assert page.status_code == 200
    return page.content.decode()


def test_a_good_file_is_taken_and_told(office: Client, importer: User) -> None:
    page = result(office, send(office))

    assert Item.objects.count() == 2
    assert "Everything is in." in page
    assert "Nothing was refused and nothing left empty." in page
    run = ImportRun.objects.get()
    assert (run.status, run.file_name, run.created_by) == ("done", "my items.csv", importer)
    entries = Entry.objects.filter(content_type__model="item")
    assert {(entry.channel, entry.actor) for entry in entries} == {("import", importer)}


def test_a_trial_writes_nothing(office: Client) -> None:
    page = result(office, send(office, mode="dry_run"))

    assert Item.objects.count() == 0
    assert "this was a trial" in page


def test_refused_rows_are_shown_and_all_of_them_downloaded(office: Client) -> None:
    page = result(office, send(office, BAD))

    assert Item.objects.count() == 0
    assert "Nothing was written." in page
    assert "There is no unit “QQ”." in page
    run = ImportRun.objects.get()
    address = reverse("admin:common_importrun_errors", args=[run.pk])
    assert address in page
    response = office.get(address)
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert [row[:3] for row in rows[1:]] == [["3", "unit", "QQ"], ["4", "unit", "QQ"]]
    assert "attachment" in response["Content-Disposition"]


def test_with_good_rows_in_the_others_are_listed(office: Client) -> None:
    page = result(office, send(office, BAD, mode="resume"))

    assert [item.code for item in Item.objects.all()] == ["A"]
    assert "The good rows are in." in page


def test_the_way_back_carries_what_was_chosen(office: Client) -> None:
    ImportMapping.objects.create(
        name="ours", kind="items", columns={"code": "code", "name_en": "name", "base_unit": "unit"}
    )

    page = result(
        office, send(office, mapping="ours", fixed="base_unit=C62\n\nmanufacturer = Acme")
    )

    assert Item.objects.filter(manufacturer="Acme").count() == 2
    (address,) = re.findall(r'href="(/admin/common/importrun/import/\?[^"]+)"', page)
    again = office.get(address.replace("&amp;", "&")).content.decode()
    assert '<option value="ours" selected>' in again
    assert "base_unit=C62\nmanufacturer=Acme" in again


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"file": None}, "file", "This field is required."),
        ({"text": b""}, "file", "The submitted file is empty."),
        ({"text": "code,name\nA,Pen\n"}, "file", "The file has no column for: base unit"),
        ({"text": b"%PDF-1.7"}, "file", "not a table"),
        ({"kind": "nonsense"}, "kind", "Select a valid choice"),
        ({"kind": "categories"}, "kind", "Select a valid choice"),
        ({"mapping": "gone"}, "mapping", "Select a valid choice"),
        ({"mapping": "theirs"}, "mapping", "There is no mapping"),
        ({"fixed": "colour"}, "fixed", "not of the form name=value"),
        ({"fixed": "colour=red"}, "mapping", "no such field or option"),
        ({"mode": "perhaps"}, "mode", "Select a valid choice"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_chosen_is_lost(
    said: dict[str, Any], field: str, reason: str, office: Client
) -> None:
    ImportMapping.objects.create(name="theirs", kind="suppliers", columns={"code": "code"})
    said = {"fixed": "manufacturer=Acme", **said}

    response = send(office, said.pop("text", GOOD), **said)

    assert response.status_code == 200
    assert reason in " ".join(response.context["form"].errors[field])
    page = response.content.decode()
    assert "Nothing was imported." in page
    assert said["fixed"] in page
    assert Item.objects.count() == 0


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    office: Client, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 10

    response = send(office)

    assert "larger than" in str(response.context["form"].errors["file"])
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize("role", ["auditor", "finance"])
def test_who_may_import_nothing_does_not_get_in(role: str, client: Client, importer: User) -> None:
    client.force_login(make_user(role, role))

    answers = [client.get(reverse(PAGE)), send(client), client.get(template("items"))]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert (Item.objects.count(), ImportRun.objects.count()) == (0, 0)


def template(kind: str) -> str:
    return reverse("admin:common_importrun_template", args=[kind])


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("importer", {"items", "purchase_orders", "requisitions", "suppliers"}),
        ("keeper", {"categories", "items", "requisitions", "suppliers"}),
    ],
)
def test_only_kinds_one_may_import_are_offered(
    who: str, kinds: set[str], client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))

    offered = client.get(reverse(PAGE)).context["form"].fields["kind"].choices

    assert {name for name, _label in offered} == kinds
    for kind in known_kinds():
        assert client.get(template(kind)).status_code == (200 if kind in kinds else 404)


@pytest.mark.parametrize("kind", ["items", "suppliers", "purchase_orders", "requisitions"])
def test_each_kind_has_its_columns_and_an_empty_table(kind: str, office: Client) -> None:
    page = office.get(reverse(PAGE), {"kind": kind}).content.decode()
    response = office.get(template(kind))

    assert template(kind) in page
    names = [field.name for field in known_kinds()[kind].fields]
    assert all(f"<code>{name}</code>" in page for name in names)
    assert next(csv.reader(io.StringIO(response.content.decode("utf-8-sig")))) == names


def test_the_list_offers_the_import_to_those_who_may(office: Client) -> None:
    address = reverse("admin:common_importrun_changelist")
    assert reverse(PAGE) in office.get(address).content.decode()

    office.force_login(make_user("auditor", "auditor"))
    assert reverse(PAGE) not in office.get(address).content.decode()


def test_the_list_is_read_in_the_same_statements_for_one_run_and_for_many(
    office: Client,
) -> None:
    address = reverse("admin:common_importrun_changelist")
    counts = []
    for more in (1, 20):
        for _number in range(more):
            send(office, BAD)
        with CaptureQueriesContext(connection) as queries:
            office.get(address)
        counts.append(len(queries))
        assert not any('"common_importrun"."errors"' in q["sql"] for q in queries)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_guide_is_at_hand(language: str, office: Client, importer: User) -> None:
    importer.language = language
    importer.save()

    response = office.get(reverse("admin:common_importrun_guide"))

    assert response.status_code == 200
    assert "erp_import" in response.content.decode()


# ------------------------------------------------------------------ mappings
def keep(office: Client, **said: str) -> HttpResponse:
    data = {"name": "ours", "kind": "items", "columns": '{"code": "C"}', "options": "{}", **said}
    return office.post(reverse("admin:common_importmapping_add"), data)


def test_a_mapping_is_kept(office: Client) -> None:
    assert keep(office, options='{"header_row": 3}').status_code == 302
    assert ImportMapping.objects.get().options == {"header_row": 3}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"columns": "{"}, "columns"),
        ({"columns": "[1]"}, "columns"),
        ({"columns": '{"colour": "C"}'}, "columns"),
        ({"options": '{"speed": 1}'}, "options"),
        ({"options": "[1]"}, "columns"),
    ],
)
def test_a_wrong_mapping_is_not_kept(said: dict[str, str], field: str, office: Client) -> None:
    response = keep(office, **said)

    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert ImportMapping.objects.count() == 0
    assert not list(get_messages(response.wsgi_request))
