"""The real files: what they add up to, what in them is refused, and how long they take."""

from __future__ import annotations

import csv
import os
import re
import resource
import time
from collections import Counter, defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.catalog import services as catalog
from apps.catalog.models import Incoterm, Supplier, Unit
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.requisitions.models import Requisition
from tests.importing.tables import DATA, RESUME, WHOLE, counts, load, refused

SCMS = DATA / "usaid-scms-po" / "scms_delivery_history.csv"
INTENTIONS = sorted((DATA / "cn-shandong-intent").glob("*.xlsx"))
SECONDS, MEGABYTES_MORE = 40, 250  # beside some 150 MB of the program itself

ON_POSTGRES = os.environ.get("TEST_DATABASE") == "postgres"

pytestmark = pytest.mark.django_db


@pytest.fixture
def set_up(importer: User) -> User:
    """An installation as it is shipped."""
    Unit.objects.all().delete()
    catalog.setup_reference()
    call_command("erp_setup_mappings", verbosity=0)
    return importer


# ------------------------------------------------------------------ purchase orders
@pytest.mark.skipif(not SCMS.exists(), reason="the shared SCMS orders are not on this machine")
@pytest.mark.skipif(
    ON_POSTGRES and not WHOLE, reason="a part of them below, the whole by `make soak`"
)
def test_the_scms_orders_add_up_to_the_cent(set_up: User) -> None:
    before, began, processor = _peak(), time.monotonic(), time.process_time()
    report = load("purchase_orders", SCMS, set_up, mapping="usaid-scms-orders")
    took, worked = time.monotonic() - began, time.process_time() - processor
    _print(report, took, worked, _peak())

    assert refused(report) == []
    assert (report.rows, counts(report)) == (8_340, (5_035, 0, 0))
    amounts = PurchaseOrderLine.objects.values_list("amount", "quantity")
    assert len(amounts) == 8_340
    assert sum(amount for amount, _quantity in amounts) == Decimal("1329293452.82")
    assert sum(quantity for _amount, quantity in amounts) == 153_809_404
    totals = PurchaseOrder.objects.values_list("total", flat=True)
    assert (len(totals), sum(totals)) == (5_035, Decimal("1329293452.82"))
    assert Supplier.objects.count() == 69
    assert PurchaseOrderLine.objects.values("description").distinct().count() == 180
    _lines_are_those_of_the_file()
    _audited(set_up)
    assert worked < SECONDS
    assert _peak() - before < MEGABYTES_MORE
    _again_changes_nothing(set_up)


def _peak() -> int:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _print(report: Any, took: float, worked: float, peak: int) -> None:
    sums = ", ".join(f"{name} {value}" for name, value in report.as_dict()["totals"].items())
    print(f"SCMS: {sums}; {took:.1f} s, {worked:.1f} s of work, at most {peak} MB")  # noqa: T201 - the bar is on sums, speed and memory


def _lines_are_those_of_the_file() -> None:
    """Every order of the file with its lines, to the cent, in their order; dates where sure."""
    wanted: dict[str, list[Any]] = defaultdict(list)
    with SCMS.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            date, rule = row["PO Sent to Vendor Date"], row["Vendor INCO Term"]
            sure = re.fullmatch(r"\d+/\d+/\d{4}", date)
            wanted[row["PO / SO #"]].append(
                (
                    " ".join(row["Vendor"].split()),
                    datetime.strptime(date, "%m/%d/%Y").date() if sure else None,  # noqa: DTZ007 - a day has no zone
                    None if rule in {"N/A - From RDC", "DDU"} else rule,
                    row["Item Description"],
                    Decimal(row["Line Item Quantity"]),
                    Decimal(row["Line Item Value"]),
                )
            )
    found: dict[str, list[Any]] = defaultdict(list)
    columns = ("supplier_name", "order_date", "incoterm__code")
    rows = PurchaseOrderLine.objects.order_by("order", "line_no").values_list(
        "order__number",
        *(f"order__{name}" for name in columns),
        "description",
        "quantity",
        "amount",
    )
    for number, *values in rows:
        found[number].append(tuple(values))
    assert found == wanted


