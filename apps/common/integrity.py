"""The register of checks of stored data: each app names its own, `erp_verify` runs all of them.

A check reads and finds; it changes nothing. What it finds is named by table and row, so that
somebody can go there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import Error, connection, models
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be: which check, which table, which row, what."""

    check: str
    table: str
    pk: Any
    what: str

    def as_dict(self) -> dict[str, Any]:
        return {"check": self.check, "table": self.table, "pk": self.pk, "what": self.what}


@dataclass(frozen=True)
class Place:
    """What one check says: a table, a row of it, and what is wrong there."""

    table: str
    pk: Any
    what: str


type Find = Callable[[], Iterable[Place]]


@dataclass(frozen=True)
class Check:
    """One question asked of the whole database; of one moment of it, as people go on working.

    What asks whether rows can be read at all sees errors, which would end that moment.
    """

    name: str
    label: StrOrPromise
    find: Find
    is_of_one_moment: bool = True


_checks: dict[str, list[Check]] = {}


def register(name: str, label: StrOrPromise, find: Find, *, is_of_one_moment: bool = True) -> None:
    """Add a check; several apps may ask under one name, each of its own tables."""
    found = _checks.setdefault(name, [])
    if all(check.find is not find for check in found):
        found.append(Check(name, label, find, is_of_one_moment))


def names() -> list[str]:
    """The names of all checks, in the order they are run."""
    return list(_checks)


def run(only: Collection[str] = ()) -> Iterator[tuple[Check, list[Finding]]]:
    """Run the checks one by one; one that cannot finish is a finding itself."""
    for name, checks in _checks.items():
        if only and name not in only:
            continue
        for check in checks:
            yield check, list(_ask(check))


def _ask(check: Check) -> Iterator[Finding]:
    try:
        if check.is_of_one_moment:
            with _one_moment():
                places = list(check.find())
        else:
            places = list(check.find())
    except (ArithmeticError, Error, OSError, TypeError, ValueError, LookupError) as error:
        what = f"{type(error).__name__}: {str(error).strip()}"
        yield Finding(check.name, "", None, what)
        return
    for place in places:
        yield Finding(check.name, place.table, place.pk, place.what)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read what was there at one moment, without keeping anybody from writing."""
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN DEFERRED"
    if connection.vendor == "postgresql":
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def place(model: type[models.Model], pk: Any, what: StrOrPromise) -> Place:
    """A row of a model's table."""
    return Place(model._meta.db_table, pk, str(what))
