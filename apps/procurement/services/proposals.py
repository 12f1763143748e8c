"""What the buyer is proposed for open lines: from whom, and at which price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.catalog import services as catalog
from apps.catalog.models import Currency, Supplier
from apps.catalog.services import PriceQuote, PriceRequest
from apps.requisitions.models import RequisitionLine


@dataclass(frozen=True)
class Proposal:
    """A supplier and a price per unit of the line; `source` says where the price comes from."""

    supplier: Supplier | None
    price: Decimal | None
    currency: Currency
    source: str
    is_quoted: bool


def propose(lines: Iterable[RequisitionLine]) -> dict[int, Proposal]:
    """Proposals by line, in the same few statements for one line and for many.

    The requester's preferred supplier goes first; then whoever has the best price.
    """
    found = list(lines)
    asked = [(line, line.item) for line in found if line.item is not None]
    requests = [
        PriceRequest(item, line.open_quantity or line.quantity, line.unit, line.preferred_supplier)
        for line, item in asked
    ]
    quotes = catalog.best_prices(requests) if requests else []
    by_line = {line.pk: quote for (line, _item), quote in zip(asked, quotes, strict=True)}
    return {line.pk: _proposal(line, by_line.get(line.pk)) for line in found}


def _proposal(line: RequisitionLine, quote: PriceQuote | None) -> Proposal:
    if quote is not None:
        return Proposal(quote.supplier, quote.price, quote.currency, quote.source, is_quoted=True)
    return Proposal(
        line.preferred_supplier,
        line.estimated_price or None,
        line.requisition.currency,
        "",
        is_quoted=False,
    )
