"""Whatever stands behind the question mark of an address, no list breaks over it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from tests.architecture import asking
from tests.architecture import permission_table as table
from tests.architecture.permission_table import Row, World

# A digit that is no number, a number no column holds, a sign no text may have, a day no month has.
STRANGE = ("²", "9" * 19, "a\x00b", "2026-02-31")
# What lists of the back office read beside their filters, and what pages read.
OF_LISTS = ("q", "o", "p", "e", "all", "_to_field", "_popup")
OF_PAGES = ("q", "tab", "status", "kind", "overdue", "after", "before", "to", "next", "lang")
PAGES = (
    *("requisitions:list", "requisitions:lookup_items", "requisitions:lookup_suppliers"),
    *("requisitions:lookup_categories", "requisitions:lookup_people", "requisitions:create"),
    *("approvals:inbox", "approvals:colleagues", "support:home", "support:search"),
    *("support:issues", "support:report", "support:feedback", "operations:status"),
)
WHOLE = "TEST_WHOLE_FILES" in os.environ  # by `make soak`: each name with each of them


@cache
def parameters() -> dict[str, list[str]]:
    """What each list of the API can be asked, by its path."""
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)
    return {
        path: [one["name"] for one in verbs["get"].get("parameters", ()) if one["in"] == "query"]
        for path, verbs in schema["paths"].items()
        if "get" in verbs
    }


def filters(model_admin: admin.ModelAdmin[Any]) -> Iterator[str]:
    """What a list of the back office can be filtered by, and lookups of it one could type."""
    for listed in model_admin.list_filter:
        name = listed[0] if isinstance(listed, tuple) else listed
        if isinstance(name, str):
            yield from (name, f"{name}__exact", f"{name}__gte", f"{name}__isnull")
        else:
            yield name.parameter_name  # type: ignore[union-attr]  # our filters are SimpleListFilter
    if model_admin.date_hierarchy:
        yield from (f"{model_admin.date_hierarchy}__{part}" for part in ("year", "month", "day"))


def asked(names: list[str], place: int) -> Iterator[dict[str, str]]:
    """Each name with one of the strange values, or with all of them."""
    for number, name in enumerate(names, place):
        for value in STRANGE if WHOLE else (STRANGE[number % len(STRANGE)],):
            yield {name: value}


def names(row: Row) -> list[str]:
    """What a row of the permission table may be asked; nothing for what is no list."""
    if row.route in PAGES:
        return list(OF_PAGES)
    is_list = "GET" in row.gates and row.route.endswith("-list")
    return parameters().get(reverse(row.route), []) if is_list else []


LISTS = [row for row in table.rows() if names(row)]
BACK_OFFICE = [admins for admins in admin.site._registry.values() if admins.list_filter]


def test_every_kind_of_list_is_asked() -> None:
    routes = {row.route for row in LISTS}

    assert routes >= {*PAGES, "requisition-list", "purchaseorder-list", "item-list"}
    assert len(BACK_OFFICE) > 40


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(len(LISTS)), ids=[row.route for row in LISTS])
def test_list_does_not_break(world: World, place: int) -> None:
    row = LISTS[place]
    broken = []
    for query in asked(names(row), place):
        address = f"{reverse(row.route)}?{urlencode(query)}"
        with transaction.atomic():  # what PostgreSQL refuses ends the transaction around it
            status = asking.read(world, replace(row, path=address), "admin").status
            transaction.set_rollback(True)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            broken.append(f"{status} {address}")

    assert broken == []


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(len(BACK_OFFICE)), ids=map(str, BACK_OFFICE))
def test_list_of_the_back_office_does_not_break(world: World, rf: Any, place: int) -> None:
    """Made as for its page, but not drawn; what Django answers by itself is no break."""
    model_admin = BACK_OFFICE[place]
    for query in asked([*OF_LISTS, *filters(model_admin)], place):
        request = rf.get("/", query)
        request.user = world.people["admin"]
        request._messages = CookieStorage(request)  # as the middleware does
        with suppress(IncorrectLookupParameters, SuspiciousOperation), transaction.atomic():
            model_admin.get_changelist_instance(request)
