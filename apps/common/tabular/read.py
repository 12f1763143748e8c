"""Reading a table from a file of any name: what is inside decides; what is no table is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from apps.common.tabular import csv_rows, encodings, xlsx_package, xlsx_rows
from apps.common.tabular.cells import Limits, RawRow
from apps.common.tabular.errors import TableError, too_many_rows
from apps.common.tabular.headers import SAMPLE_ROWS
from apps.common.tabular.table import Table
from apps.common.tabular.xlsx_rows import Facts
from apps.common.tabular.xlsx_workbook import Sheet, Workbook, read_workbook


@dataclass(frozen=True, slots=True)
class TextFormat:
    """What somebody knows about a text file that does not say it itself."""

    encoding: str | None = None
    delimiter: str | None = None


DEFAULT_LIMITS = Limits()
UNDECLARED = TextFormat()
_HEAD = 512
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
    (b"%PDF", "not_a_table"),
    (b"\x89PNG", "not_a_table"),
    (b"\xff\xd8\xff", "not_a_table"),
    (b"GIF8", "not_a_table"),
    (b"\x1f\x8b", "not_a_table"),
    (b"Rar!", "not_a_table"),
    (b"7z\xbc\xaf", "not_a_table"),
    (b"{\\rtf", "not_a_table"),
)


def read_table(
    source: Path | IO[bytes],
    *,
    filename: str = "",
    sheet: str | int | None = None,
    header_row: int | None = None,
    text: TextFormat = UNDECLARED,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """Open a CSV file or a workbook as a table; raises TableError saying why when it is neither.

    `sheet` is a name or a number from 1; left out, the one sheet with content is taken.
    `header_row` counts as a spreadsheet does; left out, it is found when it is unambiguous.
    `text` is for text files that do not tell what they are. `filename` is only named in messages:
    the content decides. A stream has to be seekable and stay open while it is read.
    """
    with _stream(source) as stream:
        head = _head(stream, limits, filename)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _workbook(source, stream, sheet, header_row, limits)
        _refuse_other_formats(head, filename)
        return _text(source, stream, text, header_row, limits)


def _stream(source: Path | IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    return source.open("rb") if isinstance(source, Path) else nullcontext(source)


def _head(stream: IO[bytes], limits: Limits, filename: str) -> bytes:
    size = stream.seek(0, io.SEEK_END)
    if size == 0:
        raise TableError(_named(_("The file is empty."), filename), code="empty")
    if size > limits.bytes:
        message = _("The file is larger than %(size)s MB.") % {"size": limits.bytes // 2**20}
        raise TableError(_named(message, filename), code="file_too_large")
    stream.seek(0)
    return stream.read(_HEAD)


def _named(message: str, filename: str) -> str:
    return f"{filename}: {message}" if filename else message


def _refuse_other_formats(head: bytes, filename: str) -> None:
    code = next((code for magic, code in _SIGNATURES if head.startswith(magic)), "")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2]
    if len(start) == 2 and start[:1] == b"<" and (start[1:].isalpha() or start[1:] in b"!?"):
        code = "markup"
    messages = {
        "old_workbook": _(
            "Old or password-protected workbooks (.xls) are not read. "
            "Save it as .xlsx without a password."
        ),
        "markup": _("The file is a web page or XML, not a table. Save it as .xlsx or CSV."),
        "not_a_table": _("The file is not a table. Save it as .xlsx or CSV."),
    }
    if code:
        raise TableError(_named(messages[code], filename), code=code)


def _text(
    source: Path | IO[bytes],
    stream: IO[bytes],
    declared: TextFormat,
    header_row: int | None,
    limits: Limits,
) -> Table:
    found = encodings.detect(stream, declared.encoding)
    dialect = csv_rows.sniff(stream, found.name, declared.delimiter)
    _refuse_long_text(stream, found.name, dialect, limits)

    @contextmanager
    def opener() -> Iterator[Iterator[RawRow]]:
        with _stream(source) as again, closing(csv_rows.rows(again, found.name, dialect)) as rows:
            yield rows

    origin = {"format": "csv", "encoding": found.name, "delimiter": dialect.delimiter}
    return Table(opener, limits, header_row=header_row, origin=origin, warnings=found.warnings)


def _refuse_long_text(
    stream: IO[bytes], encoding: str, dialect: csv_rows.Dialect, limits: Limits
) -> None:
    """Refuse too many rows before the first is used; records are counted only if lines are many."""
    with csv_rows.opened(stream, encoding) as text:
        lines = sum(block.count("\n") for block in iter(lambda: text.read(2**18), ""))
    if lines <= limits.rows:
        return
    if csv_rows.has_more_than(limits.rows + SAMPLE_ROWS, stream, encoding, dialect):
        raise too_many_rows(limits.rows)


def _workbook(
    source: Path | IO[bytes],
    stream: IO[bytes],
    wanted: str | int | None,
    header_row: int | None,
    limits: Limits,
) -> Table:
    with xlsx_package.opened(stream, limits) as archive:
        workbook = read_workbook(archive, limits)
        sheet, facts = _choose(archive, workbook, wanted, limits)

    @contextmanager
    def opener() -> Iterator[Iterator[RawRow]]:
        with _stream(source) as again, xlsx_package.opened(again, limits) as archive:
            found = xlsx_rows.rows(archive, sheet.part, workbook, facts.merges, limits)
            with closing(found) as rows:
                yield rows

    origin = {"format": "xlsx", "sheet": sheet.name}
    warnings = _warnings(workbook, sheet, facts)
    table = Table(opener, limits, header_row=header_row, origin=origin, warnings=warnings)
    _refuse_merged_header(facts, table.header_row)
    return table


def _choose(
    archive: zipfile.ZipFile, workbook: Workbook, wanted: str | int | None, limits: Limits
) -> tuple[Sheet, Facts]:
    """Take the sheet asked for, or the only visible one with content."""
    if wanted is not None:
        sheet = _asked(workbook, wanted)
        return sheet, xlsx_rows.survey(archive, sheet.part, limits)
    surveyed = [
        (sheet, xlsx_rows.survey(archive, sheet.part, limits))
        for sheet in workbook.sheets
        if sheet.visible
    ]
    filled = [(sheet, facts) for sheet, facts in surveyed if facts.has_values]
    if not filled:
        raise TableError(_("The workbook has no visible sheet with content."), code="empty")
    if len(filled) > 1:
        names = [sheet.name for sheet, _facts in filled]
        raise TableError(
            _("Several sheets have content (%(names)s): say which one.")
            % {"names": ", ".join(names)},
            code="several_sheets",
            names=names,
        )
    return filled[0]


def _asked(workbook: Workbook, wanted: str | int) -> Sheet:
    for number, sheet in enumerate(workbook.sheets, start=1):
        if wanted in {sheet.name, number}:
            return sheet
    names = ", ".join(sheet.name for sheet in workbook.sheets)
    raise TableError(
        _("There is no sheet “%(wanted)s” with cells; there are: %(names)s.")
        % {"wanted": wanted, "names": names},
        code="no_such_sheet",
    )


def _warnings(workbook: Workbook, sheet: Sheet, facts: Facts) -> list[str]:
    warnings = []
    skipped = [other.name for other in workbook.sheets if not other.visible and other != sheet]
    if skipped:
        warnings.append(_("Hidden sheets are not read: %(names)s.") % {"names": ", ".join(skipped)})
    if facts.has_hidden:
        warnings.append(_("Hidden rows and columns of the sheet are read as well."))
    return warnings


def _refuse_merged_header(facts: Facts, row: int) -> None:
    if any(merge.top <= row <= merge.bottom for merge in facts.merges):
        raise TableError(
            _("The column names in row %(row)s are merged cells. Give each column one name.")
            % {"row": row},
            code="merged_header",
            row=row,
        )
