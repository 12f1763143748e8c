"""The words of conversion: what the buyer wishes, what comes of it, what stands against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django_stubs_ext import StrOrPromise

from apps.catalog.models import Currency, Supplier, Unit
from apps.common.errors import ConflictError, InvalidInputError
from apps.procurement.models import PurchaseOrder, PurchaseOrderLine
from apps.requisitions.models import RequisitionLine


@dataclass(frozen=True)
class ConversionLine:
    """So much of a requisition line, from this supplier, at this price.

    The quantity is in the requisition line's unit. A price given is per `unit`, which is the
    requisition line's unless said otherwise, in the requisition's currency unless said otherwise;
    without a price the supplier's own or the line's estimate counts.
    """

    requisition_line: RequisitionLine
    quantity: Decimal
    supplier: Supplier
    unit_price: Decimal | None = None
    currency: Currency | None = None
    unit: Unit | None = None


@dataclass(frozen=True)
class Notice:
    """Something the buyer should know; a blocking one has to be acknowledged before converting."""

    code: str
    message: str
    is_blocking: bool = False


@dataclass
class PlannedLine:
    """An order line to be, with the parts of requisition lines it covers."""

    line: PurchaseOrderLine
    parts: list[tuple[RequisitionLine, Decimal]]


@dataclass
class PlannedOrder:
    """An order to be."""

    order: PurchaseOrder
    lines: list[PlannedLine] = field(default_factory=list)

    @property
    def requisitions(self) -> list[Any]:
        """The requisitions it comes from, each once, in order."""
        parts = [part for planned in self.lines for part, _quantity in planned.parts]
        return list({part.requisition_id: part.requisition for part in parts}.values())


@dataclass
class Plan:
    """The orders to be and what the buyer should know about them."""

    orders: list[PlannedOrder]
    notices: list[Notice]

    @property
    def to_acknowledge(self) -> list[Notice]:
        """What nobody may pass by in silence."""
        return [notice for notice in self.notices if notice.is_blocking]


@dataclass(frozen=True)
class Problem:
    """Why one wish cannot be fulfilled."""

    path: str
    code: str
    message: StrOrPromise
    is_conflict: bool


class Problems:
    """All that is wrong with the wishes, told at once and each under its line."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, index: int, name: str, code: str, message: StrOrPromise) -> None:
        """Something wrong with what was given."""
        self.found.append(Problem(f"lines.{index}.{name}", code, message, is_conflict=False))

    def add_conflict(self, index: int, name: str, code: str, message: StrOrPromise) -> None:
        """Something that was right once, or may be later: states and quantities."""
        self.found.append(Problem(f"lines.{index}.{name}", code, message, is_conflict=True))

    def refuse(self) -> None:
        """Raise InvalidInputError or ConflictError when there is anything."""
        if not self.found:
            return
        kind = ConflictError if all(p.is_conflict for p in self.found) else InvalidInputError
        codes = {problem.code for problem in self.found}
        raise kind(
            self.found[0].message,
            code=codes.pop() if len(codes) == 1 else kind.code,
            errors=self._errors(),
        )

    def _errors(self) -> dict[str, list[StrOrPromise]]:
        errors: dict[str, list[StrOrPromise]] = {}
        for problem in self.found:
            errors.setdefault(problem.path, []).append(problem.message)
        return errors


def plain(number: Decimal) -> str:
    """A quantity without the zeros of its column."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_label(unit: Any) -> str:
    """A unit as people write it behind a number."""
    return str(unit.symbol or unit.name or unit.code)
