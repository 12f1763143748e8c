"""The one way a document changes state: a transition table and the runner that works it.

Every interface ends here. The runner locks a fresh row, checks state, version and policy, applies
the move, validates, saves, and records history in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditlog.context import disable_auditlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from apps.common import events
from apps.common.errors import (
    InvalidInputError,
    NotPermittedError,
    StaleVersionError,
    TransitionError,
)
from apps.common.models.documents import Decided
from apps.common.text import refuse_hidden

Policy = Callable[[Any, Any], bool]
Effect = Callable[..., None]


@dataclass(frozen=True)
class Transition:
    """One allowed move: from states, to which state, who may, what it does.

    `effect(document, by=…, comment=…)` runs under the lock before validation; it may raise.
    `stamps` names the date-and-person pairs to fill: `submitted` fills submitted_at and _by.
    `asks` is set where one click is too little, such as for a signature.
    """

    name: str
    label: StrOrPromise
    sources: frozenset[str]
    target: str
    allows: Policy
    effect: Effect | None = None
    stamps: tuple[str, ...] = ()
    needs_reason: bool = False
    asks: bool = False
    offered: bool = True
    tone: str = "default"


@dataclass(frozen=True)
class Table:
    """All moves of one kind of document; buttons, API actions, diagram and tests come from it."""

    kind: str
    transitions: Mapping[str, Transition] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: str, transitions: Iterable[Transition]) -> Table:
        """Build the table, refusing two moves of one name."""
        by_name: dict[str, Transition] = {}
        for transition in transitions:
            if transition.name in by_name:
                raise ValueError(f"{kind}: transition {transition.name} is there twice")
            by_name[transition.name] = transition
        return cls(kind, by_name)

    def __getitem__(self, name: str) -> Transition:
        return self.transitions[name]

    def available(self, user: Any, document: Decided) -> list[Transition]:
        """The moves this person may make on this document as it stands now."""
        return [
            transition
            for transition in self.transitions.values()
            if transition.offered
            and document.status in transition.sources
            and transition.allows(user, document)
        ]


def lock[D: Decided](document: D, *, expected_version: int | None = None) -> D:
    """Take the row lock and read the document fresh; refuse when it is not the version seen.

    Raises StaleVersionError. Must be called inside a transaction.
    """
    manager = type(document)._default_manager
    fresh: D = manager.select_for_update(of=("self",)).get(pk=document.pk)
    if expected_version is not None and fresh.version != expected_version:
        raise StaleVersionError(current=fresh.version)
    return fresh


@transaction.atomic
def run[D: Decided](
    transition: Transition,
    document: D,
    *,
    by: Any,
    comment: str = "",
    expected_version: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> D:
    """Make one move and return the saved document; the caller's instance is only a key.

    Raises TransitionError, NotPermittedError, StaleVersionError, InvalidInputError, or whatever
    the effect refuses with. Nothing is written when anything is refused.
    """
    fresh = lock(document, expected_version=expected_version)
    return run_locked(transition, fresh, by=by, comment=comment, changes=changes)


def run_locked[D: Decided](
    transition: Transition,
    fresh: D,
    *,
    by: Any,
    comment: str = "",
    changes: Mapping[str, Any] | None = None,
) -> D:
    """Make one move on a document that the caller read under its row lock in this transaction.

    Raises what `run` raises; the caller's instance is the one that is changed and saved.
    """
    before = events.snapshot(fresh)
    _check(transition, fresh, by=by, comment=comment)
    for name, value in (changes or {}).items():
        setattr(fresh, name, value)
    if transition.effect is not None:
        transition.effect(fresh, by=by, comment=comment)
    _stamp(fresh, transition, by=by, comment=comment)
    fresh.status = transition.target
    save(fresh, by=by)
    events.record(
        events.Record(
            fresh,
            events.Action.UPDATE,
            f"{fresh._meta.model_name}.{transition.name}",
            events.difference(before, events.snapshot(fresh)),
            comment=comment,
            actor=by,
        )
    )
    return fresh


def save(document: Decided, *, by: Any) -> None:
    """Validate, raise the version and save a document that is locked by the caller.

    Constraints are the database's to judge: asking it about each of them first would cost a
    statement for each. When it refuses, the rule that was broken is named (ValidationError).
    """
    document.version += 1
    document.updated_by = by
    document.updated_at = timezone.now()
    # Foreign keys were resolved by the caller under the same transaction and the database checks
    # them again; asking for each of them once more would double the statements of every move.
    related = [f.name for f in document._meta.concrete_fields if f.is_relation]
    document.full_clean(exclude=related, validate_unique=False, validate_constraints=False)
    try:
        # The caller records the change with its reason; a second entry of the same is noise.
        with transaction.atomic(), disable_auditlog():
            document.save()
    except IntegrityError:
        document.validate_constraints(exclude=related)
        raise


def _check(transition: Transition, document: Decided, *, by: Any, comment: str) -> None:
    if document.status not in transition.sources:
        raise TransitionError(
            _("%(document)s is %(status)s; “%(move)s” is not possible from there.")
            % {
                "document": document,
                "status": document.get_status_display(),
                "move": transition.label,
            },
            status=document.status,
        )
    if not transition.allows(by, document):
        raise NotPermittedError()
    if transition.needs_reason and not comment.strip():
        raise InvalidInputError(
            _("Give a reason."), code="reason_required", errors={"comment": [_("Give a reason.")]}
        )
    refuse_hidden(comment, "comment")


def _stamp(document: Decided, transition: Transition, *, by: Any, comment: str) -> None:
    for stamp in transition.stamps:
        setattr(document, f"{stamp}_at", timezone.now())
        if hasattr(document, f"{stamp}_by_id"):
            setattr(document, f"{stamp}_by", by)
    if transition.needs_reason:
        document.reason = comment
