"""What the doctor says, and the register of what it looks at.

A check looks at one thing and answers: a state, the cause by a name that never changes, a sentence,
the figures it rests on, and what to do next. It changes nothing that outlives it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import Error
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from apps.common.redaction import redacted
from apps.operations.short_connection import short_transaction


class State(StrEnum):
    """How one thing stands. What could not be found out is never called well."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """What was seen."""

    state: State
    said: str
    cause: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    next: str = ""


type Look = Callable[[], Answer]


@dataclass(frozen=True)
class Check:
    """One thing to look at, under the topics somebody asks about."""

    name: str
    topics: tuple[str, ...]
    label: StrOrPromise
    look: Look
    asks_database: bool


_checks: dict[str, Check] = {}


def check(
    name: str, *topics: str, label: StrOrPromise, asks_database: bool = True
) -> Callable[[Look], Look]:
    """Add a check to the register."""

    def register(look: Look) -> Look:
        _checks[name] = Check(name, topics, label, look, asks_database)
        return look

    return register


def well(said: str, **figures: Any) -> Answer:
    """All is as it should be."""
    return Answer(State.OK, said, figures=figures)


def warn(cause: str, said: str, next_step: str, **figures: Any) -> Answer:
    """It works, and will not for long."""
    return Answer(State.WARNING, said, cause, figures, next_step)


def fault(cause: str, said: str, next_step: str, **figures: Any) -> Answer:
    """Something is broken or open to strangers."""
    return Answer(State.PROBLEM, said, cause, figures, next_step)


def unsure(cause: str, said: str, next_step: str, **figures: Any) -> Answer:
    """It could not be found out."""
    return Answer(State.UNKNOWN, said, cause, figures, next_step)


def topics() -> list[str]:
    """Everything that can be asked about."""
    return sorted({topic for one in _checks.values() for topic in one.topics})


def chosen(wanted: Collection[str] = ()) -> list[Check]:
    """The checks of these topics, or all, in the order they are worth reading."""
    return [one for one in _checks.values() if not wanted or {*wanted} & {*one.topics}]


def run(wanted: Collection[str] = ()) -> Iterator[tuple[Check, Answer]]:
    """Ask each check; one that cannot finish does not keep the others from answering."""
    for one in chosen(wanted):
        yield one, _ask(one)


def answer_of(name: str) -> Answer:
    """What one check says. Raises KeyError for a name nobody registered."""
    return _ask(_checks[name])


def named(names: Collection[str]) -> Iterator[tuple[str, Answer]]:
    """Ask the checks of these names; one that nobody knows is not answered."""
    for name in names:
        if name in _checks:
            yield name, _ask(_checks[name])


def _ask(one: Check) -> Answer:
    try:
        if not one.asks_database:
            return one.look()
        with short_transaction():
            return one.look()
    except Error as error:
        return unsure(
            "database_silent",
            _("The database did not answer: %(why)s") % {"why": first_line(error)},
            "erp_check --topic database",
        )
    except (ArithmeticError, ImproperlyConfigured, LookupError, OSError, ValueError) as error:
        why = f"{type(error).__name__}: {first_line(error)}"
        said = _("This could not be looked at: %(why)s") % {"why": why}
        return unsure("not_looked_at", said, "erp_support_bundle")


def first_line(error: Exception) -> str:
    """What an error says, in one line and without secrets."""
    return redacted((str(error).strip().splitlines() or [type(error).__name__])[0])[:300]
