"""CSV: find the delimiter, then stream records strictly; what is not well formed is named."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO

from django.utils.translation import gettext as _

from apps.common.tabular.cells import EMPTY, Cell, RawRow
from apps.common.tabular.errors import TableError
from apps.common.tabular.neutral import restore

DELIMITERS = ",;\t|"
SAMPLE = 2**16
SAMPLE_RECORDS = 100

_HINT = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)  # a first line some spreadsheets write
_SPACE_BEFORE_QUOTE = re.compile(r'[,;\t|] +"')


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file separates values; `skip` counts records that belong to no table."""

    delimiter: str
    skip_spaces: bool
    skip: int = 0


@contextmanager
def opened(stream: IO[bytes], encoding: str) -> Iterator[io.TextIOWrapper]:
    """Decode from the start, leaving the caller's stream open."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="strict", newline="")
    try:
        yield text
    finally:
        text.detach()


def sniff(stream: IO[bytes], encoding: str, declared: str | None = None) -> Dialect:
    """Choose the delimiter that splits the first records alike; raises TableError if two do."""
    with opened(stream, encoding) as text:
        sample = text.read(SAMPLE)
        if len(sample) == SAMPLE:
            sample = sample[: sample.rfind("\n") + 1] or sample
    skip_spaces = bool(_SPACE_BEFORE_QUOTE.search(sample))
    if hint := _HINT.match(sample):
        return Dialect(declared or hint.group(1), skip_spaces, skip=1)
    if declared:
        return Dialect(declared, skip_spaces)
    scores = {d: _consistency(sample, d, skip_spaces=skip_spaces) for d in DELIMITERS}
    best = max(scores.values())
    if best[1] < 2:
        return Dialect(",", skip_spaces)
    winners = [delimiter for delimiter, score in scores.items() if score == best]
    if len(winners) > 1:
        raise TableError(
            _("Several characters could separate the columns (%(characters)s): say which.")
            % {"characters": " ".join(map(repr, winners))},
            code="ambiguous_delimiter",
        )
    return Dialect(winners[0], skip_spaces)


def _consistency(sample: str, delimiter: str, *, skip_spaces: bool) -> tuple[int, int]:
    """Return the share (in tenths) of records with the usual number of fields, and that number."""
    reader = csv.reader(io.StringIO(sample), delimiter=delimiter, skipinitialspace=skip_spaces)
    widths: Counter[int] = Counter()
    try:
        for record in reader:
            if any(record):
                widths[len(record)] += 1
            if widths.total() >= SAMPLE_RECORDS:
                break
    except csv.Error:
        return 0, 0
    split = Counter({width: count for width, count in widths.items() if width > 1})
    if not split:
        return 0, 0
    width, count = max(split.items(), key=lambda found: (found[1], found[0]))
    return count * 10 // widths.total(), width


def rows(stream: IO[bytes], encoding: str, dialect: Dialect) -> Generator[RawRow, None, None]:
    """Stream the records as rows; a value that looked like a formula loses our apostrophe."""
    with opened(stream, encoding) as text:
        reader = csv.reader(
            text, delimiter=dialect.delimiter, skipinitialspace=dialect.skip_spaces, strict=True
        )
        number = 0
        try:
            for number, record in enumerate(reader, start=1):
                if number > dialect.skip:
                    yield RawRow(number, [_cell(value) for value in record])
        except csv.Error as error:
            raise _broken(str(error), number + 1) from error


def has_more_than(count: int, stream: IO[bytes], encoding: str, dialect: Dialect) -> bool:
    """Count filled records, no further than needed; a line break may be inside a value."""
    with opened(stream, encoding) as text:
        reader = csv.reader(text, delimiter=dialect.delimiter, skipinitialspace=dialect.skip_spaces)
        filled = (record for record in reader if any(record))
        try:
            return next(islice(filled, count, None), None) is not None
        except csv.Error:
            return False  # the reader will say where


def _cell(value: str) -> Cell:
    if not value:
        return EMPTY
    return Cell(restore(value) if value[0] == "'" else value)


def _broken(reason: str, row: int) -> TableError:
    """Translate the csv module's three complaints."""
    if "field limit" in reason:
        message = _("Row %(row)s has a value of more than %(limit)s characters.")
        code = "value_too_long"
    else:
        message = _("The quotation marks in row %(row)s do not match.")
        code = "broken_quotes"
    return TableError(message % {"row": row, "limit": csv.field_size_limit()}, code=code, row=row)
