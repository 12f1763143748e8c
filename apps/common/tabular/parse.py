"""What a cell means, for each kind of column. What is not certain is refused, never guessed.

Every function takes a cell (or text typed or pasted by a person) and raises CellError with a stable
code and a translated message. A blank cell is `missing`; ask `Cell.is_blank` first, or use
`RowReader`, where a column need not be filled.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.common.tabular import text as characters
from apps.common.tabular.cells import Cell, Kind
from apps.common.tabular.dates import EARLIEST, LATEST, YEAR_FIRST, date_of
from apps.common.tabular.errors import CellError
from apps.common.tabular.figures import ANY, Bounds, NumberFormat, decimal_of

TRUE = frozenset({"true", "yes", "y", "1", "是", "真", "有"})
FALSE = frozenset({"false", "no", "n", "0", "否", "假", "无"})

_CUT_BY_SPREADSHEET = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
_FULL_WIDTH = re.compile(r"[\uff01-\uff5e\u3000]+")


def filled(cell: Cell | str) -> Cell:
    """Return a cell that has a value of its own.

    Raises CellError `missing`, or why the file has no value there (`error_value`,
    `formula_without_value`, `merged_cell`).
    """
    cell = Cell(cell) if isinstance(cell, str) else cell
    if cell.is_blank:
        raise CellError("missing", _("A value is missing."))
    if cell.kind is Kind.BROKEN:
        messages = {
            "error_value": _("The cell holds an error (%(value)s)."),
            "formula_without_value": _("The formula was never calculated. Open and save the file."),
            "merged_cell": _("The cell is merged with others. Give each row its own value."),
        }
        raise CellError(cell.note, messages[cell.note] % {"value": str(cell)}, cell)
    return cell


def parse_decimal(
    cell: Cell | str, *, declared: NumberFormat | None = None, bounds: Bounds = ANY
) -> Decimal:
    """Read a number: 1234.5, 1,234.50, full-width digits.

    1,234 and 1.234,50 need a declared format. Refused: words, signs of currency, exponents that
    hide digits, more than 15 digits, more decimal places than the column has.
    """
    return decimal_of(filled(cell), declared, bounds)


def parse_percent(
    cell: Cell | str, *, declared: NumberFormat | None = None, bounds: Bounds = ANY
) -> Decimal:
    """Read a percentage as percent: 13, 13 % and a workbook's 13 % are all 13.

    A number between 0 and 1 without a percent sign is refused: 0.13 is as often 13 %.
    """
    cell = filled(cell)
    if cell.kind is Kind.NUMBER and cell.note == "percent" and isinstance(cell.value, Decimal):
        return decimal_of(Cell(cell.value * 100, Kind.NUMBER), declared, bounds)
    shown = unicodedata.normalize("NFKC", str(cell)).strip()
    if cell.kind is Kind.TEXT and shown.endswith("%"):
        return decimal_of(Cell(shown[:-1].strip()), declared, bounds)
    number = decimal_of(cell, declared, bounds)
    if 0 < abs(number) < 1:
        message = _("“%(value)s” can be a share or a percentage: add a percent sign.")
        raise CellError("ambiguous_percent", message % {"value": str(cell)}, cell)
    return number


def parse_date(
    cell: Cell | str,
    *,
    formats: Sequence[str] = YEAR_FIRST,
    earliest: date = EARLIEST,
    latest: date = LATEST,
) -> date:
    """Read a date by the declared forms (%Y %m %d, %y for two digits, %b Jan, %B January).

    Undeclared, only forms with the year first are read. Raises AmbiguousDateError when the declared
    forms, or none, leave day and month open.
    """
    return date_of(filled(cell), formats, (earliest, latest))


def parse_bool(
    cell: Cell | str, *, true: Collection[str] = TRUE, false: Collection[str] = FALSE
) -> bool:
    """Read yes or no by the words a column uses."""
    cell = filled(cell)
    if isinstance(cell.value, bool):
        return cell.value
    word = unicodedata.normalize("NFKC", str(cell)).strip().casefold()
    if word in true:
        return True
    if word in false:
        return False
    message = _("“%(value)s” is neither yes nor no.") % {"value": str(cell)[:40]}
    raise CellError("not_yes_or_no", message, cell)


def parse_code(
    cell: Cell | str, *, max_length: int = 64, spaces: bool = False, upper: bool = False
) -> str:
    """Read a code that other things are found by: full-width letters become plain ones.

    Refused: invisible characters, spaces unless allowed, letters of two alphabets that look alike,
    and what a spreadsheet has cut (4.41E+07, more than 15 digits in a number cell).
    """
    cell = filled(cell)
    raw = _code_text(cell)
    characters.refuse_forbidden(raw)
    characters.refuse_invisible(raw)
    code = unicodedata.normalize("NFC", _FULL_WIDTH.sub(_narrow, raw)).strip()
    if re.search(r"[\n\r\t]" if spaces else r"\s", code):
        raise CellError("space_in_code", _("A code has no spaces or line breaks."), raw)
    _refuse_mixed_alphabets(code)
    _refuse_long(code, max_length)
    return code.upper() if upper else code


def _narrow(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found.group())


def _code_text(cell: Cell) -> str:
    """Write a code's digits as they were, or refuse what was lost on the way."""
    raw = str(cell)
    whole = cell.kind is not Kind.NUMBER or "." not in raw
    if cell.kind in {Kind.DATE, Kind.BOOLEAN} or not whole:
        message = _("“%(value)s” is not a code: format the cell as text.") % {"value": raw}
        raise CellError("not_a_code", message, raw)
    if cell.note == "imprecise" or _CUT_BY_SPREADSHEET.fullmatch(raw.strip()):
        message = _("The spreadsheet has cut digits off “%(value)s”: format the cell as text.")
        raise CellError("digits_lost", message % {"value": raw}, raw)
    return raw


