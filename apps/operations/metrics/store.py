"""The embedded store: rows of all processes added up in the database.

Several processes write the same minute. The rows are made first, empty, then locked and added to,
so nothing is lost between them; all in the same order, so they never wait for each other in a ring.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from apps.operations.metrics.tally import Key, Row
from apps.operations.models import Sample, Series

UNIQUE = ("series", "minute")
FIGURES = ("count", "total", "minimum", "maximum", "buckets")

type Name = tuple[str, str]  # metric and label


@transaction.atomic
def add(rows: Mapping[Key, Row]) -> int:
    """Add rows to what is stored, with four statements; returns how many."""
    if not rows:
        return 0
    numbers = _series({key[:2] for key in rows})
    placed = sorted((numbers[key[:2]], key[2], key) for key in rows)
    samples = [_sample(number, minute, rows[key]) for number, minute, key in placed]
    empty = [_sample(number, minute, Row()) for number, minute, _key in placed]
    Sample.objects.bulk_create(empty, ignore_conflicts=True)
    stored = _locked(samples)
    for sample in samples:
        row = row_of(stored[sample.series_id, sample.minute])
        row.merge(row_of(sample))
        _fill(sample, row)
    Sample.objects.bulk_create(
        samples, update_conflicts=True, unique_fields=UNIQUE, update_fields=FIGURES
    )
    return len(samples)


def row_of(sample: Sample) -> Row:
    """The figures of a stored row."""
    figures = (sample.count, sample.total, sample.minimum, sample.maximum)
    return Row(*figures, buckets=list(sample.buckets))


def _series(wanted: set[Name]) -> dict[Name, int]:
    """The number of each series; those nobody measured before are made."""
    found = _known(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        made = [Series(metric=metric, label=label) for metric, label in missing]
        Series.objects.bulk_create(made, ignore_conflicts=True)
        found = _known(wanted)
    return found


def _known(wanted: set[Name]) -> dict[Name, int]:
    rows = Series.objects.filter(metric__in={metric for metric, _label in wanted})
    return {(metric, label): pk for pk, metric, label in rows.values_list("pk", "metric", "label")}


def _locked(samples: list[Sample]) -> dict[tuple[int, dt.datetime], Sample]:
    found = Sample.objects.select_for_update().filter(
        minute__in={s.minute for s in samples}, series__in={s.series_id for s in samples}
    )
    return {(row.series_id, row.minute): row for row in found.order_by("series_id", "minute")}


def _sample(number: int, minute: int, row: Row) -> Sample:
    sample = Sample(series_id=number, minute=dt.datetime.fromtimestamp(minute, dt.UTC))
    _fill(sample, row)
    return sample


def _fill(sample: Sample, row: Row) -> None:
    for name in FIGURES:
        setattr(sample, name, getattr(row, name))
