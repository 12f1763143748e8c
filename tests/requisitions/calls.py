"""Calls of the requisitions API by one person, and the bodies they carry."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Category
from tests.catalog.factories import make_category
from tests.factories import authorization
from tests.requisitions.factories import Company

URL = "/api/v1/requisitions"
# What frames the work but asks for no data.
FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK", "PRAGMA")


class Api:
    """Calls of one person."""

    def __init__(self, person: Any) -> None:
        headers = {"Authorization": authorization(person)} if person else {}
        self.client = Client(headers=headers, raise_request_exception=False)

    def __call__(
        self,
        method: str,
        path: str = "",
        body: Any = None,
        version: int | None = None,
        **headers: str,
    ) -> Any:
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        content = body if isinstance(body, str) else json.dumps({} if body is None else body)
        return self.client.generic(
            method, f"{URL}{path}", content, "application/json", headers=headers
        )


def body(company: Company, **more: Any) -> dict[str, Any]:
    return {
        "title": "Lab bench supplies",
        "department": company.department.code,
        "cost_centre": company.cost_centre.code,
        "currency": "CNY",
        "needed_by": "2026-12-31",
        "justification": "For the new bench",
        "lines": [line(company) for _number in range(5)],
        **more,
    }


def line(company: Company, **more: Any) -> dict[str, Any]:
    return {
        "description": "Oscilloscope probe, 500 MHz",
        "category": category(),
        "quantity": "2",
        "unit": company.unit.code,
        "estimated_price": "890.00",
        "preferred_supplier": company.supplier.code,
        **more,
    }


def category() -> str:
    if not Category.objects.filter(code="41111500").exists():
        make_category("41111500")
    return "41111500"


def data_statements(found: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in found.captured_queries if not q["sql"].startswith(FRAME)]
