"""Writing down what is asked for: create, change, copy, delete. Moves are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.catalog.models import Currency
from apps.common import context, events, text, workflow
from apps.common.errors import (
    InvalidInputError,
    NotPermittedError,
    StaleVersionError,
    TransitionError,
)
from apps.common.services import attachments
from apps.common.validation import field_errors
from apps.requisitions import policies
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.services import charging, totals
from apps.requisitions.services import lines as line_services
from apps.requisitions.states import EDITABLE

TEXTS = ("title", "external_reference")
LONG_TEXTS = ("justification", "delivery_address", "notes_internal")
RECORDS = ("department", "cost_centre", "project", "currency", "on_behalf_of")
FIELDS = (*TEXTS, *LONG_TEXTS, *RECORDS, "needed_by", "priority", "language")
Lines = Sequence[Mapping[str, Any]]


@transaction.atomic
def create(
    *,
    by: Any,
    data: Mapping[str, Any],
    lines: Lines,
    on_behalf_of: Any = None,
    copied_from: Requisition | None = None,
) -> Requisition:
    """Write down a new draft.

    Raises NotPermittedError, and InvalidInputError with all that is wrong, by field and line.
    """
    if not policies.may_create(by):
        raise NotPermittedError()
    requisition = Requisition(
        requester=by, created_by=by, updated_by=by, language=by.language, copied_from=copied_from
    )
    given = {"on_behalf_of": on_behalf_of, **data}
    if given.get("department") is None:
        given["department"] = by.department
    errors = _fill(requisition, given, by=by)
    rows = _read_lines(requisition, lines, errors, existing=(), by=by)
    requisition.save()
    for row in rows:
        row.requisition = requisition
    RequisitionLine.objects.bulk_create(rows)
    with context.working(actor=by):
        events.record(
            *events.created([requisition], "requisition.created"),
            *events.created(rows, "requisition_line.created"),
        )
    requisition.shown_lines = rows
    return requisition


@transaction.atomic
def update(
    requisition: Requisition,
    *,
    by: Any,
    data: Mapping[str, Any],
    lines: Lines | None = None,
    expected_version: int | None = None,
) -> Requisition:
    """Change a draft or a returned requisition; `lines`, when given, are all of them.

    Raises StaleVersionError, TransitionError, NotPermittedError and InvalidInputError.
    """
    fresh = _lock_to_edit(requisition, by=by, expected_version=expected_version)
    before = events.snapshot(fresh)
    existing = list(fresh.lines.select_for_update().order_by("pk"))
    lines_before = {line.pk: events.snapshot(line) for line in existing}
    currency_before = fresh.currency_id
    errors = _fill(fresh, data, by=by)
    if lines is None and fresh.currency_id == currency_before:
        _refuse(errors)
        rows, records = existing, []
    else:
        payloads = [{"id": line.pk} for line in existing] if lines is None else lines
        rows = _read_lines(fresh, payloads, errors, existing=_resolved(existing), by=by)
        records = _save_lines(fresh, rows, lines_before, by=by)
    totals.recompute(fresh, rows)
    workflow.save(fresh, by=by)
    changed = events.difference(before, events.snapshot(fresh))
    with context.working(actor=by):
        events.record(
            events.Record(fresh, events.Action.UPDATE, "requisition.updated", changed), *records
        )
    fresh.shown_lines = rows
    return fresh


@transaction.atomic
def copy(requisition: Requisition, *, by: Any, **_ignored: Any) -> Requisition:
    """Ask for the same things again, in one's own name: a new draft without its history.

    Approvals, numbers, quantities ordered and prices' dates do not come along; records that may no
    longer be used are named, not replaced.
    """
    if not policies.may_copy(by, requisition):
        raise NotPermittedError()
    source = Requisition.objects.with_header().get(pk=requisition.pk)
    data = {name: getattr(source, name) for name in FIELDS if name != "external_reference"}
    data["needed_by"] = None
    if not policies.may_request_for_others(by):
        data["on_behalf_of"] = None
    data |= charging.usable(by, source)
    related = ("item__category", "item__base_unit", "item__purchase_unit", *line_services.RECORDS)
    lines = [
        {name: getattr(line, name) for name in line_services.FIELDS} | {"needed_by": None}
        for line in source.lines.select_related(*related).order_by("line_no")
    ]
    return create(by=by, data=data, lines=lines, copied_from=source)


@transaction.atomic
def delete(requisition: Requisition, *, by: Any, expected_version: int | None = None) -> None:
    """Throw a draft away that never had a number. Raises TransitionError for anything else."""
    fresh = workflow.lock(requisition, expected_version=expected_version)
    if not policies.is_owner(by, fresh):
        raise NotPermittedError()
    if not policies.may_delete(by, fresh):
        raise TransitionError(
            _("Only a draft that was never submitted can be deleted. Cancel it instead."),
            status=fresh.status,
        )
    fresh.copies.update(copied_from=None)
    attachments.of(fresh).update(removed_at=timezone.now())
    rows = list(fresh.lines.all())
    with context.working(actor=by):
        events.record(
            *(_deleted(row) for row in rows),
            events.Record(fresh, events.Action.DELETE, "requisition.deleted"),
        )
    fresh.delete()


def _lock_to_edit(
    requisition: Requisition, *, by: Any, expected_version: int | None
) -> Requisition:
    """The locked row with its records, if it may be edited as it stands."""
    rows = Requisition.objects.with_header().select_for_update(of=("self",))
    fresh: Requisition = rows.get(pk=requisition.pk)
    if not policies.may_edit(by, fresh):
        raise NotPermittedError()
    if expected_version is not None and fresh.version != expected_version:
        raise StaleVersionError(current=fresh.version)
    if fresh.status not in EDITABLE:
        raise TransitionError(
            _("%(document)s is %(status)s, so it cannot be changed.")
            % {"document": fresh, "status": fresh.get_status_display()},
            status=fresh.status,
        )
    return fresh


def _fill(requisition: Any, data: Mapping[str, Any], *, by: Any) -> line_services.Errors:
    """Write the header's values and say what is wrong with them, by field."""
    errors: line_services.Errors = {}
    for name in FIELDS:
        if name in data:
            setattr(requisition, name, _cleaned(name, data[name]))
    if requisition.currency_id is None:
        requisition.currency = Currency.objects.get(code=settings.BASE_CURRENCY)
    requisition.exchange_rate = None
    for name in ("department", "cost_centre"):
        if getattr(requisition, f"{name}_id") is None:
            errors[name] = [_("This value is required.")]
    errors |= field_errors(requisition)
    if not errors:
        errors = charging.check(requisition, by=by, given=data)
    return errors


