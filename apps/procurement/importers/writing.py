"""Writing the orders of a batch: as drafts, one by one, or as closed orders of the past."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.common import events
from apps.common.errors import DomainError, InvalidInputError
from apps.common.importing.gathering import Document
from apps.common.importing.kinds import ImportWork, Outcome
from apps.common.money import AmountError, line_net, round_money
from apps.procurement import services
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine

_ORDER = re.compile(r"orders\.([0-9]+)\.(.+)")


def draft(documents: list[Document], work: ImportWork, outcome: Outcome) -> None:
    """Draft each order through the service everybody drafts with."""
    made = []
    known = _drafted(documents)
    with events.batched():
        for document in documents:
            header = dict(document.header)
            number, supplier = header.pop("number"), header["supplier"]
            if (number, supplier.pk) in known:
                outcome.unchanged += 1
                continue
            header["external_reference"] = number
            lines = [{n: v for n, v in line.items() if n != "amount"} for line in document.lines]
            if not _amounts_agree(document, outcome):
                continue
            try:
                made.append(services.create(by=work.by, data=header, lines=lines))
            except DomainError as error:
                document.refuse(error.errors or {"number": [error.message]}, outcome)
    _count(made, outcome)


def _drafted(documents: Iterable[Document]) -> set[tuple[str, int]]:
    numbers = [document.header["number"] for document in documents]
    rows = PurchaseOrder.objects.filter(external_reference__in=numbers)
    return set(rows.values_list("external_reference", "supplier_id"))


def _amounts_agree(document: Document, outcome: Outcome) -> bool:
    """A draft is counted by us; an amount in the file that differs is a question, not a value."""
    before = len(outcome.errors)
    for row, line in zip(document.rows, document.lines, strict=True):
        stated, price, quantity = (line.get(n) for n in ("amount", "unit_price", "quantity"))
        if stated is None or price is None or quantity is None:
            continue
        places = document.header["currency"].minor_units
        try:
            computed = line_net(quantity, price, minor_units=places)
        except AmountError as error:
            outcome.errors.append(row.error("amount", error.code, str(error)))
            continue
        if computed != stated:
            message = _("Quantity times price is %(computed)s, not %(stated)s.")
            named = {"computed": computed, "stated": stated}
            outcome.errors.append(row.error("amount", "amount_differs", message % named))
    return len(outcome.errors) == before


def register(documents: list[Document], work: ImportWork, outcome: Outcome) -> None:
    """Register past orders; one that is there under its number stays as it is."""
    taken = services.taken_numbers({document.header["number"] for document in documents})
    new = [document for document in documents if document.header["number"] not in taken]
    outcome.unchanged += len(documents) - len(new)
    rates = work.memory.setdefault("rates", services.PastRates())
    try:
        done, new = _registered(new, work, outcome, rates)
    except DomainError as error:
        for document in new:
            document.refuse({"number": [error.message]}, outcome)
        return
    for path, code, message in done.notices:
        document, rest = _place(path, new)
        row = document.rows[int(rest.split(".")[1])]
        outcome.notices.append(row.error("amount", code, message))
    _note_missing_rates(done, new, work, outcome)
    _count(done.orders, outcome)


def _registered(
    documents: list[Document], work: ImportWork, outcome: Outcome, rates: services.PastRates
) -> tuple[services.Registered, list[Document]]:
    """All of them, or, when some are refused, the others."""
    try:
        return _write(documents, work, rates), documents
    except InvalidInputError as error:
        bad = _refused(error.errors, documents, outcome)
        if not bad:
            raise
        good = [document for at, document in enumerate(documents) if at not in bad]
        return _write(good, work, rates), good


def _write(
    documents: list[Document], work: ImportWork, rates: services.PastRates
) -> services.Registered:
    orders = [
        services.PastOrder(
            number=document.header["number"],
            header={n: v for n, v in document.header.items() if n != "number"},
            lines=document.lines,
        )
        for document in documents
    ]
    return services.register_past_orders(orders, by=work.by, source=work.file_name, rates=rates)


def _refused(errors: Mapping[str, Any], documents: list[Document], outcome: Outcome) -> set[int]:
    bad = set()
    for path, messages in errors.items():
        found = _ORDER.fullmatch(path)
        if found:
            bad.add(int(found.group(1)))
            documents[int(found.group(1))].refuse({found.group(2): messages}, outcome)
    return bad


def _place(path: str, documents: list[Document]) -> tuple[Document, str]:
    found = _ORDER.fullmatch(path)
    if found is None:
        raise LookupError(path)
    return documents[int(found.group(1))], found.group(2)


def _note_missing_rates(
    done: services.Registered, documents: list[Document], work: ImportWork, outcome: Outcome
) -> None:
    """Say once for each currency that there are orders without a value in base currency."""
    told: set[str] = work.memory.setdefault("without_rate", set())
    for code in sorted(done.without_rate - told):
        told.add(code)
        first = next(
            document.rows[0]
            for document, order in zip(documents, done.orders, strict=True)
            if order.currency.code == code and order.base_total is None
        )
        message = _("No rate of %(currency)s for the day: such orders have no value in %(base)s.")
        named = {"currency": code, "base": settings.BASE_CURRENCY}
        outcome.warnings.append(first.error("currency", "no_exchange_rate", message % named))


def _count(orders: Iterable[PurchaseOrder], outcome: Outcome) -> None:
    """Counts and sums, read back from what was written."""
    keys = [order.pk for order in orders]
    outcome.created += len(keys)
    outcome.count(_("orders"), len(keys))
    rows = PurchaseOrder.objects.filter(pk__in=keys).values_list(
        "currency__code", "currency__minor_units", "total"
    )
    for currency, places, total in rows:
        outcome.count(_("total %(currency)s") % {"currency": currency}, round_money(total, places))
    outcome.count(_("lines"), PurchaseOrderLine.objects.filter(order__in=keys).count())
