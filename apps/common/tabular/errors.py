"""What can be wrong with a table: the file as a whole, one cell, and the list given back.

Every refusal has a stable code and a translated sentence that names the place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.common.errors import InvalidInputError

SHOWN_CHARACTERS = 120


class TableError(InvalidInputError):
    """The file as a whole cannot be read as a table; `details` has byte, row or names."""

    code = "unreadable_table"
    message = gettext_lazy("The file cannot be read as a table.")


def too_many_rows(limit: int) -> TableError:
    """Make the error of a table longer than allowed."""
    message = _("The table has more than %(count)s rows. Split it.") % {"count": limit}
    return TableError(message, code="too_many_rows")


class CellError(InvalidInputError):
    """One value cannot be read as what its column holds; it is never guessed."""

    code = "unreadable_value"
    message = gettext_lazy("The value cannot be read.")

    def __init__(self, code: str, message: str, value: object = "") -> None:
        super().__init__(message, code=code)
        self.value = shown(value)


class AmbiguousDateError(CellError):
    """A date that two of the possible orders read differently; `readings` has both (ISO)."""

    def __init__(self, value: object, readings: Sequence[str]) -> None:
        self.readings = tuple(readings)
        message = _("“%(value)s” can be %(readings)s: say which order the file uses.") % {
            "value": shown(value),
            "readings": _(" or ").join(self.readings),
        }
        super().__init__("ambiguous_date", message, value)


def shown(value: object) -> str:
    """Cut a value to what fits into a message."""
    text = str(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


@dataclass(frozen=True, slots=True)
class RowError:
    """One line of the list a person gets back: where, what stood there, what is wrong."""

    row: int
    column: str
    value: str
    code: str
    message: str

    @classmethod
    def of(cls, row: int, column: str, error: CellError) -> RowError:
        """Put a cell's error in its place."""
        return cls(row, column, error.value, error.code, str(error))

    def __str__(self) -> str:
        place = _("Row %(row)s") % {"row": self.row}
        if self.column:
            place = _("Row %(row)s, %(column)s") % {"row": self.row, "column": self.column}
        return f"{place}: {self.message}"


def write_errors(path: Path, errors: Iterable[RowError]) -> int:
    """Write the list as CSV for a spreadsheet; return how many lines it has."""
    from apps.common.tabular.write import Value, write_csv

    columns = [_("Row"), _("Column"), _("Value"), _("Code"), _("Message")]
    rows: Iterable[list[Value]] = ([e.row, e.column, e.value, e.code, e.message] for e in errors)
    with path.open("wb") as target:
        return write_csv(target, columns, rows)


def summary(errors: Sequence[RowError], *, groups: int = 10) -> list[str]:
    """Say in a few lines what is wrong: most frequent first, each with its first row."""
    if not errors:
        return [_("No errors.")]
    counted = Counter((error.column, error.code) for error in errors)
    first: dict[tuple[str, str], RowError] = {}
    for error in errors:
        first.setdefault((error.column, error.code), error)
    lines = [ngettext("%(count)s error", "%(count)s errors", len(errors)) % {"count": len(errors)}]
    lines += [f"{number} × {first[key]}" for key, number in counted.most_common(groups)]
    if len(counted) > groups:
        lines.append(_("… and %(count)s other kinds") % {"count": len(counted) - groups})
    return lines
