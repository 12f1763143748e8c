"""From rows to documents: what all rows of one have to agree on, and what each line says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from apps.common.importing.documents import documents_of
from apps.common.importing.kinds import ImportKind, Outcome, ParsedRow
from apps.common.tabular.errors import shown

# Puts records in place of codes; says whether the row can be taken.
Resolve = Callable[[ParsedRow, dict[str, Any]], bool]
_LINE = re.compile(r"lines\.([0-9]+)\.(.+)")


@dataclass
class Document:
    """One document of the file: its rows, what they agree on, and a line for each row.

    `said` has which row said first what about the document.
    """

    rows: list[ParsedRow] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    said: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def refuse(self, errors: Mapping[str, Sequence[StrOrPromise]], outcome: Outcome) -> None:
        """Show what a service has against the document at the rows it stands in.

        Paths like `lines.2.quantity` name a line; anything else is about the document.
        """
        for path, messages in errors.items():
            found = _LINE.fullmatch(path)
            row, name = self.rows[0], path
            if found and int(found.group(1)) < len(self.rows):
                row, name = self.rows[int(found.group(1))], found.group(2)
            outcome.errors += [row.error(name, "invalid", str(text)) for text in messages]


def gather(
    kind: ImportKind,
    rows: Sequence[ParsedRow],
    header: Iterable[str],
    resolve: Resolve,
    outcome: Outcome,
) -> list[Document]:
    """The documents of a batch; one with a refused row is left out as a whole."""
    names = frozenset(header)
    found = []
    for group in documents_of(kind, rows):
        document = Document(rows=group)
        taken = [_add(document, row, names, resolve, outcome) for row in group]
        if all(taken):
            found.append(document)
    return found


def _add(
    document: Document,
    row: ParsedRow,
    names: frozenset[str],
    resolve: Resolve,
    outcome: Outcome,
) -> bool:
    """Take one row into its document."""
    agreed = _agree(document, row, names, outcome)
    values = {name: value for name, value in row.values.items() if value is not None}
    resolved = resolve(row, values)
    document.lines.append({n: v for n, v in values.items() if n not in names and v is not None})
    said = {n: v for n, v in values.items() if n in names and v is not None}
    document.header = {**said, **document.header}
    return agreed and resolved


def _agree(document: Document, row: ParsedRow, names: frozenset[str], outcome: Outcome) -> bool:
    """Refuse a row that says something else about the document than an earlier one."""
    agreed = True
    for name in names:
        now = row.values.get(name)
        if now is None:
            continue
        other, before = document.said.setdefault(name, (row.number, now))
        if before != now:
            message = _("Row %(row)s of the same document says “%(value)s”.")
            named = {"row": other, "value": shown(before)}
            outcome.errors.append(row.error(name, "rows_differ", message % named))
            agreed = False
    return agreed
