"""Browsers, and what the form of a requisition posts."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.requisitions.forms.grid import FIELDS
from tests.requisitions.factories import Company


def browser_of(person: Any) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def form(
    company: Company, lines: list[dict[str, str]] | None = None, **more: Any
) -> dict[str, Any]:
    """What the page posts: the header, and each field of the lines once per row."""
    if lines is None:
        lines = [typed(company)]
    data: dict[str, Any] = {
        "title": "Lab bench supplies",
        "department": company.department.pk,
        "cost_centre": company.cost_centre.pk,
        "currency": company.currency.pk,
        "priority": "normal",
        "op": "save",
        **more,
    }
    for name in FIELDS:
        data[f"line-{name}"] = [line.get(name, "") for line in lines]
    return data


def typed(company: Company, **more: str) -> dict[str, str]:
    return {
        "description": "Oscilloscope probe",
        "quantity": "2",
        "unit": company.unit.code,
        "estimated_price": "890.00",
        **more,
    }


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)
