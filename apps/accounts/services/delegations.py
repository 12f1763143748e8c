"""Who stands in for whom, for how long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import policies
from apps.accounts.models import Delegation
from apps.common import context
from apps.common.errors import ConflictError, NotPermittedError


@transaction.atomic
def delegate(delegation: Delegation, *, by: Any) -> Delegation:
    """Let somebody decide for another for a time. Takes a filled, unsaved delegation.

    Raises NotPermittedError, and Django's ValidationError when the time collides with another
    delegation of the same person or would send decisions round in a circle.
    """
    if not policies.may_delegate(by, delegation.delegator, delegation.delegate):
        raise NotPermittedError
    _lock_delegations()
    delegation.created_by = delegation.updated_by = by
    delegation.full_clean()
    check(delegation)
    with context.working(event="delegation.create"):
        delegation.save()
    return delegation


@transaction.atomic
def revoke(delegation: Delegation, *, by: Any, comment: str = "") -> Delegation:
    """End a delegation before its time. Raises NotPermittedError and ConflictError."""
    fresh: Delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if not policies.may_revoke(by, fresh):
        raise NotPermittedError
    if fresh.revoked_at is not None or fresh.ends_at <= timezone.now():
        raise ConflictError(_("This delegation has ended already."), code="already_ended")
    fresh.revoked_at = timezone.now()
    fresh.updated_by = by
    with context.working(event="delegation.revoke", comment=comment):
        fresh.save()
    return fresh


def check(delegation: Delegation) -> None:
    """Whether a valid delegation fits beside the others; forms ask first, the service decides.

    Raises Django's ValidationError.
    """
    _check_times(delegation, timezone.now())
    if not delegation.delegate.is_active:
        raise ValidationError({"delegate": _("This account is shut.")})
    _check_overlap(delegation)
    _check_circle(delegation)


def _lock_delegations() -> None:
    """One delegation is given at a time: a circle may run through any number of people.

    The row of the model's content type stands for all of them; those not yet there have no row.
    """
    rows = ContentType.objects.select_for_update(no_key=True)
    rows.get(pk=ContentType.objects.get_for_model(Delegation).pk)


def _check_times(delegation: Delegation, now: datetime) -> None:
    if delegation.ends_at is not None and delegation.ends_at <= now:
        raise ValidationError({"ends_at": _("This time is over already.")})


def _overlapping(delegation: Delegation) -> Any:
    return Delegation.objects.filter(
        revoked_at=None,
        starts_at__lt=delegation.ends_at,
        ends_at__gt=delegation.starts_at,
    )


def _check_overlap(delegation: Delegation) -> None:
    if _overlapping(delegation).filter(delegator=delegation.delegator).exists():
        text = _("There is a delegation for a part of this time already. End it first.")
        raise ValidationError({"starts_at": text}, code="delegation_overlaps")


def _check_circle(delegation: Delegation) -> None:
    """Follow who stands in for the one who stands in; coming back would leave nobody to decide."""
    pairs = _overlapping(delegation).values_list("delegator_id", "delegate_id")
    stands_in: dict[int, set[int]] = {}
    for delegator, substitute in pairs:
        stands_in.setdefault(delegator, set()).add(substitute)
    waiting, seen = [delegation.delegate_id], set[int]()
    while waiting:
        pk = waiting.pop()
        if pk == delegation.delegator_id:
            text = _("Decisions would go round in a circle: this person is away at the same time.")
            raise ValidationError({"delegate": text}, code="delegation_circle")
        if pk not in seen:
            seen.add(pk)
            waiting.extend(stands_in.get(pk, ()))
