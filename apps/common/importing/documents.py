"""Rows that make one document, kept together; and batches of documents in a settled order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from apps.common.importing.kinds import ImportKind, ParsedRow
from apps.common.tabular.errors import RowError

Documents = list[list[ParsedRow]]


def documents_of(kind: ImportKind, rows: Sequence[ParsedRow]) -> Documents:
    """The rows by document, documents in the order of their first row, wherever the others lie."""
    found: dict[Any, list[ParsedRow]] = {}
    for row in rows:
        found.setdefault(kind.key_of(row.values) or row.number, []).append(row)
    return list(found.values())


def batches(documents: Documents, size: int) -> Iterator[list[ParsedRow]]:
    """Whole documents, about `size` rows at a time."""
    batch: list[ParsedRow] = []
    for document in documents:
        if batch and len(batch) + len(document) > size:
            yield batch
            batch = []
        batch += document
    if batch:
        yield batch


def split_broken(
    kind: ImportKind, documents: Documents, broken: Collection[Any]
) -> tuple[Documents, list[RowError]]:
    """Hold back documents one of whose rows was refused: half of one is worse than none."""
    whole: Documents = []
    errors = []
    message = _("Another row of the same document was refused, so all of it is left out.")
    for document in documents:
        if kind.key_of(document[0].values) in broken:
            name = kind.key[0]
            errors += [row.error(name, "incomplete_document", message) for row in document]
        else:
            whole.append(document)
    return whole, errors


def without_first(documents: Documents, rows: int) -> Documents:
    """What is left when the documents of the first so many rows are done already."""
    kept = 0
    while kept < len(documents) and rows >= len(documents[kept]):
        rows -= len(documents[kept])
        kept += 1
    return documents[kept:]


def size_of(documents: Documents) -> int:
    """How many rows."""
    return sum(1 for _row in chain.from_iterable(documents))
