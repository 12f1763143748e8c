"""Orders of the past: registered as they were, closed, under the number they had elsewhere.

They bind nobody and go through no approval, because what they say has happened; what is open is
drafted and approved like any other order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.common import events
from apps.common.errors import InvalidInputError, NotPermittedError
from apps.common.money import TaxableLine, document_totals, exact, line_net, round_money
from apps.procurement import policies
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.procurement.services import lines as line_services
from apps.procurement.services.effects import PREFIX
from apps.procurement.services.past_rates import PastRates
from apps.procurement.services.suppliers import snapshot
from apps.procurement.services.writing import Errors, clean, refuse
from apps.procurement.states import OrderStatus

_OURS = re.compile(rf"{PREFIX}-[0-9]{{4}}-[0-9]{{5,}}", re.IGNORECASE)
CHUNK = 500


@dataclass(frozen=True)
class PastOrder:
    """What is known of an order; `amount` of a line, when given, is what was paid for it."""

    number: str
    header: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]


@dataclass
class Registered:
    """The orders that were written, and what is odd about them, by path (`orders.0.lines.1`)."""

    orders: list[PurchaseOrder] = field(default_factory=list)
    notices: list[tuple[str, str, str]] = field(default_factory=list)
    without_rate: set[str] = field(default_factory=set)


@transaction.atomic
def register_past_orders(
    orders: Sequence[PastOrder], *, by: Any, source: str = "", rates: PastRates | None = None
) -> Registered:
    """Write closed orders, many at once, with one batch of history.

    Raises NotPermittedError, and InvalidInputError with all that is wrong by path
    (`orders.3.lines.0.quantity`).
    """
    if not policies.may_register(by):
        raise NotPermittedError()
    done = Registered()
    errors: Errors = _numbers(orders)
    rates = rates or PastRates()
    rows: list[PurchaseOrderLine] = []
    for index, past in enumerate(orders):
        order, lines, wrong = _built(past, by=by)
        wrong = wrong or clean(order, lines) or _compute(order, lines, past, rates, done, index)
        errors |= {f"orders.{index}.{path}": found for path, found in wrong.items()}
        done.orders.append(order)
        rows += lines
    refuse(errors)
    _write(done.orders, rows, by=by, source=source)
    return done


def _numbers(orders: Sequence[PastOrder]) -> Errors:
    """A number is somebody's already, or would be ours one day."""
    counted = Counter(past.number for past in orders)
    taken = taken_numbers(counted)
    errors = {}
    for index, past in enumerate(orders):
        if past.number in taken or counted[past.number] > 1:
            message = _("There is an order %(number)s already.")
        elif _OURS.fullmatch(past.number):
            message = _("%(number)s is a number of our own sequence.")
        else:
            continue
        errors[f"orders.{index}.number"] = [message % {"number": past.number}]
    return errors


def taken_numbers(numbers: Any) -> set[str]:
    """Which of these numbers an order has."""
    wanted = sorted(numbers)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        some = PurchaseOrder.objects.filter(number__in=wanted[start : start + CHUNK])
        found.update(some.values_list("number", flat=True))
    return found


def _built(past: PastOrder, *, by: Any) -> tuple[PurchaseOrder, list[PurchaseOrderLine], Errors]:
    order = PurchaseOrder(
        number=past.number,
        status=OrderStatus.CLOSED,
        buyer=by,
        created_by=by,
        updated_by=by,
        **past.header,
    )
    order.language = order.supplier.language
    snapshot(order)
    if not policies.may_buy_for(by, order.department_id):
        return order, [], {"department": [_("You do not buy for this department.")]}
    errors: Errors = {}
    lines = []
    for number, payload in enumerate(past.lines, start=1):
        line = PurchaseOrderLine(order=order, line_no=number, created_by=by, updated_by=by)
        wrong = line_services.fill(line, {"tax_code": None, **payload})
        line.tax_code = payload.get("tax_code")
        errors |= {f"lines.{number - 1}.{name}": found for name, found in wrong.items()}
        lines.append(line)
    return order, lines, errors


def _compute(
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    past: PastOrder,
    rates: PastRates,
    done: Registered,
    index: int,
) -> Errors:
    """Amounts, taxes and totals, as of the day of the order."""
    errors: Errors = {}
    places = order.currency.minor_units
    for at, (line, payload) in enumerate(zip(lines, past.lines, strict=True)):
        try:
            line.amount, odd = _amount(line, payload.get("amount"), places)
            line.tax_percent = rates.tax_percent(line.tax_code, order.order_date)
        except InvalidInputError as error:
            errors |= {f"lines.{at}.{name}": [str(error)] for name in error.errors or ("amount",)}
            continue
        if odd:
            done.notices.append((f"orders.{index}.lines.{at}.amount", "rounded_price", odd))
    if errors:
        return errors
    totals = document_totals([TaxableLine(x.amount, x.tax_percent) for x in lines], places)
    for line, tax in zip(lines, totals.line_taxes, strict=True):
        line.tax_amount = tax
    order.net_total, order.tax_total, order.total = totals.net, totals.tax, totals.gross
    if not rates.value(order):
        done.without_rate.add(order.currency.code)
    return {}


def _amount(line: PurchaseOrderLine, stated: Decimal | None, places: int) -> tuple[Decimal, str]:
    """The amount paid: quantity times price, or what the file states where its price is rounded.

    A price shown with two decimals stands for all that round to it, so a stated amount may differ
    by half a cent per unit and no more.
    """
    computed = line_net(line.quantity, line.unit_price, minor_units=places)
    if stated is None or stated == computed:
        return computed, ""
    named = {"computed": computed, "stated": stated}
    with exact():
        half = Decimal("0.5").scaleb(-places)
        may_differ = (line.quantity + 1) * half
        off = abs(line.quantity * line.unit_price - stated)
    if off > may_differ or round_money(stated, places) != stated:
        message = _("Quantity times price is %(computed)s, not %(stated)s.") % named
        raise InvalidInputError(message, code="amount_differs")
    text = _("The price is rounded: quantity times price is %(computed)s, paid was %(stated)s.")
    return stated, text % named


def _write(
    orders: Sequence[PurchaseOrder], lines: Sequence[PurchaseOrderLine], *, by: Any, source: str
) -> None:
    PurchaseOrder.objects.bulk_create(orders, batch_size=CHUNK)
    for line in lines:
        line.order = line.order  # its key is known only now
    PurchaseOrderLine.objects.bulk_create(lines, batch_size=CHUNK)
    through = PurchaseOrder.editors.through
    through._default_manager.bulk_create(
        [through(purchaseorder_id=order.pk, user_id=by.pk) for order in orders], batch_size=CHUNK
    )
    events.record(*_records(orders, lines, source))


def _records(
    orders: Sequence[PurchaseOrder], lines: Sequence[PurchaseOrderLine], source: str
) -> Iterator[events.Record]:
    yield from events.created(orders, "purchaseorder.registered", file=source)
    yield from events.created(lines, "purchaseorderline.registered")
