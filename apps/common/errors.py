"""Domain errors: what a business rule says when it refuses, with a stable code for machines.

Interfaces translate these; nothing below the interfaces knows about HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

FieldErrors = Mapping[str, Sequence[StrOrPromise]]


class DomainError(Exception):
    """A refusal by a business rule, safe to show to the person who asked."""

    code = "domain_error"
    message: StrOrPromise = _("The request breaks a business rule.")

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        code: str | None = None,
        errors: FieldErrors | None = None,
        **details: Any,
    ) -> None:
        self.message = message or type(self).message
        self.code = code or type(self).code
        self.errors: FieldErrors = errors or {}
        self.details = details
        super().__init__(str(self.message))

    def __str__(self) -> str:
        return str(self.message)


class InvalidInputError(DomainError):
    """What was given cannot be read or breaks a rule; `errors` names the fields and lines."""

    code = "invalid_input"
    message = _("Some of the values cannot be accepted.")


class NotPermittedError(DomainError):
    """The person may see the document but not do this to it."""

    code = "not_permitted"
    message = _("You are not allowed to do this.")


class SegregationOfDutiesError(NotPermittedError):
    """Four eyes: nobody decides on what they asked for, edited or stand in for."""

    code = "segregation_of_duties"
    message = _("You asked for or edited this document, so somebody else has to decide on it.")


class TransitionError(DomainError):
    """The move does not start from the state the document is in now."""

    code = "illegal_transition"
    message = _("The document is in a state that does not allow this.")


class StaleVersionError(DomainError):
    """Somebody else changed the document since it was read."""

    code = "stale_version"
    message = _("Somebody changed this document meanwhile. Reload it and try again.")


class ConflictError(DomainError):
    """The work collides with what is already there (quantity taken, key in flight)."""

    code = "conflict"
    message = _("This collides with something that was done meanwhile.")


class RouteError(DomainError):
    """No approval route can be built; `details['blockers']` says why, one by one."""

    code = "route_blocked"
    message = _("The approval route cannot be built.")