def _audited(importer: User) -> None:
    kinds = Counter(
        Entry.objects.filter(channel="import", actor=importer).values_list("event", flat=True)
    )
    assert kinds["purchaseorder.registered"] == 5_035
    assert kinds["purchaseorderline.registered"] == 8_340
    assert kinds["import.purchase_orders"] == 1


def _again_changes_nothing(importer: User) -> None:
    report = load("purchase_orders", SCMS, importer, mapping="usaid-scms-orders", mode=RESUME)

    assert counts(report) == (0, 0, 5_035)
    assert PurchaseOrderLine.objects.count() == 8_340


@pytest.mark.skipif(not SCMS.exists(), reason="the shared SCMS orders are not on this machine")
def test_what_in_the_scms_orders_is_not_certain_is_listed(set_up: User, tmp_path: Path) -> None:
    part = tmp_path / "part.csv"
    lines = SCMS.read_text("utf-8-sig").splitlines(keepends=True)
    part.write_text("".join(lines[:1] + lines[1:1001]), encoding="utf-8")
    with part.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    report = load("purchase_orders", part, set_up, mapping="usaid-scms-orders", mode=RESUME)

    wanted = Counter()
    for row in rows:
        date = row["PO Sent to Vendor Date"]
        if re.fullmatch(r"\d+-\d+-\d{4}", date):
            day, month, _year = date.split("-")
            wanted["not_a_date" if day == month else "ambiguous_date"] += 1
        elif not date[0].isdigit():
            wanted["not_a_date"] += 1
        wanted["unknown_code"] += row["Vendor INCO Term"] == "DDU"
        price, quantity = Decimal(row["Pack Price"]), Decimal(row["Line Item Quantity"])
        cents = (price * quantity).quantize(Decimal("0.01"), ROUND_HALF_UP)
        wanted["rounded_price"] += cents != Decimal(row["Line Item Value"])
    wanted["no_exchange_rate"] = 1
    assert Counter(e.code for e in (*report.warnings, *report.notices)) == wanted
    assert wanted["ambiguous_date"] > 200
    assert not Incoterm.objects.filter(code="DDU").exists()


# ------------------------------------------------------------------ requisitions
def _is_amount(value: object) -> bool:
    return bool(re.fullmatch(r"\d+\.\d{6}", str(value)))


@pytest.mark.parametrize("path", INTENTIONS, ids=lambda path: path.stem[-12:])
def test_shifted_intentions_are_shown_and_the_others_loaded(path: Path, set_up: User) -> None:
    sheet = openpyxl.load_workbook(path).active
    head, *rows = [[c.value for c in row] for row in sheet.iter_rows()]
    long = "采购项目名称" in head
    name, amount = ("采购项目名称", "预算金额(万元)") if long else ("项目名称", "金额")
    mapping = "procurement-intentions" if long else "procurement-intentions-short"
    cells = [dict(zip(head, row, strict=True)) for row in rows]
    good = {at for at, row in enumerate(cells, start=2) if _is_amount(row[amount])}
    fitting = {at for at in good if len(str(cells[at - 2][name])) <= 200}

    whole = load("requisitions", path, set_up, mapping=mapping, fixed={"cost_centre": "CC-SCM"})
    assert Requisition.objects.count() == 0
    report = load(
        "requisitions", path, set_up, mapping=mapping, fixed={"cost_centre": "CC-SCM"}, mode=RESUME
    )

    shifted = {at for at in range(2, len(rows) + 2) if at not in good}
    assert {error.row for error in whole.errors} >= shifted
    assert {e.row for e in report.errors if e.column == amount} >= shifted
    taken = set(range(2, len(rows) + 2)) - {error.row for error in report.errors}
    assert taken <= fitting
    loaded = Requisition.objects.values_list("title", "estimated_total")
    wanted = {
        (" ".join(str(cells[at - 2][name]).split()), Decimal(cells[at - 2][amount]) * 10_000)
        for at in taken
    }
    assert set(loaded) == wanted
    assert len(shifted) > 10
    assert len(taken) > 10


def test_the_intentions_are_there_or_named_as_missing() -> None:
    if not INTENTIONS:
        pytest.skip("the shared intentions are not on this machine")
    assert len(INTENTIONS) == 6
