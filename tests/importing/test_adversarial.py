"""Hostile and broken files: a table or a clear refusal, by every door, and never a crash."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog.models import Item, Supplier
from apps.common.importing import Report
from apps.common.models import ImportMapping, ImportRun
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from tests.catalog.factories import make_category, make_currency, make_unit
from tests.common.tabular.outcomes import OUTCOMES, PO_LINES
from tests.importing.tables import DATA, RESUME, load

ADVERSARIAL = DATA / "adversarial"
TRIED = {"price": "unit_price", "date": "need_by", "desc": "description"}
FIELD = {
    "qty": "quantity",
    "unit_price": "unit_price",
    "need_by": "needed_by",
    "currency": "order__currency__code",
    "uom": "unit__code",
    "supplier": "order__supplier_name",
    "item_code": "category__code",
    "description": "description",
}
# What is well written and still unknown here: codes of units, currencies and commodities.
UNKNOWN = {39, 42, 60, 61, 62, 63, 65, 66, 86, 87, 88, 89, 90, 91}
REQUIRED = {"qty", "unit_price", "currency", "uom", "supplier", "description"}
CODES = {code for code in PO_LINES.values() if "_" in code or code == "exponent"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not ADVERSARIAL.exists(), reason="the shared adversarial files are not on this machine"
    ),
]


def tried_column(case: str) -> str:
    """Which column a line tries something with."""
    words = case.partition("=")[0].split()
    return TRIED.get(words[0], words[0])


@pytest.fixture
def lines() -> list[dict[str, str]]:
    """The bad lines, each as an order of its own: in the file all of them are PR-1."""
    path = ADVERSARIAL / "csv" / "po_lines_bad_utf8.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [{**row, "pr_no": f"PR-{at}"} for at, row in enumerate(rows, start=2)]


@pytest.fixture
def report(lines: list[dict[str, str]], importer: User) -> Report:
    """What came of importing them as past orders, good ones in."""
    for code, places in (("JPY", 0), ("KWD", 3)):
        make_currency(code, minor_units=places)
    make_unit("PK")
    make_category("44121704")
    columns = {
        "number": "pr_no",
        "supplier": "supplier",
        "currency": "currency",
        "category": "item_code",
        "description": "description",
        "quantity": "qty",
        "unit": "uom",
        "unit_price": "unit_price",
        "needed_by": "need_by",
    }
    ImportMapping.objects.create(
        name="lines",
        kind="purchase_orders",
        columns=columns,
        options={"status": "closed", "create_suppliers": True},
    )
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return load("purchase_orders", target.getvalue(), importer, mapping="lines", mode=RESUME)


def expected(at: int, column: str) -> str:
    """The code of a line's refusal, or nothing where it is taken.

    Decided with the readers' own table; what is well written may still be unknown here, and what
    is blank may be left out where the field is not required.
    """
    if at in UNKNOWN:
        return "unknown_code"
    outcome = PO_LINES[at]
    if outcome == "missing":
        return "required" if column in REQUIRED else ""
    return outcome if outcome in CODES else ""


def test_each_bad_line_has_the_outcome_it_asks_for(
    lines: list[dict[str, str]], report: Report
) -> None:
    tried = {at: tried_column(row["case"]) for at, row in enumerate(lines, start=2)}
    wanted = {(at, column, code) for at, column in tried.items() if (code := expected(at, column))}

    assert {(e.row, e.column, e.code) for e in report.errors} == wanted
    taken = {f"PR-{at}" for at in tried} - {f"PR-{at}" for at, _column, _code in wanted}
    assert set(PurchaseOrder.objects.values_list("number", flat=True)) == taken
    assert (len(wanted), len(taken)) == (59, 37)


def as_given(text: str, *, lines: bool) -> str:
    """What the file says, but for how letters are put together and blanks at the ends."""
    text = text.replace("\r\n", "\n").replace("e\u0301", "é").strip()
    return text if lines else " ".join(text.split())


def test_what_is_kept_is_kept_as_given(lines: list[dict[str, str]], report: Report) -> None:
    stored = {
        line["order__number"]: line
        for line in PurchaseOrderLine.objects.values("order__number", *FIELD.values())
    }
    for at, row in enumerate(lines, start=2):
        column, line = tried_column(row["case"]), stored.get(f"PR-{at}")
        if line is None or column not in FIELD:
            continue
        value: Any = line[FIELD[column]]
        if column in {"qty", "unit_price"}:
            assert value == Decimal(PO_LINES[at]), row["case"]
        elif column in {"supplier", "description"}:
            assert value == as_given(row[column], lines=False), row["case"]
        elif column == "currency":
            assert value == row[column].strip().upper(), row["case"]


def test_names_that_look_alike_stay_apart(lines: list[dict[str, str]], report: Report) -> None:
    taken = set(PurchaseOrder.objects.values_list("number", flat=True))
    names = {as_given(row["supplier"], lines=False) for row in lines if row["pr_no"] in taken}

    assert {supplier.name for supplier in Supplier.objects.all()} == names
    assert Supplier.objects.count() == len(names) == 15  # a joined emoji among them


@pytest.mark.parametrize(("currency", "total"), [("JPY", "125"), ("KWD", "125.000")])
def test_amounts_follow_the_currency(currency: str, total: str, report: Report) -> None:
    order = PurchaseOrder.objects.get(currency__code=currency)

    assert order.total == Decimal(total)
    assert str(report.outcome.totals[f"total {currency}"]) == total


def refusal_of(name: str, client: Client) -> str:
    """What the back office says to a file; nothing when it was taken or the page broke."""
    path = ADVERSARIAL / name
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    said = {"kind": "items", "mode": "all_or_nothing", "file": upload}
    response = client.post(reverse("admin:common_importrun_import"), said)
    if response.status_code != 200 or "Nothing was imported." not in response.content.decode():
        return f"status {response.status_code}"
    (message,) = response.context["form"].errors["file"]
    if not path.stat().st_size:
        return "empty"
    run = ImportRun.objects.latest("pk")
    assert (run.file_name, run.status) == (path.name, "failed")
    assert run.summary["broken_off"] == message
    return str(run.errors[0]["code"])


@pytest.mark.parametrize("folder", sorted({name.partition("/")[0] for name in OUTCOMES}))
def test_every_file_through_the_back_office(folder: str, importer: User, client: Client) -> None:
    """None of these files holds items: each is refused in words, whatever it is."""
    client.force_login(importer)
    names = [name for name in OUTCOMES if name.startswith(f"{folder}/")]

    found = {name: refusal_of(name, client) for name in names}

    for name, code in found.items():
        outcome = OUTCOMES[name]
        if outcome.startswith("refused: "):
            assert code == outcome.removeprefix("refused: "), name
        else:
            assert code in {"missing_columns", "no_rows"}, name
    assert Item.objects.count() == 0
    assert len(found) > 2
