"""Whole numbers from addresses and forms: what cannot be read is never an error of ours."""

import ast
from pathlib import Path

import pytest
from django.urls import reverse

from apps.common.numbers import whole_number

ROOT = Path(__file__).resolve().parents[2]
READER = ROOT / "apps" / "common" / "numbers.py"
# Superscripts and counting rods are digits to Python, but no numbers; five thousand digits are
# refused by int(); nineteen fit in no key.
UNREADABLE = ["", " ", "-1", "+1", "1.0", "1e3", "²", "1²", "①", "𝍠", "٣", "9" * 19, "9" * 5000]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_number_is_none(text):
    assert whole_number(text) is None


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text, number):
    assert whole_number(text) == number


def test_a_number_may_be_kept_shorter():
    assert whole_number("99999", digits=5) == 99999
    assert whole_number("100000", digits=5) is None


def test_nobody_reads_digits_in_other_ways():
    """`isdigit()` before `int()` looks safe and is not: see the numbers above."""
    ways = {"isdigit", "isnumeric", "isdecimal"}
    sources = sorted(path for path in (ROOT / "apps").rglob("*.py") if path != READER)

    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ways
    ]

    assert found == []


ADDRESSES = [
    "/?after=2026-01-01T00:00:00%2B00:00~{}",
    "/admin/audit/entry/?kind={}",
    "/admin/procurement/purchaseorder/{}/change/",
    "/admin/procurement/openline/convert/?lines={}",
    "/admin/operations/release/{}/change/",
    "/api/v1/requisitions?page_size={}",
    "/api/v1/comments?document=requisition:{}",
]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["²", "9" * 5000])
@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_with_strange_numbers(admin_client, address, text):
    response = admin_client.get(address.format(text), follow=True)

    assert response.status_code < 500


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["²", "9" * 5000])
def test_forms_with_strange_numbers(admin_client, text):
    convert = reverse("admin:procurement_openline_convert")
    posted = {
        reverse("approvals:decide_many"): {"step": text, "decision": "approve"},
        convert: {"form-TOTAL_FORMS": text, f"_double-{text}": "1", "form-0-line": text},
        reverse("requisitions:create"): {"op": f"copy:{text}", "line-id": text, "line-unit": "C62"},
    }

    for address, data in posted.items():
        assert admin_client.post(address, data).status_code < 500, address
