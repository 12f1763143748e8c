"""Mappings: data somebody wrote, read strictly; what they mean for the cells of a column."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from apps.common.errors import InvalidInputError
from apps.common.importing import kind_named, mappings
from apps.common.importing.kinds import ImportField, ImportKind, Outcome
from apps.common.importing.layout import layout_for
from apps.common.importing.readers import code, day, number
from apps.common.importing.rows import LayoutReader
from apps.common.models import ImportMapping
from apps.common.tabular import RowError, read_table

THINGS = ImportKind(
    name="things",
    label="things",
    fields=(
        ImportField("code", "code", code(20), required=True, aliases=("sku",)),
        ImportField("price", "price", number(Decimal(0))),
        ImportField("day", "day", day),
    ),
    permission="catalog.add_item",
    apply=lambda rows, work: Outcome(),
)


def read(columns: Any, table: str) -> tuple[list[Any], list[RowError]]:
    """The values of the rows that can be read, and what is wrong with the others."""
    plan = mappings.read(THINGS, columns, {})
    found = read_table(io.BytesIO(table.encode()))
    reader = LayoutReader(THINGS, layout_for(THINGS, found.columns, plan))
    return [row.values for row in reader.read(found)], reader.errors


@pytest.mark.parametrize(
    ("said", "cell", "wanted"),
    [
        ("P", "12.5", Decimal("12.5")),
        ({"column": "P", "default": "7"}, "", Decimal(7)),
        ({"column": "P", "default": 7}, "9", Decimal(9)),
        ({"value": "3"}, "9", Decimal(3)),
        ({"column": "P", "blanks": ["N/A"]}, "n/a", None),
        ({"column": "P", "map": {"free": "0"}}, "Free", Decimal(0)),
        ({"column": "P", "factor": 10000}, "1.25", Decimal(12500)),
        ({"column": "P", "factor": "0.01"}, "250", Decimal("2.5")),
        ({"column": "P", "number": {"decimal": ",", "group": "."}}, '"1.234,5"', Decimal("1234.5")),
    ],
)
def test_what_a_mapping_makes_of_a_number(said: Any, cell: str, wanted: Any) -> None:
    (row,), errors = read({"code": "C", "price": said}, f"C,P\nx,{cell}\n")

    assert (row["price"], errors) == (wanted, [])


@pytest.mark.parametrize(
    ("said", "cell", "wanted"),
    [
        ({}, "2026-03-04", date(2026, 3, 4)),
        ({"formats": ["%d.%m.%Y"]}, "04.03.2026", date(2026, 3, 4)),
        ({"whole_month": "last"}, "2026年2月", date(2026, 2, 28)),
        ({"whole_month": "first"}, "2026-02", date(2026, 2, 1)),
        ({"whole_month": "last"}, "2026-02-03", date(2026, 2, 3)),
    ],
)
def test_what_a_mapping_makes_of_a_date(said: Any, cell: str, wanted: date) -> None:
    (row,), errors = read({"code": "C", "day": {"column": "D", **said}}, f"C,D\nx,{cell}\n")

    assert (row["day"], errors) == (wanted, [])


@pytest.mark.parametrize(
    ("said", "cell", "code"),
    [
        ({}, "2026年2月", "not_a_date"),
        ({"whole_month": "last"}, "2026年13月", "not_a_date"),
        ({"formats": ["%d.%m.%Y"]}, "2026-03-04", "not_a_date"),
        ({}, "02/03/2026", "ambiguous_date"),
    ],
)
def test_what_no_mapping_said_is_not_guessed(said: Any, cell: str, code: str) -> None:
    _rows, errors = read({"code": "C", "day": {"column": "D", **said}}, f"C,D\nx,{cell}\n")

    assert [(e.row, e.column, e.code) for e in errors] == [(2, "D", code)]


@pytest.mark.parametrize(
    ("said", "cell", "code"),
    [
        ({"column": "P", "factor": 10000}, "123456789012.5", "too_large"),
        ({"column": "P", "factor": "0.1"}, "0.000001", "too_many_decimals"),
        ("P", '"1,234"', "ambiguous_number"),
    ],
)
def test_a_number_that_does_not_fit_is_refused(said: Any, cell: str, code: str) -> None:
    _rows, errors = read({"code": "C", "price": said}, f"C,P\nx,{cell}\n")

    assert [e.code for e in errors] == [code]


@pytest.mark.parametrize(
    ("columns", "options", "field"),
    [
        ([], {}, "columns"),
        ({"colour": "C"}, {}, "colour"),
        ({"code": 7}, {}, "code"),
        ({"code": {}}, {}, "code"),
        ({"code": {"column": "C", "value": "x"}}, {}, "code"),
        ({"code": {"column": "C", "formta": []}}, {}, "code"),
        ({"code": {"column": "C", "on_error": "empty"}}, {}, "code"),
        ({"price": {"column": "P", "on_error": "ignore"}}, {}, "price"),
        ({"price": {"column": "P", "blanks": "N/A"}}, {}, "price"),
        ({"price": {"column": "P", "map": ["a"]}}, {}, "price"),
        ({"price": {"column": "P", "factor": 0}}, {}, "price"),
        ({"price": {"column": "P", "factor": "lots"}}, {}, "price"),
        ({"price": {"column": "P", "factor": True}}, {}, "price"),
        ({"price": {"column": "P", "number": {"decimal": ",,"}}}, {}, "price"),
        ({"price": {"column": "P", "number": "1.234,5"}}, {}, "price"),
        ({"day": {"column": "D", "formats": []}}, {}, "day"),
        ({"day": {"column": "D", "formats": ["%H"]}}, {}, "day"),
        ({"day": {"column": "D", "whole_month": "middle"}}, {}, "day"),
        ({"code": "C"}, {"speed": "fast"}, "speed"),
        ({"code": "C"}, {"header_row": "two"}, "header_row"),
        ({"code": "C"}, {"header_row": True}, "header_row"),
        ({"code": "C"}, [], "columns"),
    ],
)
def test_a_wrong_mapping_says_where(columns: Any, options: Any, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        mappings.read(THINGS, columns, options)

    assert (caught.value.code, caught.value.details["field"]) == ("bad_mapping", field)
    assert field in str(caught.value)


def test_columns_the_file_does_not_have_are_all_named() -> None:
    with pytest.raises(InvalidInputError, match="missing, gone"):
        read({"code": "missing", "price": "gone"}, "C\nx\n")


@pytest.mark.django_db
def test_a_mapping_of_another_kind_is_not_taken() -> None:
    ImportMapping.objects.create(name="ours", kind="suppliers", columns={"code": "C"})

    with pytest.raises(InvalidInputError) as caught:
        mappings.plan_for(kind_named("items"), "ours")

    assert caught.value.code == "unknown_mapping"


@pytest.mark.parametrize("said", ["currency", "=CNY", "currency= "])
def test_fixed_values_need_a_name_and_a_value(said: str) -> None:
    with pytest.raises(InvalidInputError):
        mappings.fixed_values([said])


@pytest.mark.parametrize("fixed", [{"colour": "red"}, {"status": "open"}])
def test_fixed_values_are_checked(fixed: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        mappings.plan_for(kind_named("purchase_orders"), fixed=fixed)

    assert caught.value.code == "bad_mapping"


@pytest.mark.django_db
def test_shipped_mappings_are_set_up_once_and_kept_when_changed() -> None:
    def set_up(*options: str) -> Any:
        out = io.StringIO()
        call_command("erp_setup_mappings", "--json", *options, stdout=out)
        return json.loads(out.getvalue())["kinds"]["mappings"]

    names = set(set_up("--dry-run")["created"])
    assert not ImportMapping.objects.exists()
    assert set(set_up()["created"]) == names
    assert names == set(ImportMapping.objects.values_list("name", flat=True))
    assert {"usaid-scms-orders", "unspsc", "procurement-intentions"} <= names

    ImportMapping.objects.filter(name="unspsc").update(description="ours")
    assert set_up() == {"created": [], "unchanged": len(names) - 1, "kept": ["unspsc"]}
    assert ImportMapping.objects.get(name="unspsc").description == "ours"
