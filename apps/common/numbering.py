"""Gapless document numbers: one counter row per kind and year, locked last in a transaction."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common.models import NumberSequence


def take(kind: str, prefix: str, *, year: int | None = None) -> str:
    """The next number, e.g. `PR-2026-00042`; called inside a transaction, as late as can be.

    The counter row stays locked until commit; a rollback gives the number back, so there are no
    gaps and no doubles.
    """
    year = year or timezone.localdate().year
    try:
        sequence = NumberSequence.objects.select_for_update().get(kind=kind, year=year)
    except NumberSequence.DoesNotExist:
        sequence = _first_of_year(kind, prefix, year)
    value = sequence.next_value
    NumberSequence.objects.filter(pk=sequence.pk).update(next_value=value + 1)
    return f"{sequence.prefix}-{year}-{value:05d}"


def _first_of_year(kind: str, prefix: str, year: int) -> NumberSequence:
    try:
        with transaction.atomic():
            NumberSequence.objects.create(kind=kind, year=year, prefix=prefix)
    except IntegrityError:
        # Another transaction opened the year first; its row is the one to wait for.
        pass
    return NumberSequence.objects.select_for_update().get(kind=kind, year=year)
