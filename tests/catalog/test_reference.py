"""The reference data every installation starts with."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from apps.audit.models import Entry
from apps.catalog import services
from apps.catalog.models import Currency, Incoterm, PaymentTerm, TaxCode, Unit

pytestmark = pytest.mark.django_db
SHARED = Path(settings.BASE_DIR).parent / "shared" / "data" / "refcodes"


def run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("erp_setup_reference", "--json", *arguments, stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())["kinds"]
    return result


def rows_of(name: str) -> list[dict[str, str]]:
    with (SHARED / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_second_run_changes_nothing_and_keeps_what_people_changed() -> None:
    first = run()
    Unit.objects.filter(code="C62").update(name_en="pieces")
    Currency.objects.filter(code="USD").delete()

    second = run()

    assert {kind: len(outcome["created"]) for kind, outcome in first.items()} == {
        "units": 68,
        "currencies": 155,
        "incoterms": 11,
        "tax_codes": 5,
        "payment_terms": 8,
    }
    assert second["units"] == {"created": [], "unchanged": 67, "kept": ["C62"]}
    assert second["currencies"]["created"] == ["USD"]
    assert Unit.objects.get(code="C62").name_en == "pieces"


def test_a_dry_run_writes_nothing() -> None:
    assert len(run("--dry-run")["units"]["created"]) == 68
    assert Unit.objects.count() == Currency.objects.count() == TaxCode.objects.count() == 0


def test_what_was_set_up_has_a_history() -> None:
    run()

    assert Entry.objects.filter(content_type__model="unit").count() == 68


def test_every_name_is_there_in_both_languages() -> None:
    run()

    for model in (Unit, Currency, Incoterm, TaxCode, PaymentTerm):
        for record in model.objects.all():
            record.full_clean()
            assert record.name_en
            assert record.name_en.strip() == record.name_en
            assert any("\u4e00" <= letter <= "\u9fff" for letter in record.name_zh_hans), record


@pytest.mark.parametrize(
    ("code", "percent"), [("VAT13", 13), ("VAT9", 9), ("VAT6", 6), ("VAT3", 3), ("VAT0", 0)]
)
def test_taxes_have_a_rate_today(code: str, percent: int) -> None:
    run()

    assert services.tax_percent(TaxCode.objects.get(code=code), date(2026, 11, 22)) == percent


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("DZN", "C62", "12"),
        ("GRO", "DZN", "12"),
        ("TNE", "GRM", "1000000"),
        ("KMT", "MTR", "1000"),
        ("FOT", "INH", "12"),
        ("MTQ", "LTR", "1000"),
        ("HUR", "MIN", "60"),
        ("KWH", "JOU", "3600000"),
        ("MTK", "CMK", "10000"),
        ("XBX", "C62", None),
        ("DAY", "HUR", None),
        ("KGM", "LTR", None),
    ],
)
def test_units_convert(one: str, other: str, factor: str | None) -> None:
    run()
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=[one, other])}

    found = services.units_per(units[one], units[other])

    assert found == (Decimal(factor) if factor else None)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference lists are not there")
def test_codes_and_decimal_places_are_those_of_the_standards() -> None:
    run()
    standard = {row["alpha"]: row["minor_units"] for row in rows_of("iso4217")}
    known = {row["code"] for row in rows_of("unece_rec20_units")}
    packages = {f"X{row['code']}" for row in rows_of("unece_rec21_packages")}

    ours = dict(Currency.objects.values_list("code", "minor_units"))
    wrong = {c for c, places in ours.items() if standard[c] not in {str(places), ""}}
    assert wrong == set()
    missing = set(standard) - set(ours)
    assert {code for code in missing if not code.startswith("X")} == {
        *("BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW"),  # funds and indices
    }
    units = set(Unit.objects.values_list("code", flat=True))
    assert units - known - packages == set()
