"""Loading requisitions as drafts: whoever asked for them still submits them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Department, User
from apps.budgets.models import CostCentre, Project
from apps.catalog.importers.lookups import Lookups
from apps.catalog.models import Category, Currency, Item, Supplier, Unit
from apps.common import events
from apps.common.errors import DomainError
from apps.common.importing.gathering import Document, gather
from apps.common.importing.kinds import ImportKind, ImportWork, Outcome, ParsedRow
from apps.common.money import round_money
from apps.requisitions import services
from apps.requisitions.importers.fields import FIELDS, HEADER
from apps.requisitions.models import Requisition, RequisitionLine

REFERENCES = {
    "department": Department,
    "cost_centre": CostCentre,
    "project": Project,
    "currency": Currency,
    "item": Item,
    "category": Category,
    "unit": Unit,
    "preferred_supplier": Supplier,
}


def apply(rows: Sequence[ParsedRow], work: ImportWork) -> Outcome:
    """Write a batch of requisitions through the service the workspace uses."""
    outcome = Outcome()
    lookups = Lookups(rows, REFERENCES)
    people = _people(rows)

    def resolve(row: ParsedRow, values: dict[str, Any]) -> bool:
        found = lookups.take(row, values, outcome)
        name = values.get("requester")
        if name is not None:
            values["requester"] = people.get(name)
            if values["requester"] is None:
                message = _("There is no user “%(name)s”.") % {"name": name}
                return not outcome.refuse(row, "requester", "unknown_user", message) and found
        return found

    documents = gather(REQUISITIONS, rows, HEADER, resolve, outcome)
    written = _written(documents, work)
    with events.batched():
        made = [
            requisition
            for document in documents
            if _is_new(document, written, work, outcome)
            and not _repeats_a_row(document, outcome)
            and (requisition := _draft(document, work, outcome)) is not None
        ]
    _count(made, outcome)
    return outcome


def _people(rows: Sequence[ParsedRow]) -> dict[str, User]:
    names = {row.values.get("requester") for row in rows} - {None}
    found = User.objects.filter(username__in=names, is_active=True).select_related("department")
    return {user.username: user for user in found}


def _reference(document: Document, work: ImportWork) -> str:
    """What tells that a requisition is there already: its reference, or its place in the file."""
    given = document.header.get("reference")
    return str(given) if given else f"{work.digest[:16]} {document.rows[0].number}"


def _written(documents: Iterable[Document], work: ImportWork) -> set[str]:
    """The references among these that this person brought in before."""
    references = [_reference(document, work) for document in documents]
    rows = Requisition.objects.filter(requester=work.by, external_reference__in=references)
    return set(rows.values_list("external_reference", flat=True))


def _is_new(document: Document, written: set[str], work: ImportWork, outcome: Outcome) -> bool:
    if _reference(document, work) in written:
        outcome.unchanged += 1
        return False
    return True


def _repeats_a_row(document: Document, outcome: Outcome) -> bool:
    """The same row twice would ask for the thing twice; which was meant cannot be known."""
    seen: dict[frozenset[tuple[str, Any]], int] = {}
    repeated = False
    for row in document.rows:
        first = seen.setdefault(frozenset(row.values.items()), row.number)
        if first != row.number:
            message = _("The row says the same as row %(row)s.") % {"row": first}
            outcome.errors.append(row.error("title", "repeated_row", message))
            repeated = True
    return repeated


def _draft(document: Document, work: ImportWork, outcome: Outcome) -> Requisition | None:
    data = {n: v for n, v in document.header.items() if n not in {"reference", "requester"}}
    data["external_reference"] = _reference(document, work)
    days = {line.get("needed_by") for line in document.lines}
    if len(days) == 1:
        data["needed_by"] = days.pop()
    for_whom = document.header.get("requester")
    try:
        return services.create(by=work.by, data=data, lines=document.lines, on_behalf_of=for_whom)
    except DomainError as error:
        document.refuse(error.errors or {"title": [error.message]}, outcome)
        return None


def _count(made: Sequence[Requisition], outcome: Outcome) -> None:
    """Counts and sums, read back from what was written."""
    keys = [requisition.pk for requisition in made]
    outcome.created += len(keys)
    outcome.count(_("requisitions"), len(keys))
    rows = Requisition.objects.filter(pk__in=keys)
    for currency, places, total in rows.values_list(
        "currency__code", "currency__minor_units", "estimated_total"
    ):
        outcome.count(_("total %(currency)s") % {"currency": currency}, round_money(total, places))
    outcome.count(_("lines"), RequisitionLine.objects.filter(requisition__in=keys).count())


REQUISITIONS = ImportKind(
    name="requisitions",
    label=gettext_lazy("Requisitions"),
    fields=FIELDS,
    permission="requisitions.add_requisition",
    apply=apply,
    key=("reference", "title"),
    batch_size=200,
)
