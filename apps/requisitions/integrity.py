"""Checks of stored requisitions: amounts, totals, what they are worth, how far they are ordered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.common.errors import DomainError
from apps.common.integrity import Place, place
from apps.common.money import ZERO, exact, line_net, round_money, to_base
from apps.requisitions.models import Requisition, RequisitionLine
from apps.requisitions.services.totals import base_minor_units
from apps.requisitions.states import Fulfilment, LineStatus

ROWS = 2000
LINE = (
    "requisition_id",
    "pk",
    "status",
    "quantity",
    "estimated_price",
    "amount",
    "ordered_quantity",
    "received_quantity",
)


def totals() -> Iterator[Place]:
    """Amounts are quantity times price, totals the sum of lines, worth the total at its rate."""
    places = base_minor_units()
    for header, lines in _documents():
        pk, minor, total, base, rate, code = header[:6]
        for line in lines:
            yield from _amount(line, minor)
        counted = [line[5] for line in lines if line[2] != LineStatus.REJECTED]
        with exact():
            expected = round_money(sum(counted, ZERO), minor)
        if total != expected:
            yield _differs(Requisition, pk, "estimated_total", total, expected)
        worth = total if code == settings.BASE_CURRENCY else None
        if worth is None and rate is not None:
            worth = to_base(total, rate, places)
        if worth is not None and base != worth:
            yield _differs(Requisition, pk, "base_total", base, worth)


def fulfilment() -> Iterator[Place]:
    """How far a requisition is ordered and received follows from its lines."""
    for header, lines in _documents():
        counted = [line for line in lines if line[2] != LineStatus.REJECTED]
        for name, stored, column in (
            ("order_status", header[6], 6),
            ("receipt_status", header[7], 7),
        ):
            expected = _how_far(counted, column)
            if stored != expected:
                yield _differs(Requisition, header[0], name, stored, expected)


def _documents() -> Iterator[tuple[Any, list[Any]]]:
    """Each requisition's figures with those of its lines; both come in the order of its key."""
    headers = Requisition.objects.order_by("pk").values_list(
        "pk",
        "currency__minor_units",
        "estimated_total",
        "base_total",
        "exchange_rate",
        "currency__code",
        "order_status",
        "receipt_status",
    )
    rows = RequisitionLine.objects.order_by("requisition_id", "pk").values_list(*LINE)
    groups = groupby(rows.iterator(ROWS), key=itemgetter(0))
    following = next(groups, None)
    for header in headers.iterator(ROWS):
        while following is not None and following[0] < header[0]:
            following = next(groups, None)
        lines: list[Any] = []
        if following is not None and following[0] == header[0]:
            lines = list(following[1])
            following = next(groups, None)
        yield header, lines


def _amount(line: Any, minor: int) -> Iterable[Place]:
    _header, pk, _status, quantity, price, amount, *_rest = line
    try:
        expected = ZERO if price is None else line_net(quantity, price, minor_units=minor)
    except DomainError as error:
        return [place(RequisitionLine, pk, str(error))]
    return [] if amount == expected else [_differs(RequisitionLine, pk, "amount", amount, expected)]


def _how_far(lines: list[Any], column: int) -> Fulfilment:
    if not any(line[column] > 0 for line in lines):
        return Fulfilment.NONE
    done = all(line[column] >= line[3] for line in lines)
    return Fulfilment.FULL if done else Fulfilment.PARTIAL


def _differs(model: Any, pk: Any, name: str, found: Any, expected: Any) -> Place:
    what = _("%(field)s is %(found)s and ought to be %(expected)s")
    return place(
        model, pk, what % {"field": name, "found": _shown(found), "expected": _shown(expected)}
    )


def _shown(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
