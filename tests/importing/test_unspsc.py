"""The whole UNSPSC tree through the command, found again by those who look for things."""

from __future__ import annotations

import csv
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.catalog.models import Category
from tests.factories import api_client, make_user
from tests.importing.tables import DATA, WHOLE

UNSPSC = DATA / "unspsc-multilang" / "unspsc_v7_0901.csv"
SECONDS = 30

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not UNSPSC.exists(), reason="the shared UNSPSC tree is not on this machine"),
]


def found_by_api(text: str) -> list[str]:
    client = api_client(make_user(None, "engineer"))
    response = client.get("/api/v1/categories", {"search": text})
    assert response.status_code == 200
    return [row["code"] for row in response.json()["results"]]


def shown_by_admin(text: str, user: User) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("admin:catalog_category_changelist"), {"q": text})
    assert response.status_code == 200
    return response.content.decode()


def offered_by_admin(text: str, user: User) -> list[str]:
    client = Client()
    client.force_login(user)
    asked = {"app_label": "catalog", "model_name": "item", "field_name": "category", "term": text}
    return [
        row["text"] for row in client.get(reverse("admin:autocomplete"), asked).json()["results"]
    ]


@pytest.fixture
def tree(tmp_path: Path, on_postgres: bool) -> Path:
    """The whole file; on PostgreSQL one segment of it, and the whole by `make soak`."""
    if WHOLE or not on_postgres:
        return UNSPSC
    head, *lines = UNSPSC.read_text("utf-8-sig").splitlines(keepends=True)
    part = tmp_path / UNSPSC.name
    part.write_text(head + "".join(line for line in lines if line.startswith("44")), "utf-8")
    return part


def test_unspsc_with_chinese_names(keeper: User, tree: Path) -> None:
    with tree.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    call_command("erp_setup_mappings", verbosity=0)
    out = StringIO()
    began, processor = time.monotonic(), time.process_time()
    call_command("erp_import", "categories", str(tree), "--mapping", "unspsc", stdout=out)
    took, worked = time.monotonic() - began, time.process_time() - processor
    print(f"UNSPSC: {took:.1f} s, {worked:.1f} s of work: {out.getvalue()}")  # noqa: T201 - the bar is on speed

    made = Category.objects
    counted = (made.exclude(name_zh_hans=None).count(), made.filter(parent=None).count())
    wanted = (sum(bool(row["zh"]) for row in rows), sum(not row["parent"] for row in rows))
    assert f"{len(rows)} rows: {len(rows)} created" in out.getvalue()
    assert (made.count(), *counted) == (len(rows), *wanted)
    if tree == UNSPSC:
        assert (len(rows), *counted) == (20_789, 19_683, 55)
    assert Category.objects.get(code="44121704").path == "44000000/44120000/44121700/44121704/"
    assert Entry.objects.filter(event="category.imported", channel="import").count() == len(rows)
    for text in ("圆珠笔", "44121704"):
        assert [c.code for c in Category.objects.search(text)] == ["44121704"]
        assert found_by_api(text) == ["44121704"]
        page = shown_by_admin(text, keeper)
        assert "44121704" in page
        assert "44121701" not in page
        assert any("44121704" in offer for offer in offered_by_admin(text, keeper))
    assert worked < SECONDS
