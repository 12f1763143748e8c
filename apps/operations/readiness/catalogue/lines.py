"""What a line of the catalogue is: one box of the readiness document and how it is ticked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from apps.operations.readiness.looking import Check


class Component(StrEnum):
    """The five parts that get a score."""

    INFRASTRUCTURE = "infrastructure"
    SECURITY = "security"
    PERFORMANCE = "performance"
    PEOPLE = "people"
    PROCEDURES = "procedures"


COMPONENTS = {
    Component.INFRASTRUCTURE: _("Technical infrastructure"),
    Component.SECURITY: _("Security"),
    Component.PERFORMANCE: _("Performance and monitoring"),
    Component.PEOPLE: _("User training and support"),
    Component.PROCEDURES: _("Documentation and procedures"),
}


@dataclass(frozen=True)
class Line:
    """One box. It is ticked when all of its checks pass."""

    key: str
    title: StrOrPromise
    checks: tuple[Check, ...]
    obligatory: bool = True


@dataclass(frozen=True)
class Section:
    """One list of boxes, as the readiness document groups them."""

    key: str
    title: StrOrPromise
    component: Component
    lines: tuple[Line, ...]


def line(key: str, title: StrOrPromise, *checks: Check, obligatory: bool = True) -> Line:
    """A box with its checks."""
    return Line(key, title, checks, obligatory)
