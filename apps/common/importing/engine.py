"""Running an import: all or nothing by default, or in batches that a later run takes up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common import context
from apps.common.errors import ConflictError, NotPermittedError
from apps.common.importing import documents as grouping
from apps.common.importing import journal, mappings
from apps.common.importing.documents import Documents
from apps.common.importing.kinds import ImportKind, ImportWork, ParsedRow, may_import
from apps.common.importing.layout import Plan, layout_for
from apps.common.importing.report import Report
from apps.common.importing.rows import LayoutReader
from apps.common.models import ImportRun
from apps.common.tabular import Table, TableError, read_table
from apps.common.tabular.errors import RowError
from apps.common.tabular.read import TextFormat

Progress = Callable[[int, int], None]
Status = ImportRun.Status


class Mode(StrEnum):
    """What happens to the good rows of a file with bad ones."""

    ALL_OR_NOTHING = "all_or_nothing"
    RESUME = "resume"
    DRY_RUN = "dry_run"


@dataclass(frozen=True)
class Job:
    """What to import, through which mapping, and what a bad row means for the good ones.

    `fixed` are values that are the same for every row, and options; they go before the mapping's.
    """

    kind: ImportKind
    mapping: str = ""
    mode: Mode = Mode.ALL_OR_NOTHING
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Writing:
    """The work on one file after it was read."""

    kind: ImportKind
    documents: Documents
    broken: set[tuple[str, Any]]
    work: ImportWork
    report: Report
    progress: Progress
    layout: str

    def batches(self, documents: Documents) -> Any:
        """Whole documents, a batch of them at a time."""
        return grouping.batches(documents, self.kind.batch_size)

    def apply(self, batch: list[ParsedRow]) -> None:
        """Write one batch and count what came of it."""
        self.report.outcome.add(self.kind.apply(batch, self.work))


def run_import(
    job: Job,
    stream: BinaryIO,
    *,
    file_name: str,
    by: Any,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Import a file; the run and what it refused are recorded whatever happens.

    Raises NotPermittedError, TableError (no table in there), InvalidInputError (columns, mapping)
    or ConflictError; rows that cannot be taken are in the report, not raised.
    """
    if not may_import(by, job.kind):
        raise NotPermittedError
    with context.working(channel=context.Channel.IMPORT, actor=by):
        run = journal.opened(job.kind.name, job.mapping, stream, file_name, by)
        said = {"mode": job.mode.value, "fixed": dict(job.fixed)}
        run.summary = said
        try:
            writing = _read(job, stream, run, progress)
            _write(job, writing)
        except BaseException as error:
            journal.failed(run, error)
            raise
        report = writing.report
        run.errors = report.listed()[: journal.KEPT]
        journal.closed(run, _status(job.mode, report), {**said, **report.as_dict()})
    return report


def _write(job: Job, writing: Writing) -> None:
    """Write what was read; somebody else may have written the same records meanwhile."""
    try:
        _WAYS[job.mode](writing)
    except IntegrityError as error:
        message = _("Somebody wrote the same records meanwhile. Import the file again.")
        raise ConflictError(message) from error


def _read(job: Job, stream: BinaryIO, run: ImportRun, progress: Progress) -> Writing:
    """Read the whole file before anything is written."""
    kind = job.kind
    plan = mappings.plan_for(kind, job.mapping, job.fixed)
    table = _table(stream, run.file_name, plan)
    layout = layout_for(kind, table.columns, plan)
    reader = LayoutReader(kind, layout)
    rows = list(reader.read(table))
    run.rows_read = reader.count
    if not reader.count:
        raise TableError(_("The table has column names but no rows."), code="no_rows")
    report = Report(run, reader.count, notes=list(table.warnings))
    if layout.ignored:
        report.notes.append(_("Not used: %(columns)s") % {"columns": ", ".join(layout.ignored)})
    report.outcome.errors += reader.errors
    report.outcome.warnings += reader.warnings
    report.outcome.notices += reader.notices
    options = {option.name: option.choices[0] for option in kind.options} | dict(plan.options)
    return Writing(
        kind,
        grouping.documents_of(kind, rows),
        reader.broken,
        ImportWork(run.created_by, run.file_name, run.file_sha256, options),
        report,
        progress,
        journal.fingerprint(layout.sources, plan.options),
    )


def _table(stream: BinaryIO, file_name: str, plan: Plan) -> Table:
    options = plan.options
    return read_table(
        stream,
        filename=file_name,
        sheet=options.get("sheet"),
        header_row=options.get("header_row"),
        text=TextFormat(options.get("encoding"), options.get("delimiter")),
    )


def _all_or_nothing(writing: Writing) -> None:
    """Write everything in one transaction and take it back when a single row is refused."""
    done, total = 0, grouping.size_of(writing.documents)
    with transaction.atomic():
        for batch in writing.batches(writing.documents):
            writing.apply(batch)
            done += len(batch)
            writing.progress(done, total)
        if writing.report.errors:
            transaction.set_rollback(True)


def _dry_run(writing: Writing) -> None:
    """Write everything, look at what came of it, and take it back."""
    with transaction.atomic():
        _all_or_nothing(writing)
        transaction.set_rollback(True)


def _in_batches(writing: Writing) -> None:
    """Write batch by batch; how far it got is stored with each batch, so a later run goes on."""
    report, run = writing.report, writing.report.run
    whole, incomplete = grouping.split_broken(writing.kind, writing.documents, writing.broken)
    report.outcome.errors += incomplete
    total = grouping.size_of(whole)
    left = whole
    before = journal.earlier(run, writing.layout)
    if before is not None:
        left = grouping.without_first(whole, before.rows_done)
        _take_over(report, before, total - grouping.size_of(left))
    run.summary = {**run.summary, "layout": writing.layout}
    done = report.skipped
    for batch in writing.batches(left):
        with transaction.atomic():
            writing.apply(batch)
            done += len(batch)
            run.rows_done = done
            run.errors = report.listed()[: journal.KEPT]
            run.save(update_fields=["rows_read", "rows_done", "errors", "summary"])
        writing.progress(done, total)


def _take_over(report: Report, before: ImportRun, rows: int) -> None:
    """What an earlier run refused is refused still; its good rows are in already."""
    report.skipped = rows
    report.notes.append(
        ngettext(
            "%(count)d row was written by an earlier run.",
            "%(count)d rows were written by an earlier run.",
            rows,
        )
        % {"count": rows}
    )
    known = {(error.row, error.column, error.code) for error in report.errors}
    report.outcome.errors += [
        RowError(e["row"], e["column"], e["value"], e["code"], e["message"])
        for e in before.errors
        if e["outcome"] == journal.REFUSED
        and e["row"]
        and (e["row"], e["column"], e["code"]) not in known
    ]


_WAYS: Mapping[Mode, Callable[[Writing], None]] = {
    Mode.ALL_OR_NOTHING: _all_or_nothing,
    Mode.DRY_RUN: _dry_run,
    Mode.RESUME: _in_batches,
}


def _status(mode: Mode, report: Report) -> str:
    if mode is Mode.DRY_RUN:
        return Status.DRY_RUN
    if report.succeeded:
        return Status.DONE
    return Status.PARTIAL if mode is Mode.RESUME else Status.FAILED