def _cleaned(name: str, value: Any) -> Any:
    if name in TEXTS:
        return text.one_line(value or "")
    return text.many_lines(value or "") if name in LONG_TEXTS else value


def _read_lines(
    requisition: Requisition,
    payloads: Lines,
    errors: line_services.Errors,
    *,
    existing: Sequence[RequisitionLine],
    by: Any,
) -> list[RequisitionLine]:
    """The lines and the totals; raises everything that is wrong with header and lines at once."""
    rows, wrong = line_services.read(requisition, payloads, existing=existing, by=by)
    _refuse(errors | wrong)
    try:
        totals.recompute(requisition, rows)
    except InvalidInputError as error:
        raise InvalidInputError(
            str(error), code=error.code, errors={"lines": [str(error)]}
        ) from None
    return rows


def _refuse(errors: line_services.Errors) -> None:
    if errors:
        raise InvalidInputError(errors=errors)


def _resolved(existing: list[RequisitionLine]) -> list[RequisitionLine]:
    """Existing lines with the records that defaults and checks read, in as few statements."""
    models.prefetch_related_objects(
        existing, "unit", "item__category", "item__base_unit", "item__purchase_unit"
    )
    return existing


def _save_lines(
    requisition: Requisition,
    rows: list[RequisitionLine],
    before: dict[int, dict[str, Any]],
    *,
    by: Any,
) -> list[events.Record]:
    """Delete, change and add lines; line numbers follow the order given."""
    kept = [row for row in rows if row.pk]
    added = [row for row in rows if not row.pk]
    gone = list(requisition.lines.exclude(pk__in=[row.pk for row in kept])) if before else []
    records = [_deleted(row) for row in gone]
    if gone:
        requisition.lines.filter(pk__in=[row.pk for row in gone]).delete()
    changed = []
    for row in kept:
        changes = events.difference(before[row.pk], events.snapshot(row))
        if changes:
            row.updated_by, row.updated_at = by, timezone.now()
            changed.append(row)
            records.append(
                events.Record(row, events.Action.UPDATE, "requisition_line.updated", changes)
            )
    _write_changed(requisition, changed, before)
    RequisitionLine.objects.bulk_create(added)
    return records + events.created(added, "requisition_line.created")


def _deleted(row: RequisitionLine) -> events.Record:
    return events.Record(row, events.Action.DELETE, "requisition_line.deleted")


def _write_changed(
    requisition: Requisition, changed: list[RequisitionLine], before: dict[int, dict[str, Any]]
) -> None:
    """Two lines never have one number, not even between two statements: first out of the way."""
    if any(before[row.pk]["line_no"] != row.line_no for row in changed):
        moved = [row.pk for row in changed]
        shift = models.F("line_no") + 2 * line_services.MOST_LINES
        requisition.lines.filter(pk__in=moved).update(line_no=shift)
    if changed:
        fields = ["line_no", "amount", "updated_by", "updated_at", *line_services.FIELDS]
        RequisitionLine.objects.bulk_update(changed, fields)
