"""From cells to values: each row read field by field, each refusal with row, column and reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.common.importing.kinds import ImportKind, ParsedRow
from apps.common.importing.layout import Layout, Source
from apps.common.tabular.cells import EMPTY, Cell, Kind, Row
from apps.common.tabular.errors import CellError, RowError
from apps.common.tabular.headers import key_of
from apps.common.tabular.text import dropped, visible


class LayoutReader:
    """Reads rows under a layout and keeps the lists of what was refused and what was left empty.

    `broken` are the keys of documents one of whose rows could not be read.
    """

    def __init__(self, kind: ImportKind, layout: Layout) -> None:
        self.kind = kind
        self.sources = layout.sources
        self.origin = layout.origin
        self.errors: list[RowError] = []
        self.warnings: list[RowError] = []
        self.notices: list[RowError] = []
        self.broken: set[tuple[str, Any]] = set()
        self.count = 0

    def read(self, rows: Iterable[Row]) -> Iterator[ParsedRow]:
        """The rows that can be read; what cannot is in `errors`."""
        for row in rows:
            self.count += 1
            before = len(self.errors)
            self.errors.extend(row.problems)
            values = {s.target.name: self._value(s, row) for s in self.sources}
            if len(self.errors) == before:
                yield ParsedRow(row.number, values, self.origin)
            elif (key := self.kind.key_of(values)) is not None:
                self.broken.add(key)

    def _value(self, source: Source, row: Row) -> Any:
        cell = _cell(source, row)
        if cell.is_blank and source.default is not None:
            cell = Cell(str(source.default), Kind.TEXT)
        if cell.is_blank:
            if source.target.required:
                message = _("A value is needed here.")
                self._refuse(row, source, CellError("required", message, ""))
            return None
        try:
            value = source.target.parse(cell, source.options)
        except CellError as error:
            self._refuse(row, source, error)
            return None
        if isinstance(value, str) and (name := dropped(str(cell))):
            message = _("Taken without an invisible character (%(name)s).") % {"name": name}
            odd = CellError("invisible_character", message, visible(str(cell)))
            self.notices.append(_told(row, source, odd))
        return value

    def _refuse(self, row: Row, source: Source, error: CellError) -> None:
        (self.warnings if source.lenient else self.errors).append(_told(row, source, error))


def _told(row: Row, source: Source, error: CellError) -> RowError:
    return RowError.of(row.number, source.column or source.target.name, error)


def _cell(source: Source, row: Row) -> Cell:
    """The cell to read: the file's, or what the mapping puts in its place."""
    if source.value is not None:
        return Cell(str(source.value), Kind.TEXT)
    cell = row.values.get(source.column, EMPTY)
    if cell.kind is not Kind.TEXT or not (source.blanks or source.translate):
        return cell
    key = key_of(str(cell.value).strip())
    if key in source.blanks:
        return EMPTY
    if key in source.translate:
        return Cell(source.translate[key], Kind.TEXT)
    return cell
