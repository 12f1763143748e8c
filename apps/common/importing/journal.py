"""What is kept of a run, whatever becomes of it: its record, and the list of what was refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from apps.common import events
from apps.common.errors import DomainError
from apps.common.models import ImportRun
from apps.common.tabular.errors import RowError, shown
from apps.common.tabular.write import Value, csv_lines

KEPT = 20_000
REFUSED, LEFT_EMPTY, NOTED = "refused", "left_empty", "noted"
OUTCOMES: dict[str, StrOrPromise] = {
    REFUSED: gettext_lazy("refused"),
    LEFT_EMPTY: gettext_lazy("left empty"),
    NOTED: gettext_lazy("taken, but odd"),
}
Entry = dict[str, Any]


def opened(kind: str, mapping: str, stream: BinaryIO, file_name: str, by: Any) -> ImportRun:
    """The record of a run that begins."""
    return ImportRun.objects.create(
        kind=kind,
        mapping=mapping,
        file_name=file_name[:255],
        file_sha256=_digest(stream),
        created_by=by,
    )


def failed(run: ImportRun, error: BaseException) -> None:
    """Close a run that was broken off; why is kept where it is safe to show."""
    known = isinstance(error, DomainError)
    message = str(error) if known else _("The import broke off (%(name)s).")
    if not known:
        message %= {"name": type(error).__name__}
    code = error.code if isinstance(error, DomainError) else "interrupted"
    run.errors = [*run.errors, _entry(RowError(0, "", "", code, message), REFUSED)]
    _close(run, ImportRun.Status.FAILED, {**run.summary, "broken_off": message})


def closed(run: ImportRun, status: str, figures: dict[str, Any]) -> None:
    """Close a run that came to its end."""
    _close(run, status, figures)


def _close(run: ImportRun, status: str, figures: dict[str, Any]) -> None:
    run.status = status
    run.summary = figures
    run.finished_at = timezone.now()
    run.save()
    told = {name: value for name, value in figures.items() if name != "layout"}
    events.happened(run, f"import.{run.kind}", comment=run.file_name, status=status, **told)


def listed(
    errors: Iterable[RowError], warnings: Iterable[RowError], notices: Iterable[RowError]
) -> list[Entry]:
    """The lines of the list a person gets back, refusals first, each part in the order of rows."""
    parts = ((REFUSED, errors), (LEFT_EMPTY, warnings), (NOTED, notices))
    return [_entry(e, name) for name, found in parts for e in sorted(found, key=_place)]


def earlier(run: ImportRun, layout: str) -> ImportRun | None:
    """An unfinished run over the same file, read in the same way, that this one goes on from."""
    found = (
        ImportRun.objects.filter(
            kind=run.kind, mapping=run.mapping, file_sha256=run.file_sha256, rows_done__gt=0
        )
        .exclude(pk=run.pk)
        .order_by("-pk")
        .first()
    )
    unfinished = (ImportRun.Status.RUNNING, ImportRun.Status.FAILED)
    if found is None or found.status not in unfinished or found.summary.get("layout") != layout:
        return None
    return found


def csv_of(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The list as CSV for a spreadsheet."""
    names = [_("Row"), _("Column"), _("Value"), _("Outcome"), _("Code"), _("Message")]
    rows: Iterator[list[Value]] = (
        [e["row"], e["column"], e["value"], OUTCOMES[e["outcome"]], e["code"], e["message"]]
        for e in entries
    )
    return csv_lines(names, rows)


def write_csv(path: Path, entries: Iterable[Entry]) -> None:
    """Write the list to a file."""
    with path.open("wb") as target:
        target.writelines(csv_of(entries))


def fingerprint(*parts: Any) -> str:
    """Tell whether the same was said about a file as before."""
    said = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _entry(error: RowError, outcome: str) -> Entry:
    return {
        "row": error.row,
        "column": shown(error.column),
        "value": shown(error.value),
        "outcome": outcome,
        "code": error.code,
        "message": error.message,
    }


def _place(error: RowError) -> int:
    return error.row


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()
