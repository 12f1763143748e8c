"""The engine: what is written, what is taken back, what is kept of a run whatever happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.audit.models import Entry
from apps.catalog.models import Item
from apps.common.errors import ConflictError, DomainError, InvalidInputError, NotPermittedError
from apps.common.importing import ImportField, ImportKind, ImportWork, Outcome, ParsedRow, kinds
from apps.common.importing.readers import code, day
from apps.common.models import ImportMapping, ImportRun, OutboxMessage
from apps.common.tabular.errors import TableError
from tests.factories import make_user
from tests.importing.tables import DRY_RUN, RESUME, counts, left_empty, load, refused

pytestmark = pytest.mark.django_db
HEAD = "code,name,unit\n"


class FaultError(Exception):
    """What a fault of ours looks like to the engine."""


class Topics:
    """A kind that writes messages, and breaks at a chosen one as often as told."""

    def __init__(self) -> None:
        self.breaks_at = ""
        self.asked: list[list[str]] = []

    def apply(self, rows: Sequence[ParsedRow], work: ImportWork) -> Outcome:
        outcome = Outcome()
        self.asked.append([row.values["topic"] for row in rows])
        for row in rows:
            topic = row.values["topic"]
            if topic == self.breaks_at:
                raise FaultError
            if topic == "twice":
                twins = [ImportMapping(name="one", kind="x") for _number in range(2)]
                ImportMapping.objects.bulk_create(twins)
            if topic.startswith("no-"):
                outcome.refuse(row, "topic", "unwanted", "Not this one.")
                continue
            OutboxMessage.objects.create(topic=topic, available_at="2026-01-01T00:00Z")
            outcome.created += 1
        return outcome

    def written(self) -> list[str]:
        return sorted(OutboxMessage.objects.values_list("topic", flat=True))


@pytest.fixture
def topics() -> Iterator[Topics]:
    found = Topics()
    fields = (
        ImportField("topic", "topic", code(20), required=True),
        ImportField("group", "group", code(20)),
        ImportField("day", "day", day),
    )
    for name, key in (("topics", ()), ("threads", ("group",))):
        kinds.register(
            ImportKind(name, name, fields, "catalog.add_item", found.apply, key=key, batch_size=2)
        )
    yield found
    for name in ("topics", "threads"):
        del kinds._kinds[name]


def events_of(run: ImportRun) -> list[Entry]:
    return list(Entry.objects.filter(object_pk=str(run.pk), content_type__model="importrun"))


def test_what_a_text_is_taken_without_is_told(importer: User) -> None:
    texts = ("Ball\u200bpen", "\ufeffInk", "👩\u200d🔬 goggles", "圆\u200d珠笔", "שלום \u200fworld")
    rows = "".join(f"A{n},Pen,C62,{text}\n" for n, text in enumerate(texts))

    report = load("items", "code,name,unit,description\n" + rows, importer)

    assert report.errors == []
    assert [(n.row, n.column, n.code) for n in report.notices] == [
        (2, "description", "invisible_character"),
        (5, "description", "invisible_character"),
        (6, "description", "invisible_character"),
    ]
    assert "U+200B ZERO WIDTH SPACE" in report.notices[0].message
    assert list(Item.objects.order_by("code").values_list("description_en", flat=True)) == [
        *("Ballpen", "Ink", "👩\u200d🔬 goggles", "圆珠笔", "שלום world"),
    ]


def test_what_turns_the_direction_is_refused(importer: User) -> None:
    rows = "A,Pen,C62,invoice\u202efdp.exe\n"

    report = load("items", "code,name,unit,description\n" + rows, importer)

    assert [(e.row, e.column, e.code) for e in report.errors] == [
        (2, "description", "invisible_character")
    ]
    assert not Item.objects.exists()


def test_one_refused_row_keeps_everything_out(importer: User) -> None:
    report = load("items", HEAD + "A,Pen,C62\nB,Ink,QQ\nC,Cap,C62\n", importer)

    assert refused(report) == [(3, "unit", "unknown_code")]
    assert Item.objects.count() == 0
    assert Entry.objects.filter(content_type__model="item").count() == 0
    run = ImportRun.objects.get()
    assert (run.status, run.rows_read, run.rows_done) == ("failed", 3, 0)
    assert run.errors[0] | {"message": ""} == {
        "row": 3,
        "column": "unit",
        "value": "QQ",
        "outcome": "refused",
        "code": "unknown_code",
        "message": "",
    }


def test_a_dry_run_says_what_would_happen(importer: User) -> None:
    report = load("items", HEAD + "A,Pen,C62\n", importer, mode=DRY_RUN)

    assert counts(report) == (1, 0, 0)
    assert Item.objects.count() == 0
    assert ImportRun.objects.get().status == "dry_run"


def test_every_row_written_is_in_the_audit(importer: User) -> None:
    report = load("items", HEAD + "A,Pen,C62\nB,Ink,C62\n", importer)

    rows = Entry.objects.filter(content_type__model="item")
    assert {(e.actor, e.channel, e.event) for e in rows} == {(importer, "import", "item.imported")}
    assert sorted(e.object_repr for e in rows) == ["A Pen", "B Ink"]
    (own,) = events_of(report.run)
    assert (own.event, own.channel, own.actor) == ("import.items", "import", importer)
    assert own.additional_data["created"] == 2


@pytest.mark.parametrize(
    ("table", "error", "code"),
    [
        (b"", TableError, "empty"),
        ("code,name,unit\n", TableError, "no_rows"),
        ("code,code,unit\nA,A,C62\n", TableError, "duplicate_columns"),
        ("code,name\nA,Pen\n", InvalidInputError, "missing_columns"),
        ('code,name,unit\nA,"Pen,C62\n', TableError, "broken_quotes"),
        (b"\x89PNG\r\n\x1a\n", TableError, "not_a_table"),
    ],
)
def test_a_file_that_is_no_table_is_kept_as_a_failed_run(
    table: str | bytes, error: type[DomainError], code: str, importer: User
) -> None:
    with pytest.raises(error) as caught:
        load("items", table, importer)

    run = ImportRun.objects.get()
    assert caught.value.code == code
    assert (run.status, run.errors[0]["code"], run.created_by) == ("failed", code, importer)
    assert run.summary["broken_off"] == str(caught.value)
    assert len(events_of(run)) == 1


@pytest.mark.parametrize("who", ["engineer", "inactive", "auditor"])
def test_only_who_may_add_such_records_imports_them(who: str, importer: User) -> None:
    role = "procurement" if who == "inactive" else who
    somebody = make_user(who, role, is_active=who != "inactive")

    with pytest.raises(NotPermittedError):
        load("items", HEAD + "A,Pen,C62\n", somebody)

    assert (Item.objects.count(), ImportRun.objects.count()) == (0, 0)


def test_a_fault_of_ours_leaves_nothing_but_its_record(topics: Topics, importer: User) -> None:
    topics.breaks_at = "c"

    with pytest.raises(FaultError), transaction.atomic():
        load("topics", "topic\na\nb\nc\n", importer)
    assert topics.written() == []

    with pytest.raises(FaultError):
        load("topics", "topic\na\nb\nc\n", importer)
    run = ImportRun.objects.get()
    assert topics.written() == []
    assert (run.status, run.errors[0]["code"]) == ("failed", "interrupted")
    assert "FaultError" in run.summary["broken_off"]


def test_what_somebody_else_wrote_meanwhile_is_a_conflict(topics: Topics, importer: User) -> None:
    with pytest.raises(ConflictError):
        load("topics", "topic\na\nb\ntwice\n", importer)

    assert topics.written() == []
    assert ImportRun.objects.get().errors[0]["code"] == "conflict"


@pytest.mark.parametrize("kind", ["topics", "threads"])
def test_resuming_goes_on_where_it_stopped(kind: str, topics: Topics, importer: User) -> None:
    table = "topic,group\na,1\nno-b,2\nc,3\nd,4\ne,5\n"
    topics.breaks_at = "d"
    with pytest.raises(FaultError):
        load(kind, table, importer, mode=RESUME)
    assert topics.written() == ["a"]

    topics.breaks_at = ""
    topics.asked.clear()
    report = load(kind, table, importer, mode=RESUME)

    assert topics.asked == [["c", "d"], ["e"]]
    assert topics.written() == ["a", "c", "d", "e"]
    assert (report.skipped, report.run.status) == (2, "partial")
    assert refused(report) == [(3, "topic", "unwanted")]
    first, second = ImportRun.objects.order_by("pk")
    assert (first.status, first.rows_done, second.rows_done) == ("failed", 2, 5)


@pytest.mark.parametrize("change", ["file", "fixed", "finished", "kind"])
def test_only_the_same_work_is_resumed(change: str, topics: Topics, importer: User) -> None:
    table = "topic,group\na,1\nb,2\nc,3\nd,4\n"
    topics.breaks_at = "" if change == "finished" else "d"
    if change == "finished":
        load("topics", table, importer, mode=RESUME)
    else:
        with pytest.raises(FaultError):
            load("topics", table, importer, mode=RESUME)
    topics.breaks_at = ""
    topics.asked.clear()

    again = table + "\n" if change == "file" else table
    fixed = {"group": "9"} if change == "fixed" else {}
    kind = "threads" if change == "kind" else "topics"
    report = load(kind, again, importer, mode=RESUME, fixed=fixed)

    assert report.skipped == 0
    assert sum(map(len, topics.asked)) == 4


def test_rows_of_a_document_stay_together_wherever_they_lie(topics: Topics, importer: User) -> None:
    load("threads", "topic,group\na,1\nb,2\nc,1\nd,3\ne,1\n", importer)

    assert topics.asked == [["a", "c", "e"], ["b", "d"]]


def test_half_a_document_is_never_written(topics: Topics, importer: User) -> None:
    table = "topic,group,day\na,1,2026-01-01\nb,1,never\nc,2,2026-01-01\n"

    report = load("threads", table, importer, mode=RESUME)

    assert topics.written() == ["c"]
    assert sorted(refused(report)) == [
        (2, "group", "incomplete_document"),
        (3, "day", "not_a_date"),
    ]


def test_fixed_values_go_before_columns(topics: Topics, importer: User) -> None:
    load("threads", "topic,group\na,1\nb,2\nc,3\n", importer, fixed={"group": "all"})

    assert topics.asked == [["a", "b", "c"]]


def test_columns_nobody_reads_are_named(importer: User) -> None:
    report = load("items", "code,name,unit,colour\nA,Pen,C62,red\n", importer)

    assert "Not used: colour" in report.notes


def test_only_so_many_lines_of_the_list_are_kept(importer: User) -> None:
    rows = "".join(f"A{at},Pen,QQ\n" for at in range(20_050))

    report = load("items", HEAD + rows, importer)

    run = ImportRun.objects.get()
    assert len(report.errors) == run.summary["errors"] == 20_050
    assert len(run.errors) == 20_000


def test_what_cannot_be_read_is_left_empty_only_where_that_was_said(
    topics: Topics, importer: User
) -> None:
    ImportMapping.objects.create(
        kind="topics",
        name="mild",
        columns={"topic": "topic", "day": {"column": "when", "on_error": "empty"}},
    )

    report = load("topics", "topic,when\na,02/03/2026\nb,\n", importer, mapping="mild")

    assert left_empty(report) == [(2, "when", "ambiguous_date")]
    assert topics.written() == ["a", "b"]
    assert report.run.errors[0]["outcome"] == "left_empty"


def test_totals_of_batches_add_up() -> None:
    whole = Outcome()
    for amount in (1, 2):
        part = Outcome(created=1)
        part.count("sum", amount)
        whole.add(part)

    assert (whole.created, whole.totals) == (2, {"sum": 3})
