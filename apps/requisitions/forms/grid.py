"""The lines as a grid of plain inputs: what was typed stays what was typed, readable or not.

Each field of a row is posted under one name, once per row and in the order of the rows, so that
rows can be added, copied and taken away without numbering anything anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django.http import QueryDict  # noqa: TID251  # the type of what a form posts
from django.utils.translation import gettext as _

from apps.catalog.models import Category, Item, Supplier, Unit
from apps.common.numbers import whole_number
from apps.common.tabular import parse
from apps.common.tabular.cells import plain
from apps.common.tabular.errors import CellError
from apps.requisitions.models import RequisitionLine
from apps.requisitions.services import MOST_LINES

PREFIX = "line-"
CODES = ("item", "unit", "category", "preferred_supplier")
NUMBERS = ("quantity", "estimated_price")
TEXTS = (
    "description",
    "specification",
    "manufacturer_part_number",
    "supplier_part_number",
    "notes",
)
FIELDS = ("id", *CODES, *NUMBERS, "needed_by", *TEXTS)
# What a row has before anybody typed anything.
_SILENT = frozenset({"id", "unit"})
EMPTY_ROWS = 3


@dataclass
class Row:
    """One row: what was typed in each field, and what is wrong with it."""

    values: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)
    amount: Decimal | None = None

    @property
    def is_blank(self) -> bool:
        """A row nobody typed anything into is no line."""
        return not any(text.strip() for name, text in self.values.items() if name not in _SILENT)

    def cells(self) -> dict[str, dict[str, Any]]:
        """Each field's text and errors, for the template."""
        return {
            name: {"value": self.values.get(name, ""), "errors": self.errors.get(name, [])}
            for name in FIELDS
        }


class Grid:
    """The rows of the lines' grid."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)
        self.errors: list[str] = []

    @classmethod
    def empty(cls) -> Grid:
        """A grid to begin with."""
        return cls([blank_row() for _number in range(EMPTY_ROWS)])

    @classmethod
    def of(cls, lines: Iterable[RequisitionLine]) -> Grid:
        """The stored lines, with a blank row to go on."""
        return cls([*(_row_of(line) for line in lines), blank_row()])

    @classmethod
    def posted(cls, data: QueryDict) -> Grid:
        """What came from the page; what is wrong with the rows as a whole is said above them."""
        columns = {name: data.getlist(f"{PREFIX}{name}") for name in FIELDS}
        count = max(len(values) for values in columns.values())
        is_complete = all(len(values) in {0, count} for values in columns.values())
        rows = zip_longest(*columns.values(), fillvalue="")
        grid = cls([Row(dict(zip(FIELDS, row, strict=True))) for row in rows])
        if not is_complete:
            grid.errors.append(_("The lines came incomplete. Check them and save again."))
        if count > MOST_LINES + EMPTY_ROWS:
            message = _("A requisition takes at most %(limit)d lines.") % {"limit": MOST_LINES}
            grid.errors.append(message)
        return grid

    def filled(self) -> list[Row]:
        """The rows that are lines."""
        return [row for row in self.rows if not row.is_blank]

    def payloads(self) -> list[dict[str, Any]]:
        """The lines for the service; what cannot be read is marked in its row and left out."""
        rows = self.filled()
        records = _records(rows)
        return [_payload(row, records) for row in rows]

    @property
    def has_errors(self) -> bool:
        """Whether something in the grid could not be read or was refused."""
        return bool(self.errors) or any(row.errors for row in self.rows)

    def take_errors(self, errors: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
        """Put `lines.2.quantity` where it belongs; what is not about lines comes back."""
        rows = self.filled()
        others: dict[str, list[str]] = {}
        for path, found in errors.items():
            messages = [str(message) for message in found]
            parts = path.split(".")
            at = whole_number(parts[1]) if len(parts) == 3 else None
            if parts[0] != "lines":
                others[path] = messages
            elif at is not None and at < len(rows):
                rows[at].errors.setdefault(parts[2], []).extend(messages)
            else:
                self.errors.extend(messages)
        return others


def blank_row() -> Row:
    """A row to type into."""
    return Row(dict.fromkeys(FIELDS, ""))


def _row_of(line: RequisitionLine) -> Row:
    values = {name: getattr(line, name) for name in TEXTS}
    for name in CODES:
        record = getattr(line, name)
        values[name] = record.code if record else ""
    for name in NUMBERS:
        number = getattr(line, name)
        values[name] = "" if number is None else plain(number)
    values["needed_by"] = line.needed_by.isoformat() if line.needed_by else ""
    values["id"] = str(line.pk)
    return Row(values, amount=line.amount)


def _payload(row: Row, records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    payload: dict[str, Any] = {name: row.values.get(name, "") for name in TEXTS}
    pk = whole_number(row.values.get("id", ""))
    if pk is not None:
        payload["id"] = pk
    for name in CODES:
        text = row.values.get(name, "").strip()
        payload[name] = records[name].get(text.casefold()) if text else None
        if text and payload[name] is None:
            row.errors[name] = [_("There is no “%(code)s”.") % {"code": text[:64]}]
    for name in NUMBERS:
        payload[name] = _read(row, name, parse.parse_decimal)
    payload["needed_by"] = _read(row, "needed_by", parse.parse_date)
    return payload


def _read(row: Row, name: str, reader: Any) -> Any:
    text = row.values.get(name, "")
    if not text.strip():
        return None
    try:
        return reader(text)
    except CellError as error:
        row.errors[name] = [str(error)]
        return None


def _records(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The records behind the codes of all rows, one statement per kind; units by symbol too."""
    items = Item.objects.active().select_related("category", "base_unit", "purchase_unit")
    sources = {
        "item": items,
        "unit": Unit.objects.active(),
        "category": Category.objects.active(),
        "preferred_supplier": Supplier.objects.active(),
    }
    return {name: _by_code(name, rows, records) for name, records in sources.items()}


def _by_code(name: str, rows: Sequence[Row], records: Any) -> dict[str, Any]:
    typed = {row.values.get(name, "").strip() for row in rows} - {""}
    wanted = {*typed, *(text.upper() for text in typed)}
    if not wanted:
        return {}
    found = {row.code.casefold(): row for row in records.filter(code__in=wanted)}
    if name == "unit" and any(text.casefold() not in found for text in typed):
        by_symbol: dict[str, list[Unit]] = {}
        for unit in records.filter(symbol__in=typed):
            by_symbol.setdefault(unit.symbol.casefold(), []).append(unit)
        found |= {key: units[0] for key, units in by_symbol.items() if len(units) == 1}
    return found
