"""What the type-ahead asks while somebody types; answers are JSON for our own pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.catalog import services as catalog
from apps.catalog.models import Category, Supplier
from apps.common.tabular.cells import plain

LIMIT = 10
LONGEST = 100


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]


def _answer(results: list[dict[str, Any]]) -> JsonResponse:
    response = JsonResponse({"results": results})
    response["Cache-Control"] = "private, max-age=30"
    return response


@require_safe
def items(request: HttpRequest) -> JsonResponse:
    """Items of the catalogue with what a line takes from them."""
    found = catalog.search_items(_text(request), user=request.user, limit=LIMIT)
    rows = [asdict(match) for match in found]
    for row in rows:
        row["price"] = "" if row["price"] is None else plain(row["price"])
    return _answer(rows)


@require_safe
def suppliers(request: HttpRequest) -> JsonResponse:
    """Suppliers that may still be named."""
    text = _text(request)
    found: Any = Supplier.objects.visible_to(request.user).active()
    rows = found.search(text) if text else found.none()
    return _answer([{"code": row.code, "name": row.name} for row in rows[:LIMIT]])


@require_safe
def categories(request: HttpRequest) -> JsonResponse:
    """Categories by code or name in either language."""
    text = _text(request)
    found: Any = Category.objects.visible_to(request.user).active()
    rows = found.search(text) if text else found.none()
    return _answer([{"code": row.code, "name": row.name} for row in rows[:LIMIT]])


@require_safe
def people(request: HttpRequest) -> JsonResponse:
    """Colleagues, to be named with @ or shared with."""
    text = _text(request)
    found: Any = User.objects.visible_to(request.user).active()
    rows = found.search(text) if text else found.none()
    return _answer([{"code": row.username, "name": row.display_name} for row in rows[:LIMIT]])