def _refuse_mixed_alphabets(code: str) -> None:
    """Refuse A in Latin beside А in Cyrillic: nobody could type the code again."""
    alphabets = {unicodedata.name(letter, "").partition(" ")[0] for letter in code}
    mixed = alphabets & {"LATIN", "CYRILLIC", "GREEK"}
    if len(mixed) > 1:
        message = _("The code mixes letters of several alphabets (%(names)s).")
        names = ", ".join(sorted(name.title() for name in mixed))
        raise CellError("mixed_alphabets", message % {"names": names}, code)


def parse_text(cell: Cell | str, *, max_length: int, lines: bool = True) -> str:
    """Read text as it is stored: NFC, without invisible characters and outer spaces.

    Control characters are refused, and text longer than the field. With `lines` false, line breaks
    become spaces.
    """
    cell = filled(cell)
    if cell.note == "imprecise":
        message = _("The spreadsheet has cut digits off “%(value)s”: format the cell as text.")
        raise CellError("digits_lost", message % {"value": str(cell)}, cell)
    text = characters.tidy(str(cell))
    if not lines:
        text = " ".join(text.split())
    if not text:
        raise CellError("missing", _("A value is missing."))
    _refuse_long(text, max_length)
    return text


def parse_name(cell: Cell | str, *, max_length: int) -> str:
    """Read a name that things are found by (a supplier's), as given but for outer spaces.

    Invisible characters are refused rather than dropped: two names that look alike stay two.
    """
    cell = filled(cell)
    characters.refuse_invisible(str(cell), joiners=False)
    return parse_text(cell, max_length=max_length, lines=False)


def _refuse_long(text: str, limit: int) -> None:
    if len(text) > limit:
        message = _("The text has %(count)s characters, %(limit)s are allowed.")
        raise CellError("too_long", message % {"count": len(text), "limit": limit}, text)
