"""Every route has a row in the permission table, and every row holds for everybody."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponse

from tests.architecture import asking
from tests.architecture import permission_table as table
from tests.architecture.permission_table import PEOPLE, Row, World
from tests.architecture.urlconf import routes

# The back office answers below an object with a redirect to its page; it shows nothing.
REDIRECTS = "/<path:object_id>/"
# Verbs no row names are refused to all; asking those with the most and the least rights is enough.
ASKED_IN_VAIN = ("anonymous", "admin", "procurement")
ALL = table.rows()


def test_every_route_has_exactly_one_row() -> None:
    listed = Counter(row.route for row in ALL)
    existing = {r.key for r in routes() if REDIRECTS not in r.key}

    assert sorted(existing - listed.keys()) == [], "routes without a row in the permission table"
    assert sorted(listed.keys() - existing) == [], "rows of routes that do not exist"
    assert [name for name, times in listed.items() if times > 1] == []


@pytest.mark.django_db
@pytest.mark.parametrize("row", ALL, ids=lambda row: row.route)
def test_row(world: World, row: Row) -> None:
    wrong = []
    for verb in row.verbs:
        gate = row.gates.get(verb)
        for person in PEOPLE if gate else ASKED_IN_VAIN:
            if verb == "GET":
                answer = asking.read(world, row, person)
            else:
                answer = asking.write(world, row, verb, person)
            wanted = {gate.wants(person)} if gate else {"refused", "hidden"}
            wrong += [f"{verb} as {person}: {text}" for text in answer.unsigned]
            if answer.outcome not in wanted:
                wrong.append(f"{verb} as {person}: {wanted}, not {answer.outcome} {answer.status}")

    assert wrong == []


PARTS = 6  # so that parallel workers share them


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_asking_for_the_head_changes_nothing(world: World, part: int) -> None:
    """Asked by whoever gets furthest: the admin in the back office, an engineer elsewhere."""
    wrong = []
    for row in ALL[part::PARTS]:
        person = "admin" if row.route.startswith("admin:") else "engineer"
        unsigned = asking.read(world, row, person, "head").unsigned
        wrong += [f"{row.route} as {person}: {text}" for text in unsigned]

    assert wrong == []


def remembering(*_given: Any) -> HttpResponse:
    """A page that keeps a note of being read."""
    Group.objects.create(name="seen")
    return HttpResponse()


@pytest.mark.django_db
def test_a_page_that_writes_when_read_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_call", remembering)

    assert "reading writes to auth_group" in asking.read(world, ALL[0], "engineer").unsigned
