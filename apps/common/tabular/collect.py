"""Reading one row of an import: values by column, and every error instead of the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _

from apps.common.tabular.cells import Cell, Row
from apps.common.tabular.errors import CellError, RowError

T = TypeVar("T")


class RowReader:
    """Takes values out of a row; all that cannot be read is in `errors`, in reading order."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.errors: list[RowError] = list(row.problems)

    def required(self, column: str, parse: Callable[[Cell], T]) -> T | None:
        """Read a value that has to be there; nothing means that an error was noted."""
        cell = self.row.values.get(column)
        if cell is None:
            self.add(column, "missing_column", _("The table has no such column."))
            return None
        try:
            return parse(cell)
        except CellError as error:
            self.errors.append(RowError.of(self.row.number, column, error))
            return None

    def optional(self, column: str, parse: Callable[[Cell], T], default: T) -> T:
        """Read a value that may be left out, as may its whole column."""
        cell = self.row.values.get(column)
        if cell is None or cell.is_blank:
            return default
        found = self.required(column, parse)
        return default if found is None else found

    def add(self, column: str, code: str, message: str) -> None:
        """Note what a rule of the business says about a value (unknown supplier, no such unit)."""
        cell = self.row.values.get(column)
        value = "" if cell is None else str(cell)
        self.errors.append(RowError.of(self.row.number, column, CellError(code, message, value)))
