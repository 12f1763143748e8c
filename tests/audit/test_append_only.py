"""The database refuses to change, remove or replace entries, whoever asks and however."""

from __future__ import annotations

from copy import copy

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from apps.audit import checks, triggers
from apps.audit.models import Entry
from tests import factories as make

pytestmark = pytest.mark.django_db

STATEMENTS = [
    "UPDATE audit_entry SET comment = 'forged'",
    "UPDATE audit_entry SET actor_id = NULL",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE id = (SELECT MAX(id) FROM audit_entry)",
]
OF_SQLITE = [
    "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry",
    "REPLACE INTO audit_entry SELECT * FROM audit_entry",
]
OF_POSTGRES = [
    "TRUNCATE audit_entry",
    "TRUNCATE audit_entry CASCADE",
    "INSERT INTO audit_entry SELECT * FROM audit_entry ON CONFLICT (id) DO UPDATE SET comment = ''",
]


def rows() -> list[object]:
    return list(Entry.objects.order_by("id").values())


def refused(statement: str) -> None:
    make.make_department()
    before = rows()
    assert before
    connection.check_constraints()  # so that nothing is pending that would refuse first

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert rows() == before


@pytest.mark.parametrize("statement", STATEMENTS)
def test_raw_statements_are_refused(statement: str) -> None:
    refused(statement)


@pytest.mark.parametrize("statement", OF_SQLITE)
def test_replacing_is_refused_on_sqlite(statement: str, on_postgres: bool) -> None:
    if on_postgres:
        pytest.skip("a statement of SQLite")
    refused(statement)


@pytest.mark.postgres
@pytest.mark.parametrize("statement", OF_POSTGRES)
def test_emptying_and_overwriting_are_refused_on_postgres(statement: str) -> None:
    refused(statement)


@pytest.mark.parametrize("act", ["save", "delete", "update", "bulk"])
def test_the_orm_is_refused_as_well(act: str) -> None:
    make.make_department()
    entry = Entry.objects.latest("id")
    before = rows()
    entry.comment = "forged"
    acts = {
        "save": entry.save,
        "delete": entry.delete,
        "update": lambda: Entry.objects.update(comment="forged"),
        "bulk": lambda: Entry.objects.bulk_update([entry], ["comment"]),
    }

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        acts[act]()

    assert rows() == before


def test_people_with_history_cannot_be_deleted() -> None:
    person = make.make_user()
    make_entry_of(person)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        person.delete()


def make_entry_of(person: object) -> None:
    from apps.common import context

    with context.working(actor=person):
        make.make_department()


def test_writing_still_works_and_the_check_is_content() -> None:
    make.make_department()

    assert triggers.GUARD.missing(connection) == []
    assert checks.append_only(databases=["default"]) == []
    call_command("check", "--database", "default")


def test_the_check_names_a_missing_trigger() -> None:
    triggers.GUARD.take_down(connection)
    try:
        found = checks.append_only(databases=["default"])
    finally:
        triggers.GUARD.put_up(connection)

    assert [message.id for message in found] == ["audit.E004"]


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_makes_the_table_anew_leaves_it_guarded(on_postgres: bool) -> None:
    kept = Entry._meta.get_field("channel")
    longer = copy(kept)
    longer.max_length = kept.max_length + 1
    try:
        with connection.schema_editor() as editor:
            editor.alter_field(Entry, kept, longer)
        lost = triggers.GUARD.missing(connection)

        call_command("migrate", verbosity=0, interactive=False)

        assert lost == ([] if on_postgres else list(triggers.GUARD.sqlite))
        assert triggers.GUARD.missing(connection) == []
        refused(STATEMENTS[0])
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Entry, longer, kept)
        triggers.GUARD.put_up(connection)


def test_the_check_says_when_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.listens() == []
    monkeypatch.setattr(checks.events.recorded, "receivers", [])

    assert [message.id for message in checks.listens()] == ["audit.E001"]
